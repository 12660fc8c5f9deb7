"""Sessions: carried on by the cookie however many tabs ask at once, ended at once everywhere, and stolen ones for both."""

import asyncio
from uuid import UUID

import httpx
import pytest
from litestar import Litestar

from meydan import accounts, tenants
from meydan.accounts import Authentication
from meydan.accounts.sessions import sessions
from meydan.accounts.tasks import purge_old
from meydan.kit.database import Database
from meydan.kit.realtime import is_revoked
from tests.accounts.conftest import PASSWORD, Arrive, Prove, Somebody, code, device, new_phone
from tests.conftest import MovableClock, open_client
from tests.waiting import until


async def refresh(client: httpx.AsyncClient, cookie: str) -> httpx.Response:
    return await client.post("/api/auth/refresh", headers={"Cookie": f"meydan_refresh={cookie}"})


def cookie_of(response: httpx.Response) -> str:
    assert response.status_code == 200, response.text
    return response.headers["set-cookie"].split(";")[0].removeprefix("meydan_refresh=")


@pytest.fixture
async def stranger(app: Litestar, tenant: tenants.Tenant):
    """A browser without any cookies of its own."""
    async with open_client(app, tenant) as client:
        yield client


async def log_in_elsewhere(person: Somebody, app: Litestar, tenant: tenants.Tenant, name: str = "Pixel") -> Somebody:
    client = open_client(app, tenant)
    wanted = {"identifier": person.me["username"], "password": PASSWORD, "device": device(name)}
    response = await client.post("/api/auth/login", json=wanted)
    assert response.status_code == 200
    return Somebody(client, wanted, response.json())


async def test_of_fifty_sessions_the_last_twenty_live_and_the_others_say_why(
    arrive: Arrive, db: Database, tenant: tenants.Tenant, stranger: httpx.AsyncClient, moving_clock: MovableClock
):
    person = await arrive()
    user_id = UUID(person.me["user_id"])
    first, opened = person.cookie, []
    async with db.as_service(tenant.id) as tx:
        device_row = await tx.one(UUID, "select id from app.devices where tenant_id = $1 and user_id = $2", user_id)
    for _ in range(49):
        moving_clock.forward(seconds=1)
        async with db.as_service(tenant.id) as tx:
            opened.append(await sessions.do_start(tx, user_id, device_row, "10.0.0.1", Authentication.password))
    async with db.as_service(tenant.id) as tx:
        live = await tx.all(
            UUID,
            "select id from app.sessions where tenant_id = $1 and user_id = $2 and ended_at is null order by created_at",
            user_id,
        )
    assert live == [each.identity.session_id for each in opened[-20:]]
    ended = await refresh(stranger, first)
    assert (code(ended), ended.json()["reason"]) == ("session_ended", "too_many")
    moving_clock.forward(minutes=5)
    async with db.as_service(tenant.id) as tx:  # the one that is used stays, however old
        assert isinstance(await sessions.do_refresh(tx, opened[29].refresh_token), sessions.Opened)
        last = await sessions.do_start(tx, user_id, device_row, "10.0.0.1", Authentication.password)
        assert isinstance(await sessions.do_refresh(tx, opened[29].refresh_token), sessions.Opened)
        assert isinstance(await sessions.do_refresh(tx, opened[30].refresh_token), sessions.SessionEnded)
        assert isinstance(await sessions.do_refresh(tx, last.refresh_token), sessions.Opened)


async def test_fifty_tabs_refresh_at_once_and_nobody_is_logged_out(
    arrive: Arrive, app: Litestar, tenant: tenants.Tenant, moving_clock: MovableClock
):
    person = await arrive()
    old = person.cookie
    moving_clock.forward(minutes=9)
    async with open_client(app, tenant) as tabs:
        answers = await asyncio.gather(*(refresh(tabs, old) for _ in range(50)))
    newest = {cookie_of(answer) for answer in answers}
    assert len(newest) == 1, "all of them get the same successor"
    assert newest != {old}
    for answer in (answers[0], answers[-1]):
        bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        assert (await person.client.get("/api/auth/profile", headers=bearer)).status_code == 200
    moving_clock.forward(minutes=9)
    async with open_client(app, tenant) as later:
        assert cookie_of(await refresh(later, newest.pop()))


async def test_a_lost_answer_is_asked_for_again(
    arrive: Arrive, stranger: httpx.AsyncClient, moving_clock: MovableClock
):
    person = await arrive()
    moving_clock.forward(minutes=9)
    lost = cookie_of(await refresh(stranger, person.cookie))
    moving_clock.forward(seconds=29)
    assert cookie_of(await refresh(stranger, person.cookie)) == lost


async def test_a_stolen_token_ends_the_session_for_both(
    arrive: Arrive, stranger: httpx.AsyncClient, moving_clock: MovableClock, db: Database, tenant: tenants.Tenant
):
    person = await arrive()
    stolen = person.cookie
    moving_clock.forward(minutes=9)
    owners = cookie_of(await refresh(stranger, stolen))
    moving_clock.forward(seconds=31)
    assert code(await refresh(stranger, stolen)) == "session_ended"
    # The thief's try has ended it: the owner has to log in again, and the access token is dead at once.
    assert code(await refresh(stranger, owners)) == "session_ended"
    assert code(await person.client.get("/api/auth/profile")) == "session_ended"
    async with db.as_service(tenant.id) as tx:
        assert await tx.all(str, "select end_reason from app.sessions where tenant_id = $1") == ["token_reuse"]


async def test_a_thief_who_was_quicker_is_found_out_too(
    arrive: Arrive, stranger: httpx.AsyncClient, moving_clock: MovableClock
):
    person = await arrive()
    moving_clock.forward(minutes=9)
    thiefs = cookie_of(await refresh(stranger, person.cookie))
    moving_clock.forward(minutes=2)
    assert code(await refresh(stranger, person.cookie)) == "session_ended"
    assert code(await refresh(stranger, thiefs)) == "session_ended"


async def test_an_old_token_is_known_however_old_it_is(
    arrive: Arrive, stranger: httpx.AsyncClient, moving_clock: MovableClock
):
    person = await arrive()
    oldest = newest = person.cookie
    for _ in range(40):
        moving_clock.forward(minutes=9)
        newest = cookie_of(await refresh(stranger, newest))
    assert code(await refresh(stranger, oldest)) == "session_ended"
    assert code(await refresh(stranger, newest)) == "session_ended"


async def test_made_up_tokens_end_nobodys_session(arrive: Arrive, stranger: httpx.AsyncClient):
    person = await arrive()
    session, number, mac = person.cookie.split(".")
    for made_up in (
        "", "x", "..", f"{session}.{number}.", f"{session}.{int(number) + 1}.{mac}", f"{session}.-1.{mac}",
        f"{UUID(int=7).hex}.{number}.{mac}", f"{session}.{number}.{mac[:-4]}AAAA", "a" * 5000,
    ):  # fmt: skip
        assert code(await refresh(stranger, made_up)) == "session_ended"
    assert cookie_of(await refresh(stranger, person.cookie))


async def test_another_community_knows_no_such_session(arrive: Arrive, app: Litestar, other_tenant: tenants.Tenant):
    person = await arrive()
    async with open_client(app, other_tenant) as there:
        assert code(await refresh(there, person.cookie)) == "session_ended"


async def test_a_month_of_silence_ends_it(arrive: Arrive, moving_clock: MovableClock):
    person = await arrive()
    moving_clock.forward(hours=24 * 29)
    assert (await person.client.post("/api/auth/refresh")).status_code == 200
    moving_clock.forward(hours=24 * 30 + 1)
    ended = await person.client.post("/api/auth/refresh")
    assert (code(ended), ended.json()["reason"]) == ("session_ended", "inactive")


async def test_other_sites_cannot_use_the_cookie(arrive: Arrive):
    person = await arrive()
    for name in ("X-Meydan", "X-Meydan-Tenant", "Authorization"):
        person.client.headers.pop(name, None)
    for path in ("/api/auth/refresh", "/api/auth/logout"):
        assert code(await person.client.post(path)) == "header_missing"


async def test_logging_out_ends_this_one(arrive: Arrive, app: Litestar, tenant: tenants.Tenant):
    person = await arrive()
    other = await log_in_elsewhere(person, app, tenant)
    cookie = person.cookie
    response = await person.client.post("/api/auth/logout")
    assert response.status_code == 204
    assert "Max-Age=0" in response.headers["set-cookie"]
    assert code(await person.client.get("/api/auth/profile")) == "session_ended"
    assert code(await refresh(person.client, cookie)) == "session_ended"
    assert (await other.client.get("/api/auth/profile")).status_code == 200
    assert (await person.client.post("/api/auth/logout")).status_code == 204, "again is no error"


async def test_logging_out_everywhere(arrive: Arrive, app: Litestar, tenant: tenants.Tenant):
    person = await arrive()
    other = await log_in_elsewhere(person, app, tenant)
    assert (await person.client.post("/api/auth/logout", json={"all": True})).status_code == 204
    for one in (person, other):
        assert code(await one.client.get("/api/auth/profile")) == "session_ended"


async def test_the_list_shows_where_and_one_of_them_is_ended_within_a_second(
    arrive: Arrive, app: Litestar, tenant: tenants.Tenant
):
    person = await arrive(device=device("Firefox on Linux"))
    other = await log_in_elsewhere(person, app, tenant, "Pixel")
    lines = await person.get("/api/auth/sessions")
    assert {(line["device_name"], line["current"]) for line in lines} == {("Firefox on Linux", True), ("Pixel", False)}
    assert {line["ip_address_hint"] for line in lines} == {"127.0.0.x"}
    theirs = next(line for line in lines if not line["current"])
    assert theirs["client_device_id"] == other.device["id"]
    assert (await person.client.delete(f"/api/auth/sessions/{theirs['id']}")).status_code == 204

    async def is_known_here() -> bool:
        return is_revoked(UUID(theirs["id"]))

    await until(is_known_here)
    assert code(await other.client.get("/api/auth/profile")) == "session_ended"
    assert code(await other.client.post("/api/auth/refresh")) == "session_ended"
    assert len(await person.get("/api/auth/sessions")) == 1
    assert code(await person.client.delete(f"/api/auth/sessions/{theirs['id']}")) == "not_found"


async def test_nobody_ends_somebody_elses_session(arrive: Arrive):
    ayse, mehmet = await arrive(), await arrive()
    (line,) = await mehmet.get("/api/auth/sessions")
    assert code(await ayse.client.delete(f"/api/auth/sessions/{line['id']}")) == "not_found"
    assert code(await ayse.client.delete(f"/api/auth/devices/{line['client_device_id']}")) == "not_found"
    assert (await mehmet.client.get("/api/auth/profile")).status_code == 200


async def test_a_forgotten_device_is_logged_out_and_new_again(arrive: Arrive, app: Litestar, tenant: tenants.Tenant):
    person = await arrive()
    other = await log_in_elsewhere(person, app, tenant, "Pixel")
    lines = await person.get("/api/auth/devices")
    assert {(line["name"], line["current"]) for line in lines} == {("Firefox", True), ("Pixel", False)}
    assert (await person.client.delete(f"/api/auth/devices/{other.device['id']}")).status_code == 204
    assert code(await other.client.get("/api/auth/profile")) == "session_ended"
    assert [line["name"] for line in await person.get("/api/auth/devices")] == ["Firefox"]


async def test_a_new_password_ends_the_others(arrive: Arrive, app: Litestar, tenant: tenants.Tenant):
    person = await arrive()
    other = await log_in_elsewhere(person, app, tenant)
    change = {"current": PASSWORD, "new": "an even quieter Sunday 78"}
    assert code(await person.client.post("/api/auth/password", json=change | {"current": "wrong"})) == "password_wrong"
    assert code(await person.client.post("/api/auth/password", json=change | {"new": "1234567890"})) == "weak_password"
    assert (await person.client.post("/api/auth/password", json=change)).status_code == 204
    assert (await person.client.get("/api/auth/profile")).status_code == 200
    assert code(await other.client.get("/api/auth/profile")) == "session_ended"
    wanted = {"identifier": person.me["username"], "device": device()}
    assert code(await other.client.post("/api/auth/login", json=wanted | {"password": PASSWORD})) == "login_failed"
    assert (await other.client.post("/api/auth/login", json=wanted | {"password": change["new"]})).status_code == 200


async def test_a_forgotten_password_is_replaced_by_a_code(
    arrive: Arrive, prove: Prove, moving_clock: MovableClock, browser: httpx.AsyncClient
):
    phone = new_phone()
    person = await arrive(proof=await prove(phone))
    moving_clock.forward(minutes=2)
    proof = await prove(phone, "reset")
    new = "an even quieter Sunday 78"
    weak = await browser.post("/api/auth/reset-password", json={"proof": proof, "password": "1234567890"})
    assert code(weak) == "weak_password"
    assert (await browser.post("/api/auth/reset-password", json={"proof": proof, "password": new})).status_code == 204
    assert (
        code(await browser.post("/api/auth/reset-password", json={"proof": proof, "password": new})) == "proof_refused"
    )
    assert code(await person.client.get("/api/auth/profile")) == "session_ended"
    wanted = {"identifier": phone, "device": device(), "password": new}
    assert (await browser.post("/api/auth/login", json=wanted)).status_code == 200


async def test_a_ban_ends_every_session_and_says_why(
    arrive: Arrive, app: Litestar, tenant: tenants.Tenant, db: Database, owner
):
    person = await arrive()
    other = await log_in_elsewhere(person, app, tenant)
    async with db.as_service(tenant.id) as tx:
        await accounts.do_set_ban(tx, UUID(person.me["user_id"]), None, "threat")
    for one in (person, other):
        assert code(await one.client.get("/api/auth/profile")) == "session_ended"
    frames = await owner.fetch("select payload from app.outbox where tenant_id = $1 order by id", tenant.id)
    assert '{"t":"banned","reason":"threat","until":null}' in [row["payload"] for row in frames]


async def test_only_a_tidy_row_is_kept_of_where_somebody_was():
    assert sessions.ip_address_hint("88.240.12.77") == "88.240.12.x"
    assert sessions.ip_address_hint("2a02:1234:5678:9abc::1") == "2a02:1234:5678::"
    assert sessions.ip_address_hint("testclient") == ""


async def test_no_token_is_kept_anywhere(arrive: Arrive, owner, tenant: tenants.Tenant):
    person = await arrive()
    mac = person.cookie.split(".")[2]
    for table in await owner.fetch(
        "select relname from pg_class where relnamespace = 'app'::regnamespace and relkind = 'r'"
    ):
        rows = await owner.fetch(f"select t::text as line from app.{table['relname']} t")
        for row in rows:
            assert mac not in row["line"]
            assert person.session["access_token"] not in row["line"]
            assert PASSWORD not in row["line"]


async def test_tidying_keeps_what_goes_on(
    arrive: Arrive, db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    ended, going_on = await arrive(), await arrive()
    await ended.client.post("/api/auth/logout")
    for _ in range(4):
        moving_clock.forward(hours=24 * 10)
        assert (await going_on.client.post("/api/auth/refresh")).status_code == 200
    async with db.as_service(tenant.id) as tx:
        await purge_old(tx)
        assert await tx.all(UUID, "select user_id from app.sessions where tenant_id = $1") == [
            UUID(going_on.me["user_id"])
        ]
        assert await tx.all(UUID, "select id from app.login_attempts where tenant_id = $1") == []
