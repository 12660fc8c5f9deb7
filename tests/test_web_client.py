"""The door: what a page is told before anybody has logged in, and how refusals look."""

import httpx
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.kit import clock
from meydan.kit.database import Database
from tests.conftest import MovableClock
from tests.factories import make_person
from tests.waiting import PATIENCE


async def test_a_page_learns_which_community_it_is_in(api: httpx.AsyncClient, tenant: tenants.Tenant):
    answer = (await api.get("/api/config")).json()
    assert answer["tenant"] == {"slug": tenant.slug, "name": tenant.name}
    assert answer["realtime_url"] == "ws://127.0.0.1:8001/ws"
    assert answer["local_twin"] is True
    assert answer["require_verified"] == "phone"


@pytest.mark.parametrize(
    ("host", "realtime"),
    [
        ("[::1]:8000", "ws://[::1]:8001/ws"),
        ("meet.example:8000", "ws://meet.example:8001/ws"),
    ],
)
async def test_the_gateway_is_where_the_page_came_from_however_that_is_written(
    api: httpx.AsyncClient, host: str, realtime: str
):
    answer = await api.get("/api/config", headers={"Host": host})
    assert (answer.status_code, answer.json()["realtime_url"]) == (200, realtime)


@pytest.mark.parametrize("host", ["a:b:c", "evil.example:99999999", "[", "::1"])
@pytest.mark.parametrize("path", ["/", "/api/config", "/api/growth/invite"])
async def test_an_address_that_is_none_is_a_problem_with_a_code(
    db: Database, tenant: tenants.Tenant, app: Litestar, host: str, path: str
):
    ana = await make_person(db, tenant)
    async with ana.client(app) as client:
        answer = await client.get(path, headers={"Host": host})
    assert (answer.status_code, answer.json()["code"]) == (400, "host_malformed")


async def test_every_answer_names_the_time_by_which_it_was_given(api: httpx.AsyncClient, moving_clock: MovableClock):
    moving_clock.forward(hours=30)
    for path in ("/api/config", "/api/nothing/here"):
        named = int((await api.get(path)).headers["x-meydan-time"]) / 1000
        assert abs(named - clock.now().timestamp()) < PATIENCE


async def test_an_unknown_community_is_a_problem_with_a_code(api: httpx.AsyncClient):
    answer = await api.get("/api/config", headers={"X-Meydan-Tenant": "nobody-lives-here"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unknown_tenant"


async def test_an_unknown_address_of_the_api_is_a_problem_and_not_a_page(api: httpx.AsyncClient):
    answer = await api.get("/api/nothing/here")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    answer = await api.delete("/api/health")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


async def test_the_document_of_the_api_is_served(api: httpx.AsyncClient):
    document = (await api.get("/api/schema/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert "/api/health" in document["paths"]
