"""Headers of answers: what is about somebody is kept by nobody, and a page is framed by nobody."""

from typing import Any, cast

import httpx
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.app import with_fast_path
from meydan.kit.database import Database
from tests.factories import make_person
from tests.meeting_scenarios import bring_together


@pytest.mark.parametrize("path", ["/api/auth/profile", "/api/config", "/api/nothing/here", "/api/schema/openapi.json"])
async def test_no_answer_of_the_api_is_kept(app: Litestar, db: Database, tenant: tenants.Tenant, path: str):
    ana = await make_person(db, tenant)
    async with ana.client(app) as client:
        assert (await client.get(path)).headers["cache-control"] == "no-store"


async def test_refusals_are_not_kept_either(api: httpx.AsyncClient):
    refused = await api.get("/api/auth/profile")
    assert (refused.status_code, refused.headers["cache-control"]) == (401, "no-store")


async def test_nor_are_the_two_answers_that_pass_by_the_framework(app: Litestar, db: Database, tenant: tenants.Tenant):
    ana, ben = await make_person(db, tenant), await make_person(db, tenant)
    await bring_together(db, ana, ben)
    transport = httpx.ASGITransport(app=cast("Any", with_fast_path(app)))
    async with ana.client(app) as client:
        headers = client.headers
        found = (await client.get("/api/messages/conversations")).json()
    async with httpx.AsyncClient(transport=transport, base_url="https://meet.example", headers=headers) as client:
        page = await client.get(f"/api/messages/{found['items'][0]['id']}")
        assert page.status_code == 200, page.text
        assert page.headers["cache-control"] == "no-store"
        assert "max-age" in page.headers["strict-transport-security"]


async def test_https_is_kept_to_except_on_this_machine(app: Litestar, tenant: tenants.Tenant):
    transport = httpx.ASGITransport(app=cast("Any", app))
    headers = {"X-Meydan-Tenant": tenant.slug}

    async def header(url: str) -> str | None:
        async with httpx.AsyncClient(transport=transport, headers=headers) as client:
            found: str | None = (await client.get(f"{url}/api/health")).headers.get("strict-transport-security")
            return found

    assert await header("https://meet.example") == "max-age=63072000"
    assert await header("http://meet.example") is None
    assert await header("https://localhost:8000") is None  # other programs of a developer speak http there
    assert await header("https://127.0.0.1:8000") is None


async def test_the_page_of_codes_is_framed_by_nobody(api: httpx.AsyncClient):
    page = await api.get("/outbox")
    assert page.status_code == 200
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["content-security-policy"] == "frame-ancestors 'none'"
