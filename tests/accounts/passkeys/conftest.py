"""People at their community's own host, with an authenticator."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from litestar import Litestar

from meydan import tenants
from tests.accounts.conftest import PASSWORD, Arrive, Somebody, cheap_hashes, device, owner
from tests.accounts.passkeys.authenticator import Authenticator
from tests.conftest import open_client

__all__ = ["cheap_hashes", "owner"]


def home_of(tenant: tenants.Tenant) -> str:
    return f"http://{tenant.slug}.localhost:8000"


@pytest.fixture
def key(tenant: tenants.Tenant) -> Authenticator:
    """An authenticator that counts, in a browser at the community's own host."""
    return Authenticator(home_of(tenant))


@pytest.fixture
async def ana(arrive: Arrive, tenant: tenants.Tenant, cheap_hashes: None) -> Somebody:
    person = await arrive()
    person.client.base_url = httpx.URL(home_of(tenant))
    return person


@pytest.fixture
async def door(app: Litestar, tenant: tenants.Tenant) -> AsyncIterator[httpx.AsyncClient]:
    """Another browser at the community's own host, nobody logged in."""
    async with open_client(app, tenant) as client:
        client.base_url = httpx.URL(home_of(tenant))
        yield client


async def begin_adding(person: Somebody, password: str = PASSWORD, **more: Any) -> httpx.Response:
    return await person.client.post("/api/auth/passkeys/options", json={"password": password} | more)


async def send(person: Somebody, credential: dict[str, Any], name: str = "my phone") -> httpx.Response:
    return await person.client.post("/api/auth/passkeys", json={"name": name, "credential": credential})


async def add(person: Somebody, key: Authenticator, name: str = "my phone") -> dict[str, Any]:
    begun = await begin_adding(person)
    assert begun.status_code == 200, begun.text
    added = await send(person, key.create(begun.json()), name)
    assert added.status_code == 201, added.text
    return dict(added.json())


async def begin_login(client: httpx.AsyncClient) -> dict[str, Any]:
    begun = await client.post("/api/auth/login/passkey/options")
    assert begun.status_code == 200, begun.text
    return dict(begun.json())


async def enter(client: httpx.AsyncClient, credential: dict[str, Any], **more: Any) -> httpx.Response:
    wanted = {"credential": credential, "device": device()} | more
    return await client.post("/api/auth/login/passkey", json=wanted)


async def log_in(client: httpx.AsyncClient, key: Authenticator, **twists: Any) -> httpx.Response:
    return await enter(client, key.get(await begin_login(client), **twists))
