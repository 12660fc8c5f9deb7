"""Leaving washes nothing off: who erases an account and comes back with the same contact is who they were."""

from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from litestar import Litestar

from meydan import accounts, safety, tenants
from meydan.kit import clock, personal_data
from meydan.kit.crypto import tokens
from meydan.kit.database import Database
from meydan.kit.errors import NotFound
from meydan.meeting import quota
from meydan.meeting.enums import MeetingType
from meydan.money import wallet
from meydan.money.wallet import daily_bonus
from tests.accounts.conftest import PASSWORD, Arrive, Prove, Somebody, code, form, new_email, new_phone
from tests.conftest import MovableClock, open_client
from tests.factories import TOKEN_KEY, Person, make_person, make_shadow
from tests.meeting.factories import join, leave, left, match, matched
from tests.meeting_scenarios import bring_together
from tests.money.bank import Bank


async def erase(db: Database, person: Person) -> None:
    async with db.as_service(person.tenant.id) as tx:
        await personal_data.do_erase(tx, person.me.user_id)


async def prove_contact(db: Database, person: Person, contact: str) -> bool:
    async with db.as_service(person.tenant.id) as tx:
        return await accounts.inheritance.do_prove_contact(tx, person.me.user_id, contact)


async def arrive_with(db: Database, tenant: tenants.Tenant, phone: str) -> Person:
    """Somebody new to the installation, or a person who comes back."""
    person = await make_person(db, tenant, phone=phone)
    await prove_contact(db, person, phone)
    return person


async def come_back(db: Database, person: Person) -> Person:
    """Erases the account and registers anew with the same number."""
    await erase(db, person)
    assert person.phone is not None
    return await arrive_with(db, person.tenant, person.phone)


async def block(db: Database, blocker: Person, blocked: Person) -> None:
    await bring_together(db, blocker, blocked)
    async with db.as_user(blocker.me) as tx:
        await safety.do_block(tx, blocked.me.profile_id)


async def are_matched(db: Database, one: Person, other: Person) -> bool:
    """Whether two who wait alone are brought together. Nobody waits afterwards."""
    await join(db, one)
    await join(db, other)
    await match(db, one.tenant)
    found = await matched(db, one)
    for person in (one, other):
        await leave(db, person, None if found is None else found.id)
        await leave(db, person)
    return found is not None


async def forget_meetings(db: Database, tenant: tenants.Tenant) -> None:
    """So that only blocks keep people apart."""
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure_key(tx, "meeting.rematch_cooldown_days", 0)


def person_of(somebody: Somebody, tenant: tenants.Tenant, phone: str) -> Person:
    me = tokens.read_access(somebody.session["access_token"], (TOKEN_KEY,)).identity
    return Person(me, tenant, "", phone, UUID(int=0))


async def test_who_was_blocked_comes_back_through_the_front_door_and_never_meets_the_blocker(
    db: Database, app: Litestar, tenant: tenants.Tenant, other_tenant: tenants.Tenant, arrive: Arrive, prove: Prove
):
    await forget_meetings(db, tenant)
    phone, ada = new_phone(), await make_person(db, tenant)
    before = await arrive(proof=await prove(phone))
    await block(db, ada, person_of(before, tenant, phone))
    gone = await before.client.post("/api/users/erase", json={"password": PASSWORD})
    assert gone.status_code == 204
    again = person_of(await arrive(proof=await prove(phone)), tenant, phone)
    assert not await are_matched(db, ada, again)
    assert await are_matched(db, again, await make_person(db, tenant))
    async with db.as_user(ada.me) as tx:  # nothing shows the blocker which new face this is
        assert await tx.all(UUID, "select id from app.blocks where tenant_id = $1") == []
    elsewhere = await arrive_with(db, other_tenant, phone)
    async with db.as_user(elsewhere.me) as tx:
        await join(db, elsewhere)
        assert await tx.one(list[bytes], "select apart from app.tickets where tenant_id = $1") == []


@pytest.mark.parametrize("who_leaves", ["ab", "ba", "aba", "abab"])
async def test_two_stay_apart_whoever_leaves_and_in_which_order(db: Database, tenant: tenants.Tenant, who_leaves: str):
    await forget_meetings(db, tenant)
    people = {name: await make_person(db, tenant) for name in "ab"}
    await block(db, people["a"], people["b"])
    for name in who_leaves:
        await erase(db, people[name])
        if who_leaves.startswith(name):  # the first one stays away until the other has left as well
            continue
        for back in "ab":
            people[back] = await arrive_with(db, tenant, str(people[back].phone))
    if who_leaves[-1] == who_leaves[0]:
        people[who_leaves[0]] = await arrive_with(db, tenant, str(people[who_leaves[0]].phone))
    assert not await are_matched(db, people["a"], people["b"])
    assert await are_matched(db, people["a"], await make_person(db, tenant))


async def test_a_face_that_was_met_is_not_met_again_within_the_cooldown_and_the_other_face_is(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    await bring_together(db, ada, ben)
    ben = await come_back(db, ben)
    shadow = await make_shadow(db, ben)
    assert not await are_matched(db, ada, ben)
    assert await are_matched(db, ada, shadow)
    moving_clock.forward(hours=24 * 9)
    assert await are_matched(db, ada, ben)


async def test_a_block_of_a_face_holds_for_that_face_and_a_lifted_one_for_nobody(db: Database, tenant: tenants.Tenant):
    await forget_meetings(db, tenant)
    people = ada, cem = await make_person(db, tenant), await make_person(db, tenant)
    ben = await arrive_with(db, tenant, new_phone())
    for person in people:
        await bring_together(db, person, ben)
        async with db.as_user(person.me) as tx:
            blocked = await safety.do_block(tx, ben.me.profile_id, safety.BlockScope.face)
    async with db.as_user(cem.me) as tx:
        await safety.do_unblock(tx, blocked.id)
    ben = await come_back(db, ben)
    shadow = await make_shadow(db, ben)
    assert not await are_matched(db, ada, ben)
    assert await are_matched(db, ada, shadow)
    assert await are_matched(db, cem, ben)


async def test_every_contact_that_was_ever_proved_counts(db: Database, tenant: tenants.Tenant):
    await forget_meetings(db, tenant)
    first, second, mail = new_phone(), new_phone(), new_email()
    ada, ben = await make_person(db, tenant), await arrive_with(db, tenant, first)
    await block(db, ada, ben)
    for contact, column in ((second, "phone"), (mail, "email")):
        async with db.as_service(tenant.id) as tx:
            await tx.run(
                f"update app.users set {column} = $3 where tenant_id = $1 and id = $2", ben.me.user_id, contact
            )
        await prove_contact(db, ben, contact)
    await erase(db, ben)
    for phone in (first, second):
        assert not await are_matched(db, ada, await arrive_with(db, tenant, phone))
    by_mail = await make_person(db, tenant)
    async with db.as_service(tenant.id) as tx:
        await tx.run("update app.users set email = $3 where tenant_id = $1 and id = $2", by_mail.me.user_id, mail)
    await prove_contact(db, by_mail, mail)
    assert not await are_matched(db, ada, by_mail)


async def test_another_number_does_not_shake_off_what_came_along(
    db: Database, tenant: tenants.Tenant, arrive: Arrive, prove: Prove
):
    await forget_meetings(db, tenant)
    phone, another, ada = new_phone(), new_phone(), await make_person(db, tenant)
    ben = await arrive_with(db, tenant, phone)
    await block(db, ada, ben)
    await erase(db, ben)
    again = await arrive(proof=await prove(phone))
    proof = await prove(another, "verify", again.client)
    changed = await again.client.post("/api/auth/verify", json={"proof": proof, "password": PASSWORD})
    assert changed.status_code == 200, changed.text
    assert not await are_matched(db, ada, person_of(again, tenant, another))


async def test_debt_freeze_and_the_days_rights_and_coins_are_those_of_before(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    bank = Bank(db, tenant)
    ben = await make_person(db, tenant)
    await bank.sell(ben, 30)
    await bank.spend(ben, 30)
    await bank.take_back(ben, 20)
    for _ in range(2):
        assert await are_matched(db, ben, await make_person(db, tenant))
    had = await left(db, ben)
    async with db.as_service(tenant.id) as tx:
        await daily_bonus.do_earn_daily(tx, ben.me.user_id)
        await wallet.do_freeze(tx, ben.me.user_id, "fraud", None)
    for _ in range(2):  # and the next account hands everything on as well
        ben = await come_back(db, ben)
        async with db.as_service(tenant.id) as tx:
            purse = await wallet.wallet_of(tx, ben.me.user_id)
            assert (purse.debt, purse.frozen) == (15, "former_account")
            assert not (await daily_bonus.bonuses(tx, ben.me.user_id)).daily.available
            with pytest.raises(daily_bonus.AlreadyEarned):
                await daily_bonus.do_earn_daily(tx, ben.me.user_id)
        assert await left(db, ben) == had
    async with db.as_service(tenant.id) as tx:
        await wallet.do_thaw(tx, ben.me.user_id, None)
        assert (await wallet.do_audit(tx)).faults == []
    ben = await come_back(db, ben)
    async with db.as_service(tenant.id) as tx:
        assert (await wallet.wallet_of(tx, ben.me.user_id)).frozen is None, "thawed once is thawed"
    moving_clock.forward(hours=24)
    async with db.as_service(tenant.id) as tx:
        assert (await daily_bonus.bonuses(tx, ben.me.user_id)).daily.available
    async with db.as_user(ben.me) as tx:
        today = await quota.quota(tx, MeetingType.text)
        assert today.remaining == today.limit


async def test_a_chargeback_after_leaving_is_owed_by_the_account_that_followed(db: Database, tenant: tenants.Tenant):
    bank, ben = Bank(db, tenant), await make_person(db, tenant)
    await bank.sell(ben, 30)
    await bank.spend(ben, 30)
    again = await come_back(db, ben)
    await bank.take_back(ben, 30)
    async with db.as_service(tenant.id) as tx:
        assert (await wallet.wallet_of(tx, again.me.user_id)).debt == 30
        assert (await wallet.wallet_of(tx, ben.me.user_id)).debt == 0
        assert (await wallet.do_audit(tx)).faults == []


async def test_a_suspension_is_waited_out_and_a_ban_refuses(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    ben = await arrive_with(db, tenant, new_phone())
    async with db.as_service(tenant.id) as tx:
        await safety.do_suspend_matching(tx, ben.me.user_id, clock.now() + timedelta(hours=24))
    ben = await come_back(db, ben)
    with pytest.raises(accounts.MatchingSuspended):
        await join(db, ben)
    moving_clock.forward(hours=24, seconds=1)
    await join(db, ben)
    async with db.as_service(tenant.id) as tx:
        await safety.do_ban(tx, ben.me.user_id, safety.BanReason.threat)
    await erase(db, ben)
    with pytest.raises(accounts.AccountBanned):
        await arrive_with(db, tenant, str(ben.phone))
    async with db.as_service(tenant.id) as tx:
        await safety.do_lift(tx, ben.me.user_id, reason="a mistake")
    await prove_contact(db, await make_person(db, tenant), str(ben.phone))


async def release(db: Database, tenant: tenants.Tenant, phone: str, *, take_from_account: bool = False) -> None:
    async with db.as_service(tenant.id) as tx:
        typed = phone.replace("+90", "0 ")  # as an operator writes it
        await accounts.inheritance.do_release_typed(tx, typed, "a new owner", take_from_account=take_from_account)


async def test_the_new_owner_of_a_released_number_is_nobody_known(
    db: Database, tenant: tenants.Tenant, owner: asyncpg.Connection
):
    await forget_meetings(db, tenant)
    bank, ada = Bank(db, tenant), await make_person(db, tenant)
    ben = await arrive_with(db, tenant, new_phone())
    await block(db, ada, ben)
    await bank.take_back(ben, 20)
    async with db.as_service(tenant.id) as tx:
        await safety.do_ban(tx, ben.me.user_id, safety.BanReason.spam)
    await erase(db, ben)
    await release(db, tenant, str(ben.phone))
    with pytest.raises(NotFound):
        await release(db, tenant, str(ben.phone))
    newcomer = await make_person(db, tenant, phone=ben.phone)
    assert await prove_contact(db, newcomer, str(ben.phone)), "new to the community"
    assert await are_matched(db, ada, newcomer)
    async with db.as_service(tenant.id) as tx:
        assert (await wallet.wallet_of(tx, newcomer.me.user_id)).debt == 0
    logged = await owner.fetchval(
        "select details::text from app.system_logs where tenant_id = $1 and action = 'contact_released'", tenant.id
    )
    assert str(ben.phone) not in logged


async def test_a_number_is_taken_from_an_account_that_stands_only_on_demand(
    db: Database,
    app: Litestar,
    tenant: tenants.Tenant,
    prove: Prove,
    arrive: Arrive,
    moving_clock: MovableClock,
):
    phone = new_phone()
    before = await arrive(proof=await prove(phone), username=None)
    await release(db, tenant, phone)
    moving_clock.forward(minutes=2)
    proof = await prove(phone)
    async with open_client(app, tenant) as client:
        taken = form(proof=proof)
        assert code(await client.post("/api/auth/register", json=taken)) == "phone_taken"
    await release(db, tenant, phone, take_from_account=True)
    moving_clock.forward(minutes=2)
    newcomer = await arrive(proof=await prove(phone))
    assert (newcomer.me["phone"], newcomer.me["user_id"] != before.me["user_id"]) == (phone, True)
    stands = await before.get("/api/auth/profile")
    assert (stands["phone"], stands["username"][:5]) == (None, "user_")


async def test_the_database_alone_ties_neither_faces_nor_accounts(
    db: Database, tenant: tenants.Tenant, owner: asyncpg.Connection
):
    ada, ben = await make_person(db, tenant), await arrive_with(db, tenant, new_phone())
    shadow = await make_shadow(db, ben)
    await block(db, ada, ben)
    await bring_together(db, ada, shadow)
    ben = await come_back(db, ben)
    await prove_contact(db, ben, str(ben.phone))
    pairs = await owner.fetch("select mark, other_mark, kept_until from app.kept_apart where tenant_id = $1", tenant.id)
    assert len(pairs) == 3, "the block of a person, and a meeting of each face"
    assert len({row["mark"] for row in pairs}) == 3, "no mark stands for two of them"
    assert {row["kept_until"].strftime("%H:%M:%S.%f") for row in pairs} == {"00:00:00.000000"}
    columns = await owner.fetch(
        "select column_name from information_schema.columns where table_schema = 'app' and table_name = 'kept_apart'"
    )
    assert {row["column_name"] for row in columns} == {"tenant_id", "mark", "other_mark", "kept_until"}
    formers = await owner.fetch("select mark, sealed_hash from app.former_accounts where tenant_id = $1", tenant.id)
    known = await owner.fetch("select contact_hash from app.known_contacts where tenant_id = $1", tenant.id)
    assert {row["mark"] for row in formers} & {row["contact_hash"] for row in known} == set()
    faces = {row["mark"] for row in pairs} - {row["mark"] for row in formers}
    assert len(faces) == 2, "an erased account is named by its person's mark, never by a face's"


async def test_accounts_with_a_name_only_leave_nothing(db: Database, tenant: tenants.Tenant, owner: asyncpg.Connection):
    await forget_meetings(db, tenant)
    ada, ben = await make_person(db, tenant), await make_person(db, tenant, verified=False)
    await block(db, ada, ben)
    await erase(db, ben)
    for table in ("kept_apart", "former_accounts", "known_contacts"):
        assert not await owner.fetch(f"select 1 from app.{table} where tenant_id = $1", tenant.id)


async def test_the_year_ends(
    db: Database, tenant: tenants.Tenant, owner: asyncpg.Connection, moving_clock: MovableClock
):
    await forget_meetings(db, tenant)
    ada, ben = await make_person(db, tenant), await arrive_with(db, tenant, new_phone())
    await block(db, ada, ben)
    async with db.as_service(tenant.id) as tx:
        await safety.do_ban(tx, ben.me.user_id, safety.BanReason.spam)
    await erase(db, ben)
    moving_clock.forward(hours=24 * (accounts.REMEMBERED.days - 1))
    async with db.as_service(tenant.id) as tx:
        await accounts.inheritance.do_purge(tx)
    with pytest.raises(accounts.AccountBanned):
        await arrive_with(db, tenant, str(ben.phone))
    moving_clock.forward(hours=24 * 3)
    async with db.as_service(tenant.id) as tx:
        await accounts.inheritance.do_purge(tx)
    for table in ("kept_apart", "former_accounts", "known_contacts"):
        assert not await owner.fetch(f"select 1 from app.{table} where tenant_id = $1", tenant.id), table
    newcomer = await make_person(db, tenant, phone=f"+90599{uuid4().int % 10_000_000:07}")
    assert await prove_contact(db, newcomer, str(ben.phone))
