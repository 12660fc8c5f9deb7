"""Sizes of bodies: a stranger's large body is refused before it is held in memory."""

from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.app import with_small_bodies
from meydan.kit.database import Database
from meydan.kit.http.body_sizes import STRANGERS_BODY
from tests.factories import make_person

LARGE = b'{"identifier":"%s"}' % (b"x" * STRANGERS_BODY)
HEADERS = {"Content-Type": "application/json", "X-Meydan": "1"}


def client(app: Litestar, **headers: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=cast("Any", with_small_bodies(app)))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", headers={**HEADERS, **headers})


async def pieces() -> AsyncIterator[bytes]:
    for start in range(0, len(LARGE), 8000):
        yield LARGE[start : start + 8000]


async def whole(body: bytes) -> AsyncIterator[bytes]:
    yield body


@pytest.mark.parametrize("token", ["", "Bearer forged", "Basic eA=="])
async def test_a_stranger_sends_little(app: Litestar, tenant: tenants.Tenant, token: str):
    async with client(app, **{"X-Meydan-Tenant": tenant.slug, "Authorization": token}) as stranger:
        for body in (LARGE, pieces()):
            refused = await stranger.post("/api/auth/login", content=body)
            assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")
        for small in (b"{}", whole(b"{}")):
            assert (await stranger.post("/api/auth/login", content=small)).status_code == 400


async def test_whoever_is_logged_in_sends_more(app: Litestar, db: Database, tenant: tenants.Tenant):
    ana = await make_person(db, tenant)
    headers = {"X-Meydan-Tenant": tenant.slug, "Authorization": f"Bearer {ana.token}"}
    async with client(app, **headers) as member:
        for body in (LARGE, pieces()):
            assert (await member.post("/api/blocks", content=body)).json()["code"] == "invalid_request"
