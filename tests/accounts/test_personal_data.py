"""Export and erasure of a user's own data, and the checks before meeting strangers."""

from datetime import date, timedelta

import httpx
import pytest
from litestar import Litestar

from meydan import accounts, tenants
from meydan.kit import clock, personal_data
from meydan.kit.database import Database
from tests.accounts.conftest import PASSWORD, Arrive, Prove, code, device, form, new_phone
from tests.conftest import MovableClock
from tests.factories import Person, make_person


async def test_everything_kept_is_handed_over_and_no_secret(arrive: Arrive, prove: Prove):
    phone = new_phone()
    person = await arrive(proof=await prove(phone))
    await person.client.put("/api/users/profile", json={"bio": "Kediler.", "latitude": 41.0, "longitude": 29.0})
    kept = (await person.get("/api/users/export"))["accounts"]
    assert kept["user"]["phone"] == phone
    assert kept["profiles"][0]["bio"] == "Kediler."
    assert kept["profiles"][0]["latitude"] == 41.0
    assert kept["devices"][0]["id"] == person.device["id"]
    assert kept["sessions"][0]["ip_address_hint"] == "127.0.0.x"
    assert kept["codes"][0]["contact"] == phone
    for secret in ("password_hash", "argon2", "refresh_salt", "code_hash"):
        assert secret not in str(kept)


async def test_an_export_holds_nobody_else(arrive: Arrive):
    person, other = await arrive(), await arrive(alias="Baskasi")
    text = str(await person.get("/api/users/export"))
    for theirs in (other.me["user_id"], other.me["profile"]["id"], "Baskasi", other.device["id"]):
        assert theirs not in text


async def test_erasing_wants_the_password_and_leaves_nothing(
    arrive: Arrive, prove: Prove, owner, tenant: tenants.Tenant, browser: httpx.AsyncClient
):
    phone = new_phone()
    person, other = await arrive(proof=await prove(phone), alias="Unutulan"), await arrive()
    assert code(await person.client.post("/api/users/erase", json={"password": "wrong"})) == "password_wrong"
    gone = await person.client.post("/api/users/erase", json={"password": PASSWORD})
    assert gone.status_code == 204
    assert code(await person.client.get("/api/auth/profile")) == "session_ended"
    assert code(await person.client.post("/api/auth/refresh")) == "session_ended"
    wanted = {"identifier": phone, "password": PASSWORD, "device": device()}
    assert code(await browser.post("/api/auth/login", json=wanted)) == "login_failed"
    everything = ""
    for table in ("users", "profiles", "devices", "sessions", "otp_verifications", "login_attempts", "known_contacts"):
        rows = await owner.fetch(f"select t::text as line from app.{table} t where tenant_id = $1", tenant.id)
        everything += "".join(row["line"] for row in rows)
    for theirs in (phone, "Unutulan", person.me["username"], person.me["profile"]["avatar_seed"], person.device["id"]):
        assert theirs not in everything
    assert (await other.client.get("/api/auth/profile")).status_code == 200


async def test_the_name_of_somebody_who_is_gone_is_free(arrive: Arrive, api: httpx.AsyncClient):
    person = await arrive(username="reborn")
    await person.client.post("/api/users/erase", json={"password": PASSWORD})
    assert (await api.post("/api/auth/register", json=form(username="reborn"))).status_code == 201


async def test_many_erased_people_do_not_stand_in_each_others_way(db: Database, tenant: tenants.Tenant):
    for person in [await make_person(db, tenant) for _ in range(3)]:
        async with db.as_service(tenant.id) as tx:
            await personal_data.do_erase(tx, person.me.user_id)
            await personal_data.do_erase(tx, person.me.user_id)
            (seen,) = await accounts.public_profiles(tx, [person.me.profile_id])
    assert (seen.alias, seen.tag, seen.bio, seen.age, seen.avatar_seed) == ("", "", "", None, "")


async def may_meet(db: Database, person: Person) -> None:
    async with db.as_user(person.me) as tx:
        await accounts.check_may_meet(tx)


async def test_meeting_wants_something_proved_as_the_community_says(
    db: Database, tenant: tenants.Tenant, arrive: Arrive, prove: Prove
):
    proved, unproved = await make_person(db, tenant), await make_person(db, tenant, verified=False)
    await may_meet(db, proved)
    with pytest.raises(accounts.VerificationNeeded):
        await may_meet(db, unproved)
    async with db.as_service(tenant.id) as tx:
        await tx.run(
            "update app.users set email = 'somebody@example.org' where (tenant_id, id) = ($1, $2)", unproved.me.user_id
        )
    with pytest.raises(accounts.VerificationNeeded) as refusal:
        await may_meet(db, unproved)
    assert refusal.value.extra["wanted"] == "phone"
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, accounts.AccountsSettings, require_verified="any")
    await may_meet(db, unproved)
    await may_meet(db, proved)
    nobody_knows = await make_person(db, tenant, verified=False)
    with pytest.raises(accounts.VerificationNeeded) as refusal:
        await may_meet(db, nobody_knows)
    assert refusal.value.extra["wanted"] == "any"
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, accounts.AccountsSettings, require_verified="none")
    await may_meet(db, nobody_knows)


@pytest.mark.parametrize(
    ("wanted", "by_email", "by_username"), [("phone", False, False), ("any", True, False), ("none", True, True)]
)
async def test_everybody_reads_of_themselves_whether_they_may_meet_here(
    db: Database, tenant: tenants.Tenant, app: Litestar, wanted: str, by_email: bool, by_username: bool
):
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, accounts.AccountsSettings, require_verified=wanted)
    personal_data = [await make_person(db, tenant, verified=verified) for verified in (True, False, False)]
    async with db.as_service(tenant.id) as tx:
        await tx.run(
            "update app.users set email = 'reader@example.org' where (tenant_id, id) = ($1, $2)",
            personal_data[1].me.user_id,
        )
    for person, expected in zip(personal_data, (True, by_email, by_username), strict=True):
        async with person.client(app) as client:
            assert (await client.get("/api/auth/profile")).json()["verified"] is expected
            assert (await client.get("/api/config")).json()["require_verified"] == wanted


async def test_meeting_is_not_for_the_banned(db: Database, tenant: tenants.Tenant, moving_clock: MovableClock):
    person = await make_person(db, tenant)
    async with db.as_service(tenant.id) as tx:
        await accounts.do_set_ban(tx, person.me.user_id, clock.now() + timedelta(hours=1), "spam")
    with pytest.raises(accounts.AccountBanned) as refusal:
        await may_meet(db, person)
    assert refusal.value.extra["reason"] == "spam"
    moving_clock.forward(hours=1, seconds=1)
    await may_meet(db, person)


async def test_meeting_is_not_for_children(db: Database, tenant: tenants.Tenant):
    today = clock.now().date()
    child = await make_person(db, tenant, birth_date=date(today.year - 17, 1, 1))
    with pytest.raises(accounts.TooYoung):
        await may_meet(db, child)


async def test_a_banned_persons_own_room_still_answers(db: Database, tenant: tenants.Tenant):
    """The ban is read with the person's own login: it hides nothing from them."""
    person = await make_person(db, tenant)
    async with db.as_service(tenant.id) as tx:
        await accounts.do_set_ban(tx, person.me.user_id, None, "spam")
    async with db.as_user(person.me) as tx:
        me = await accounts.user(tx, person.me.user_id)
    assert (me.id, me.ban_reason) == (person.me.user_id, "spam")
