"""Staff of a tenant, and their client of the API."""

from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.kit.database import Database
from meydan.kit.identity import Role
from tests.factories import Person, make_person


@pytest.fixture
async def boss(db: Database, tenant: tenants.Tenant) -> Person:
    return await make_person(db, tenant, alias="boss", role=Role.admin)


@pytest.fixture
async def staff(app: Litestar, boss: Person) -> AsyncIterator[httpx.AsyncClient]:
    """The API as the admin's client sees it."""
    async with boss.client(app) as client:
        yield client
