"""The door: what a page is told before anybody has logged in, and how refusals look."""

import httpx

from meydan import tenants


async def test_a_page_learns_which_community_it_is_in(api: httpx.AsyncClient, tenant: tenants.Tenant):
    answer = (await api.get("/api/config")).json()
    assert answer["tenant"] == {"slug": tenant.slug, "name": tenant.name}
    assert answer["realtime_url"] == "ws://127.0.0.1:8001/ws"
    assert answer["local_twin"] is True
    assert answer["require_verified"] == "phone"


async def test_an_unknown_community_is_a_problem_with_a_code(api: httpx.AsyncClient):
    answer = await api.get("/api/config", headers={"X-Meydan-Tenant": "nobody-lives-here"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unknown_community"


async def test_an_unknown_address_of_the_api_is_a_problem_and_not_a_page(api: httpx.AsyncClient):
    answer = await api.get("/api/nothing/here")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    answer = await api.delete("/api/health")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


async def test_the_document_of_the_api_is_served(api: httpx.AsyncClient):
    document = (await api.get("/api/schema/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert "/api/health" in document["paths"]
