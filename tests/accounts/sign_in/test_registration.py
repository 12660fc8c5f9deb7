"""Coming in: with a proved address or a username, old enough, under an alias; alone or with a new community."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import asyncpg
import httpx
import msgspec
import pytest
from litestar import Litestar

from meydan import accounts, config, tenants
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.kit.events import listen
from tests.accounts.conftest import PASSWORD, Arrive, Prove, code, device, form, from_address, new_email, new_phone
from tests.conftest import MovableClock

heard: list[accounts.Registered | accounts.Verified] = []


@listen(accounts.Registered)
async def _registered(_tx, event: accounts.Registered):
    heard.append(event)


@listen(accounts.Verified)
async def _verified(_tx, event: accounts.Verified):
    heard.append(event)


async def register(client: httpx.AsyncClient, **changes) -> httpx.Response:
    return await client.post("/api/auth/register", json=form(**changes))


async def test_a_phone_number_opens_an_account(api: httpx.AsyncClient, prove: Prove):
    phone = new_phone()
    response = await register(api, proof=await prove(phone), username=None, gender="female")
    assert response.status_code == 201
    me = response.json()["me"]
    assert (me["phone"], me["email"], me["username"], me["verified"]) == (phone, None, None, True)
    assert me["role"] == "user"
    assert me["profile"]["alias"] == "kediadam"
    assert me["profile"]["tag"].isdigit()
    assert len(me["profile"]["tag"]) == 4
    assert me["profile"]["face"] == "real"
    assert me["profile"]["gender"] == "female"
    assert [face["face"] for face in me["faces"]] == ["real"]
    assert me["profile"]["age"] == accounts_age(date(1990, 5, 17))
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("meydan_refresh=")
    for wanted in ("HttpOnly", "Path=/api/auth", "SameSite=strict"):
        assert wanted in cookie


def accounts_age(born: date) -> int:
    today = clock.now().date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


async def test_an_email_address_opens_an_account(api: httpx.AsyncClient, prove: Prove):
    email = new_email()
    me = (
        await register(api, proof=await prove(email.upper().replace("EXAMPLE", "example").lower()), username=None)
    ).json()["me"]
    assert (me["email"], me["verified"]) == (email, False)  # a phone number is still to come


async def test_a_username_opens_an_account_that_is_not_verified(arrive: Arrive):
    me = (await arrive(username="Kedi.Adam")).me
    assert (me["username"], me["verified"]) == ("kedi.adam", False)


async def test_neither_is_not_enough(api: httpx.AsyncClient):
    assert code(await register(api, username=None)) == "identifier_missing"


async def test_the_cookie_is_secure_on_https(api: httpx.AsyncClient):
    response = await api.post("https://127.0.0.1:8000/api/auth/register", json=form())
    assert "Secure" in response.headers["set-cookie"]


async def test_what_is_taken_is_said(api: httpx.AsyncClient, prove: Prove, arrive: Arrive, moving_clock: MovableClock):
    phone, email = new_phone(), new_email()
    await arrive(proof=await prove(phone), username="taken.name")
    await arrive(proof=await prove(email))
    moving_clock.forward(minutes=2)
    assert code(await register(api, proof=await prove(phone), username=None)) == "phone_taken"
    assert code(await register(api, proof=await prove(email), username=None)) == "email_taken"
    assert code(await register(api, username="TAKEN.name")) == "username_taken"


async def test_a_refused_form_does_not_use_the_proof_up(api: httpx.AsyncClient, prove: Prove):
    proof = await prove(new_phone())
    assert code(await register(api, proof=proof, alias="#")) == "alias_invalid"
    assert (await register(api, proof=proof)).status_code == 201
    assert code(await register(api, proof=proof)) == "proof_refused"


async def test_a_proof_for_something_else_is_refused(api: httpx.AsyncClient, prove: Prove):
    for proof in (await prove(new_phone(), "verify"), "nonsense", "00" * 16 + "." + "00" * 32):
        assert code(await register(api, proof=proof)) == "proof_refused"


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "1234567890",
        "aaaaaaaaaaaa",
        "password12345",
        "Galatasaray1905!",
        "p@ssw0rd1234",
        "qwertyuiop",
        "1029384756",
        "butterball",
        "Wednesday1",
        "ＷＥＤＮＥＳＤＡＹ１",
        "ŞİFREM2026!",
        "kediadam1905",
        "x" * 129,
    ],
)
async def test_passwords_that_others_would_guess_are_refused(api: httpx.AsyncClient, password: str):
    assert code(await register(api, password=password)) == "weak_password"


async def test_the_phone_number_is_no_password(api: httpx.AsyncClient, prove: Prove):
    phone = new_phone()
    assert code(await register(api, proof=await prove(phone), username=None, password=phone)) == "weak_password"


@pytest.mark.parametrize("alias", ["", "a", "x" * 25, "a#b", "a  b", " . ", "a\u0000b", "\u202eevil", "<b>"])
async def test_an_alias_is_a_name(api: httpx.AsyncClient, alias: str):
    assert code(await register(api, alias=alias)) == "alias_invalid"


async def test_eighteen_is_counted_where_the_community_is(api: httpx.AsyncClient, moving_clock: MovableClock):
    # In Istanbul it is tomorrow already from 21:00 UTC on.
    now = clock.now()
    moving_clock.forward(seconds=(now.replace(hour=20, minute=59, second=0) - now).total_seconds())
    eighteen_tomorrow = clock.now().date().replace(year=clock.now().year - 18) + timedelta(days=1)
    born = {"birth_date": eighteen_tomorrow.isoformat()}
    assert code(await register(api, **born)) == "too_young"
    moving_clock.forward(minutes=2)
    assert (await register(api, **born)).status_code == 201


@pytest.mark.parametrize("born", ["1890-01-01", "2999-01-01"])
async def test_nobody_was_born_then(api: httpx.AsyncClient, born: str):
    assert code(await register(api, birth_date=born)) == "birth_date_invalid"


async def test_a_community_and_its_owner_come_together_or_not_at_all(
    api: httpx.AsyncClient, prove: Prove, db: Database, tenant: tenants.Tenant
):
    community = {"slug": f"new-{tenant.slug}", "name": "Night owls"}
    proof = await prove(new_phone())
    assert code(await register(api, proof=proof, alias="#", new_tenant=community)) == "alias_invalid"
    with pytest.raises(tenants.UnknownTenant):
        await tenants.Directory(db).find("127.0.0.1", community["slug"])
    me = (await register(api, proof=proof, new_tenant=community)).json()["me"]
    assert me["role"] == "owner"
    assert me["tenant"] == community
    assert code(await register(api, new_tenant=community)) == "tenant_taken"


async def test_nobody_founds_a_community_where_the_operator_did_not_ask_for_it(
    app: Litestar, api: httpx.AsyncClient, db: Database, tenant: tenants.Tenant
):
    community = {"slug": f"shut-{tenant.slug}", "name": "Night owls"}
    with founding(app, config.Founding.closed):
        assert (await api.get("/api/config")).json()["founding"] == "closed"
        assert code(await register(api, new_tenant=community)) == "founding_closed"
    with pytest.raises(tenants.UnknownTenant):
        await tenants.Directory(db).find("", community["slug"])
    assert (await register(api)).status_code == 201, "the same person comes into this one"


async def test_a_founded_community_waits_for_approval(
    app: Litestar, api: httpx.AsyncClient, owner: asyncpg.Connection, tenant: tenants.Tenant
):
    slug = f"wait-{tenant.slug}"
    with founding(app, config.Founding.approved):
        session = await register(api, new_tenant={"slug": slug, "name": "Night owls"})
        assert session.status_code == 201
    bearer = {"Authorization": f"Bearer {session.json()['access_token']}", "X-Meydan-Tenant": slug}
    assert code(await api.get("/api/auth/profile", headers=bearer)) == "tenant_pending"
    assert (
        code(await api.post("/api/auth/register", json=form(), headers={"X-Meydan-Tenant": slug})) == "tenant_pending"
    )
    await owner.execute("update app.tenants set status = 'active' where slug = $1", slug)
    app.state.directory._kept.clear()
    assert (await api.get("/api/auth/profile", headers=bearer)).status_code == 200


async def test_founding_pauses_when_the_days_number_is_reached(
    app: Litestar, api: httpx.AsyncClient, db: Database, tenant: tenants.Tenant
):
    async with db.as_service(0) as tx:
        made = await tx.connection.fetchval(
            "select count(*) from app.tenants where created_at > app.now() - interval '1 day'"
        )
    with founding(app, config.Founding.open, per_day=made + 2):
        answers = await asyncio.gather(
            *(
                register(api, new_tenant={"slug": f"n{number}-{tenant.slug}", "name": "One of five"})
                for number in range(5)
            )
        )
    assert sorted(answer.status_code for answer in answers) == [201, 201, 429, 429, 429]


async def test_one_network_does_not_use_up_the_day_of_all_founders(
    app: Litestar, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    def wanted(number: int) -> dict[str, str]:
        return {"slug": f"f{number}-{tenant.slug}", "name": "One of many"}

    with founding(app, config.Founding.open, per_network=2):
        answers = []
        for number in range(4):  # from the pages of two communities
            async with from_address(app, (tenant, other_tenant)[number % 2], "203.0.113.50") as stranger:
                answers.append(await register(stranger, new_tenant=wanted(number)))
        assert [answer.status_code for answer in answers] == [201, 201, 429, 429]
        async with from_address(app, tenant, "203.0.113.51") as neighbour:
            assert (await register(neighbour, new_tenant=wanted(5))).status_code == 201


@contextmanager
def founding(
    app: Litestar, rule: config.Founding, per_day: int = 1_000_000, per_network: int = 1_000_000
) -> Iterator[None]:
    before = app.state.settings
    rules = config.Tenants(founding=rule, foundings_per_day=per_day, foundings_per_network_day=per_network)
    app.state.settings = msgspec.structs.replace(before, tenants=rules)
    try:
        yield
    finally:
        app.state.settings = before


async def test_the_new_owner_is_at_home_in_the_new_community_only(api: httpx.AsyncClient, tenant: tenants.Tenant):
    slug = f"home-{tenant.slug}"
    session = (await register(api, new_tenant={"slug": slug, "name": "Home"})).json()
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    assert (await api.get("/api/auth/profile", headers=bearer | {"X-Meydan-Tenant": slug})).status_code == 200
    assert code(await api.get("/api/auth/profile", headers=bearer)) == "wrong_tenant"
    assert code(await api.post("/api/auth/refresh")) == "session_ended"
    assert (await api.post("/api/auth/refresh", headers={"X-Meydan-Tenant": slug})).status_code == 200


async def test_the_same_phone_number_in_two_communities_is_two_people(
    api: httpx.AsyncClient, prove: Prove, queue, other_tenant: tenants.Tenant, postbox
):
    phone = new_phone()
    here = (await register(api, proof=await prove(phone), username=None)).json()["me"]
    there = {"X-Meydan-Tenant": other_tenant.slug}
    await api.post("/api/auth/send-otp", headers=there, json={"channel": "sms", "to": phone, "purpose": "register"})
    await queue.work(other_tenant.id)
    typed = {"to": phone, "code": postbox.to(phone)[-1].code, "purpose": "register"}
    proof = (await api.post("/api/auth/verify-otp", headers=there, json=typed)).json()["proof"]
    assert code(await api.post("/api/auth/register", json=form(proof=proof))) == "proof_refused"
    second = await api.post("/api/auth/register", headers=there, json=form(proof=proof, username=None))
    assert second.status_code == 201
    assert second.json()["me"]["user_id"] != here["user_id"]
    login = {"identifier": phone, "password": PASSWORD, "device": device()}
    assert (await api.post("/api/auth/login", json=login)).json()["me"]["user_id"] == here["user_id"]


async def test_rooms_above_hear_of_a_new_phone_once(arrive: Arrive, prove: Prove, moving_clock: MovableClock):
    phone = new_phone()
    heard.clear()
    first = await arrive(proof=await prove(phone), username=None, invite_code=None)
    registered, verified = heard
    assert isinstance(registered, accounts.Registered)
    assert isinstance(verified, accounts.Verified)
    assert str(registered.user_id) == first.me["user_id"]
    assert registered.phone_hash == verified.phone_hash
    assert verified.is_new_phone
    assert phone.encode() not in verified.phone_hash
    erased = await first.client.post("/api/users/erase", json={"password": PASSWORD})
    assert erased.status_code == 204
    moving_clock.forward(minutes=2)
    heard.clear()
    await arrive(proof=await prove(phone), username=None)
    again = heard[1]
    assert isinstance(again, accounts.Verified)
    assert again.phone_hash == verified.phone_hash
    assert not again.is_new_phone


async def test_an_address_registers_so_many_an_hour(
    api: httpx.AsyncClient, db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, accounts.AccountsSettings, registrations_per_ip_address_hour=2)
    assert [(await register(api)).status_code for _ in range(3)] == [201, 201, 429]
    moving_clock.forward(minutes=61)
    assert (await register(api)).status_code == 201


async def test_a_community_may_close_a_way_in(api: httpx.AsyncClient, db: Database, tenant: tenants.Tenant):
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, accounts.AccountsSettings, sign_in_methods=["phone"])
    assert code(await register(api)) == "sign_in_not_open"
