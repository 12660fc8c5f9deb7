"""Two things at one moment: whichever is first, nobody is left inside who should be out."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg
import httpx
import pytest
from litestar import Litestar

from meydan import accounts, tenants
from meydan.accounts import users
from meydan.accounts.faces import aliases
from meydan.accounts.sessions import sessions
from meydan.accounts.sign_in import passwords
from meydan.kit import personal_data
from meydan.kit.bounded_threads import Caller
from meydan.kit.database import Database
from tests.accounts.conftest import PASSWORD, Arrive, Prove, Somebody, code, device, form, new_phone
from tests.conftest import open_client
from tests.waiting import until_somebody_waits

NEW_PASSWORD = "another quiet Friday 88"


async def log_in(client: httpx.AsyncClient, person: Somebody) -> httpx.Response:
    wanted = {"identifier": person.me["username"], "password": PASSWORD, "device": device("Stolen")}
    return await client.post("/api/auth/login", json=wanted)


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Awaitable[object]]], None]:
    """Makes something happen once, while a password is being looked at."""

    def arrange(happening: Callable[[], Awaitable[object]]) -> None:
        check = passwords.check

        async def slow_check(password: str, kept: str | None, caller: Caller) -> passwords.Check:
            checked = await check(password, kept, caller)
            monkeypatch.setattr(passwords, "check", check)
            await happening()
            return checked

        monkeypatch.setattr(passwords, "check", slow_check)

    return arrange


async def open_sessions(owner: asyncpg.Connection, person: Somebody) -> int:
    return int(
        await owner.fetchval(
            "select count(*) from app.sessions where user_id = $1 and ended_at is null", UUID(person.me["user_id"])
        )
    )


async def test_a_new_password_shuts_out_who_typed_the_old_one_a_moment_before(
    arrive: Arrive, browser: httpx.AsyncClient, meanwhile, owner: asyncpg.Connection
):
    person = await arrive()
    new = {"current": PASSWORD, "new": NEW_PASSWORD}
    meanwhile(lambda: person.client.post("/api/auth/password", json=new))
    assert code(await log_in(browser, person)) == "login_failed"
    assert await open_sessions(owner, person) == 1


async def test_a_new_password_stops_an_address_that_the_old_one_would_set(
    arrive: Arrive, app: Litestar, tenant: tenants.Tenant, prove: Prove, meanwhile
):
    person, thief_phone = await arrive(), new_phone()
    proof = await prove(thief_phone, "verify")
    async with open_client(app, tenant) as client:
        owners = Somebody(client, person.wanted, (await log_in(client, person)).json())
        new = {"current": PASSWORD, "new": NEW_PASSWORD}
        meanwhile(lambda: owners.client.post("/api/auth/password", json=new))
        refused = await person.client.post("/api/auth/verify", json={"proof": proof, "password": PASSWORD})
        assert code(refused) == "password_wrong"
        assert (await owners.get("/api/auth/profile"))["phone"] is None


async def test_who_is_erased_while_logging_in_is_not_let_in(
    arrive: Arrive, browser: httpx.AsyncClient, db: Database, tenant: tenants.Tenant, meanwhile, owner
):
    person = await arrive()

    async def erase() -> None:
        async with db.as_service(tenant.id) as tx:
            await personal_data.do_erase(tx, UUID(person.me["user_id"]))

    meanwhile(erase)
    assert code(await log_in(browser, person)) == "login_failed"
    assert await open_sessions(owner, person) == 0
    assert await owner.fetchval("select count(*) from app.devices where user_id = $1", UUID(person.me["user_id"])) == 0


async def test_a_log_in_during_a_ban_is_told_of_it(
    arrive: Arrive, browser: httpx.AsyncClient, db: Database, tenant: tenants.Tenant, owner: asyncpg.Connection
):
    person = await arrive()
    async with db.as_service(tenant.id) as tx:
        await accounts.do_set_ban(tx, UUID(person.me["user_id"]), None, "spam")
        entering = asyncio.create_task(log_in(browser, person))
        await until_somebody_waits(tx)  # for the decision
        assert not entering.done()
    assert code(await entering) == "banned"
    assert await open_sessions(owner, person) == 0


async def test_a_ban_during_a_log_in_ends_that_too(
    arrive: Arrive, db: Database, tenant: tenants.Tenant, owner: asyncpg.Connection
):
    person = await arrive()
    user_id = UUID(person.me["user_id"])

    async def ban() -> None:
        async with db.as_service(tenant.id) as tx:
            await accounts.do_set_ban(tx, user_id, None, "spam")

    async with db.as_service(tenant.id) as tx:
        assert await users.lock_standing(tx, user_id) is not None
        banning = asyncio.create_task(ban())
        await until_somebody_waits(tx)
        device_row = await tx.one(UUID, "select id from app.devices where (tenant_id, user_id) = ($1, $2)", user_id)
        await sessions.do_start(tx, user_id, device_row, "127.0.0.1", accounts.Authentication.password)
    await banning
    assert await open_sessions(owner, person) == 0


async def test_eight_forms_with_one_proof_make_one_person(api: httpx.AsyncClient, prove: Prove, owner):
    phone = new_phone()
    proof = await prove(phone)
    answers = await asyncio.gather(*(api.post("/api/auth/register", json=form(proof=proof)) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert {code(answer) for answer in answers if answer.status_code == 409} == {"proof_refused"}
    assert await owner.fetchval("select count(*) from app.users where phone = $1", phone) == 1


async def test_one_tab_changes_face_while_another_refreshes(arrive: Arrive):
    person = await arrive()
    assert (await person.client.post("/api/auth/shadow", json={"alias": "gece"})).status_code == 201
    answers = await asyncio.gather(
        *(
            person.client.post("/api/auth/face", json={"face": face})
            if face
            else person.client.post("/api/auth/refresh")
            for face in ("shadow", None, "real", None, "shadow", None) * 3
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    for answer in answers:  # each is whole: the token's face is the face that it shows
        me = answer.json()["me"]
        worn = await person.client.get(
            "/api/auth/profile", headers={"Authorization": f"Bearer {answer.json()['access_token']}"}
        )
        assert worn.json()["profile"]["id"] == me["profile"]["id"]


@pytest.mark.parametrize("path", ["/api/auth/profile", "/api/auth/sessions", "/api/users/export", "/api/notifications"])
async def test_a_token_of_another_community_opens_nothing(
    arrive: Arrive, app: Litestar, other_tenant: tenants.Tenant, path: str
):
    person = await arrive()
    async with open_client(app, other_tenant) as client:
        client.headers["Authorization"] = person.client.headers["Authorization"]
        client.cookies.set("meydan_refresh", person.cookie)
        assert code(await client.get(path)) == "wrong_tenant"
        assert code(await client.post("/api/auth/refresh")) == "session_ended"
        await client.post("/api/auth/logout", json={"all": True})
    assert (await person.client.get(path)).status_code == 200
    assert (await person.client.post("/api/auth/refresh")).status_code == 200


@pytest.mark.parametrize(
    "alias",
    [
        "\u3164\u3164",
        "\u1160\u115f",
        "a\u3164",
        "\u200b\u200b",
        "\u202eada",
        "ada\u0000",
        "ad\u00ada",
        "a" * 23 + "!",
        "a" * 5000,
    ],
)
async def test_names_that_show_nothing_or_never_end(arrive: Arrive, api: httpx.AsyncClient, alias: str):
    asked = await api.get("/api/auth/alias-suggestions", params={"alias": alias})
    assert code(asked) == "alias_invalid"
    assert code(await api.post("/api/auth/register", json=form(alias=alias))) == "alias_invalid"


def test_a_refused_alias_costs_no_more_than_a_good_one():
    """Every way to cut it into words would be tried, and the whole server would wait."""
    begun = time.process_time()
    for _ in range(100):
        with pytest.raises(aliases.AliasInvalid):
            aliases.read_alias("a" * 23 + "!")
    assert time.process_time() - begun < 1
