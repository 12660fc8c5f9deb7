"""Every route that is read has a limit: a person's, or of a stranger's network."""

from collections.abc import Callable, Iterator
from typing import Any, cast
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from meydan import rooms, web_client
from meydan.kit.database import Database
from meydan.kit.http import READS_FREELY, ReadLimit
from meydan.kit.rate_limits import TooManyRequests
from meydan.tenants import Tenant
from tests.factories import make_person

FREELY = {
    "/",
    "/{path:path}",
    "/api/health",
    "/api/messages/conversations",
    "/api/messages/{conversation_id:uuid}",
}

STRANGER = "198.51.100.201"


def reads() -> Iterator[tuple[str, HTTPRouteHandler]]:
    for handler in [*rooms.ROUTES, *web_client.ROUTES]:
        for path in handler.paths:
            if "GET" in {str(getattr(method, "value", method)) for method in handler.http_methods}:
                yield path, handler


COUNTED = [path for path, handler in reads() if READS_FREELY not in handler.opt]


def address(path: str) -> str:
    while "{" in path:
        path = path[: path.index("{")] + str(uuid4()) + path[path.index("}") + 1 :]
    return path


def test_exceptions_are_named_and_say_why():
    assert len(COUNTED) > 50  # the walk finds them
    exceptions = {path: handler for path, handler in reads() if READS_FREELY in handler.opt}
    assert set(exceptions) == FREELY
    assert all(len(handler.opt[READS_FREELY]) > 20 for handler in exceptions.values())


def limit_of(app: Litestar) -> ReadLimit:
    [limit] = [guard for guard in app.guards if isinstance(guard, ReadLimit)]
    return limit


def drain(take: Callable[[], None]) -> int:
    """Takes all that is left; returns how many that were."""
    for taken in range(100_000):
        try:
            take()
        except TooManyRequests:
            return taken
    pytest.fail("it has no end")


async def refusal(client: httpx.AsyncClient, path: str, take: Callable[[], None]) -> None:
    """Asks with an empty bucket. A slow machine may have refilled it by one, so some attempts are made."""
    for _ in range(20):
        drain(take)
        answer = await client.get(address(path))
        if answer.status_code == 429:
            assert answer.json()["code"] == "slow_down"
            assert answer.json()["retry_after"] == 1
            return
    pytest.fail(f"{path} is not counted: {answer.status_code} {answer.text}")


async def test_a_person_reads_generously_and_not_without_end(app: Litestar, db: Database, tenant: Tenant):
    ana, ben = await make_person(db, tenant), await make_person(db, tenant)

    def take() -> None:
        limit_of(app).take_person(ana.me.user_id)

    async with ana.client(app) as client, ben.client(app) as other:
        assert (await client.get("/api/auth/profile")).status_code == 200
        assert drain(take) > 1000
        for path in COUNTED:
            await refusal(client, path, take)
        assert (await client.get("/api/health")).status_code == 200
        assert (await client.get("/api/messages/conversations")).status_code == 200, "its own limit"
        assert (await client.post("/api/auth/shadow", json={"alias": "Gece"})).status_code == 201, "no reading"
        assert (await other.get("/api/auth/profile")).status_code == 200


async def test_strangers_of_a_network_share_a_limit(app: Litestar, tenant: Tenant):
    def client(ip_address: str, **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(cast("Any", app), client=(ip_address, 5000))
        community = {"X-Meydan-Tenant": tenant.slug}
        return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", headers=community | headers)

    def take() -> None:
        limit_of(app).take_network(STRANGER)

    async with client(STRANGER) as stranger, client("198.51.100.202") as other, client("127.0.0.1") as here:
        assert (await stranger.get("/api/config")).status_code == 200
        assert drain(take) > 2000
        for path in ("/api/config", "/api/legal", "/api/auth/profile"):
            await refusal(stranger, path, take)
        async with client(STRANGER, Authorization="Bearer made-up") as liar:
            await refusal(liar, "/api/auth/profile", take)
        assert (await other.get("/api/config")).status_code == 200
        assert (await here.get("/api/config")).status_code == 200
