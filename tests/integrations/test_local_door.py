"""Development doors: the outbox and the play money answer this machine's own programs, at its own names, and nobody else."""

from typing import Any, cast

import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from meydan import integrations, rooms, tenants
from meydan.integrations.local_door import local_only
from meydan.kit.runtime import runtime
from tests.conftest import open_client

DOORS = ["/outbox", "/api/outbox", "/pay/local", "/pay/local/lch_x", "/pay/local/v1/payments"]


async def knock(api: httpx.AsyncClient, path: str, **headers: str) -> str:
    answer = await api.get(path, headers=headers)
    return cast("str", answer.json()["code"]) if answer.status_code == 403 else "open"


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize(
    ("host", "opens"),
    [
        ("127.0.0.1:8000", True),
        ("127.9.9.9", True),
        ("[::1]:8000", True),
        ("LOCALHOST.:8000", True),
        ("chess.localhost:8000", True),
        ("192.168.1.7:8000", False),
        ("devbox:8000", False),
        ("meet.example.com", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1@evil.example", False),
        ("", False),
    ],
)
async def test_only_this_machines_own_names_open_them(api: httpx.AsyncClient, path: str, host: str, *, opens: bool):
    """DNS rebinding: a stranger's page is of one origin with ours then, and no rule of the browser is in the way."""
    assert (await knock(api, path, Host=host) == "open") == opens


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize(
    "header",
    [
        *("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Via", "X-Real-IP"),
        *("CF-Connecting-IP", "True-Client-IP", "X-Original-Host"),
    ],
)
async def test_a_proxy_or_tunnel_on_this_machine_does_not(api: httpx.AsyncClient, path: str, header: str):
    assert await knock(api, path, Host="localhost:8000", **{header: "127.0.0.1"}) == "local_only"


@pytest.mark.parametrize("peer", ["192.168.1.20", "203.0.113.9", "fe80::1", ""])
async def test_another_machine_does_not_whatever_it_says(app: Litestar, tenant: tenants.Tenant, peer: str):
    transport = httpx.ASGITransport(app=cast("Any", app), client=(peer, 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as other:
        for path in DOORS:
            assert await knock(other, path) == "local_only"
        config = (await other.get("/api/config", headers={"X-Meydan-Tenant": tenant.slug})).json()
    assert config["local_twin"] is False, "the page would lead to a closed door"
    async with open_client(app, tenant) as here:
        assert (await here.get("/api/config")).json()["local_twin"] is True


def test_every_development_door_has_the_guard():
    """By path, and by what it reads: the outbox and the play money's books."""
    doors = [
        route
        for route in rooms.ROUTES
        if any(path.startswith(("/pay/local", "/outbox", "/api/outbox")) for path in route.paths)
        or "local_outbox" in route.fn.__module__
        or ".payments.local." in route.fn.__module__
    ]
    assert len(doors) >= 15
    assert [route.fn.__name__ for route in doors if not guarded(route)] == []


def guarded(route: HTTPRouteHandler) -> bool:
    return local_only in (route.guards or ())


@pytest.mark.parametrize("path", ["/outbox", "/pay/local"])
async def test_a_door_that_is_not_there_is_not_found_even_here(api: httpx.AsyncClient, path: str):
    with runtime.using(msgspec.structs.replace(integrations.current(), local_outbox=None, local_payments=None)):
        assert (await api.get(path)).status_code == 404
