"""The door: what a page is told before anybody has logged in, and how refusals look."""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from meydan import config, tenants, web_client
from meydan.kit import clock
from meydan.kit.database import Database
from tests.conftest import MovableClock
from tests.factories import make_person
from tests.waiting import PATIENCE


async def test_a_page_learns_which_community_it_is_in(api: httpx.AsyncClient, tenant: tenants.Tenant):
    answer = (await api.get("/api/config")).json()
    assert answer["tenant"] == {
        "slug": tenant.slug,
        "name": tenant.name,
        "timezone": tenant.timezone,
        "scene": tenants.Scene.old_town,
        "runs_installation": False,
    }
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


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Puts another built client in the place of this process's own."""

    def build(name: str) -> None:
        static = tmp_path / name
        (static / "assets").mkdir(parents=True)
        (static / "index.html").write_text(f"<html>{name}")
        (static / "assets" / f"page-{name}.js").write_text(f"// {name}")
        monkeypatch.setattr(web_client, "STATIC", static)
        web_client.pages.cache_clear()

    yield build
    monkeypatch.undo()
    web_client.pages.cache_clear()


async def test_a_missing_file_is_not_answered_by_the_page(
    app: Litestar, api: httpx.AsyncClient, built: Callable[[str], None]
):
    built("one")
    for path in ("/assets/page-gone.js", "/assets/", "/assets/..%2findex.html", "/missing.js", "/favicon.ico"):
        answer = await api.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    for path in ("/", "/messages/x"):
        answer = await api.get(path)
        assert (answer.text, answer.headers["cache-control"]) == ("<html>one", "no-cache")
        again = await api.get(path, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_a_text_goes_in_the_smallest_coding_that_the_browser_accepts(
    api: httpx.AsyncClient, built: Callable[[str], None]
):
    built("one")
    script = "// a script\n" * 200
    file = web_client.STATIC / "assets" / "page-one.js"
    file.write_text(script)
    file.with_name("page-one.js.br").write_bytes(b"as brotli")
    web_client.pages.cache_clear()
    for accepted, coding in {
        "gzip, deflate, br, zstd": "br",
        "GZIP;q=1.0, BR;q=0.000": "gzip",
        "br;q=0, gzip;q=0": None,
        "identity": None,
    }.items():
        answer = await api.send(
            api.build_request("GET", "/assets/page-one.js", headers={"Accept-Encoding": accepted}), stream=True
        )
        raw = b"".join([part async for part in answer.aiter_raw()])
        assert (answer.headers.get("content-encoding"), answer.headers["vary"]) == (coding, "accept-encoding"), accepted
        assert raw == {"br": b"as brotli", None: script.encode()}.get(coding, gzip.compress(script.encode(), mtime=0))
    assert (await api.get("/assets/page-one.js.br")).status_code == 404  # no file of its own


async def test_a_file_of_the_last_three_builds_is_had_from_every_process(
    app: Litestar, api: httpx.AsyncClient, settings: config.Settings, built: Callable[[str], None]
):
    for name in ("one", "two", "three", "four"):
        built(name)
        await web_client.keep_build(settings.data)
    built("two-again")  # a process of an older build than the newest, which keeps none itself
    answers = {name: await api.get(f"/assets/page-{name}.js") for name in ("one", "two", "three", "four")}
    assert {name: answer.status_code for name, answer in answers.items()} == {
        "one": 404,
        "two": 200,
        "three": 200,
        "four": 200,
    }
    assert answers["four"].text == "// four"
    assert "javascript" in answers["four"].headers["content-type"]
    assert "immutable" in answers["four"].headers["cache-control"]


async def test_a_data_folder_that_refuses_keeps_nothing_and_stops_nothing(built: Callable[[str], None], tmp_path: Path):
    built("one")
    (tmp_path / "data").write_text("no folder")
    await web_client.keep_build(tmp_path / "data")


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
