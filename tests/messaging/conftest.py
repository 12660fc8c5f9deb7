"""Two strangers in one conversation."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from meydan import tenants
from meydan.kit.database import Database
from tests.factories import Person, make_person, make_shadow
from tests.messaging.factories import open_between


@dataclass
class Conversation:
    id: UUID
    ana: Person
    bora: Person
    shadows: list[Person]
    """The other faces of the two."""


@pytest.fixture
async def conversation(db: Database, tenant: tenants.Tenant) -> Conversation:
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    shadows = [await make_shadow(db, ana), await make_shadow(db, bora)]
    return Conversation(await open_between(db, ana.me, bora.me), ana, bora, shadows)
