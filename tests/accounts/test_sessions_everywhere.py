"""However a session is ended, its socket closes within a second; the person's other screens are told."""

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import pytest
from litestar import Litestar

from meydan import accounts, tenants
from meydan.gateway import GatewaySettings, serving
from meydan.kit.database import Database
from tests.accounts.conftest import PASSWORD, Arrive, Somebody, device
from tests.conftest import MovableClock, open_client
from tests.factories import TOKEN_KEY
from tests.gateway.conftest import Client, open_socket

SESSION_ENDED = 4403


@pytest.fixture
async def port(valkey_url: str) -> AsyncIterator[int]:
    async with serving(
        GatewaySettings(valkey_url=valkey_url, token_keys=(TOKEN_KEY,), grant_keys=(TOKEN_KEY,), port=0)
    ) as it:
        yield it.port


async def listen(person: Somebody, port: int) -> Client:
    client = await open_socket(port)
    client.say(t="hello", token=person.session["access_token"], since=None)
    await client.hear("ready")
    return client


Ending = Callable[[Somebody, Somebody], Awaitable[object]]


@pytest.fixture
def endings(db: Database, tenant: tenants.Tenant, moving_clock: MovableClock) -> dict[str, Ending]:
    """Ways in which the second browser's session ends; the first is the same person's."""

    async def by_list(here: Somebody, there: Somebody) -> None:
        lines = await here.get("/api/auth/sessions")
        theirs = next(line["id"] for line in lines if not line["current"])
        await here.client.delete(f"/api/auth/sessions/{theirs}")

    async def by_device(here: Somebody, there: Somebody) -> None:
        await here.client.delete(f"/api/auth/devices/{there.device['id']}")

    async def by_logout(here: Somebody, there: Somebody) -> None:
        await there.client.post("/api/auth/logout")

    async def by_logout_everywhere(here: Somebody, there: Somebody) -> None:
        await here.client.post("/api/auth/logout", json={"all": True})

    async def by_password(here: Somebody, there: Somebody) -> None:
        await here.client.post("/api/auth/password", json={"current": PASSWORD, "new": "an even quieter Sunday 78"})

    async def by_theft(here: Somebody, there: Somebody) -> None:
        stolen = there.cookie
        moving_clock.forward(seconds=31)
        await there.client.post("/api/auth/refresh")
        moving_clock.forward(seconds=31)
        there.client.cookies.clear()
        await there.client.post("/api/auth/refresh", headers={"Cookie": f"meydan_refresh={stolen}"})

    async def by_ban(here: Somebody, there: Somebody) -> None:
        async with db.as_service(tenant.id) as tx:
            await accounts.do_set_ban(tx, UUID(here.me["user_id"]), None, "threat")

    async def by_erasure(here: Somebody, there: Somebody) -> None:
        await here.client.post("/api/users/erase", json={"password": PASSWORD})

    return {
        "list": by_list,
        "device": by_device,
        "logout": by_logout,
        "logout everywhere": by_logout_everywhere,
        "password": by_password,
        "theft": by_theft,
        "ban": by_ban,
        "erasure": by_erasure,
    }


@pytest.mark.parametrize(
    ("way", "closes_here_too"),
    [
        ("list", False),
        ("device", False),
        ("logout", False),
        ("password", False),
        ("theft", False),
        ("logout everywhere", True),
        ("ban", True),
        ("erasure", True),
    ],
)
async def test_an_ended_session_has_no_socket(
    arrive: Arrive,
    app: Litestar,
    tenant: tenants.Tenant,
    port: int,
    endings: dict[str, Ending],
    way: str,
    closes_here_too: bool,
):
    here, other = await arrive(), await arrive()
    async with open_client(app, tenant) as client:
        wanted = {"identifier": here.me["username"], "password": PASSWORD, "device": device()}
        there = Somebody(client, wanted, (await client.post("/api/auth/login", json=wanted)).json())
        sockets = [await listen(one, port) for one in (here, there, other)]
        await endings[way](here, there)
        assert await sockets[1].close_code() == SESSION_ENDED
        if closes_here_too:
            assert await sockets[0].close_code() == SESSION_ENDED
        else:
            await sockets[0].hear("sessions_changed")
        assert not sockets[2].closed.done()
        await sockets[2].hears_nothing_for(0.05)
        for socket in sockets:
            socket.vanish()
