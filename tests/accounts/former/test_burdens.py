"""What staff may see and release of the burdens under a contact: kinds and dates, so many times a day."""

from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from litestar import Litestar

from meydan import safety, tenants
from meydan.accounts import burdens
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.kit.errors import Refused
from meydan.kit.identity import Role
from meydan.money import wallet
from tests.accounts.conftest import code, new_phone
from tests.accounts.former.test_inheritance import are_matched, arrive_with, block, come_back, erase, forget_meetings
from tests.conftest import MovableClock
from tests.factories import Person, make_person
from tests.money.bank import Bank

REASON = "Numara artık başkasının"


@pytest.fixture
async def boss(db: Database, tenant: tenants.Tenant) -> Person:
    await make_person(db, tenant, role=Role.owner)  # so that nobody runs the community alone
    return await make_person(db, tenant, role=Role.owner)


async def looked_up(client: httpx.AsyncClient, contact: str) -> list[dict[str, Any]]:
    seen = await client.post("/api/staff/contacts/look-up", json={"contact": contact})
    assert seen.status_code == 200, seen.text
    return list(seen.json()["burdens"])


async def test_a_numbers_new_owner_is_freed(
    app: Litestar,
    db: Database,
    tenant: tenants.Tenant,
    boss: Person,
    owner: asyncpg.Connection,
    moving_clock: MovableClock,
):
    await forget_meetings(db, tenant)
    bank, ada = Bank(db, tenant), await make_person(db, tenant)
    leaver = await arrive_with(db, tenant, new_phone())
    assert leaver.phone is not None
    await block(db, ada, leaver)
    await bank.sell(leaver, 10)
    await bank.spend(leaver, 10)
    await bank.take_back(leaver, 10)
    async with db.as_service(tenant.id) as tx:
        await wallet.do_freeze(tx, leaver.me.user_id, "fraud", None)
        until = clock.now() + timedelta(days=30)
        await safety.do_ban(tx, leaver.me.user_id, safety.BanReason.spam, until=until)
    await erase(db, leaver)
    year = (clock.now() + timedelta(days=365)).date().isoformat()

    async with boss.client(app) as client:
        typed = f" {leaver.phone[:6]} {leaver.phone[6:]} "
        seen = {line["kind"]: line["until"] for line in await looked_up(client, typed)}
        assert set(seen) == {"ban", "debt", "freeze", "kept_apart"}
        assert (seen["ban"], seen["debt"]) == (until.date().isoformat(), year)
        released = await client.post("/api/staff/contacts/release", json={"contact": typed, "reason": REASON})
        assert released.status_code == 204, released.text
        assert await looked_up(client, typed) == []
    newcomer = await arrive_with(db, tenant, leaver.phone)
    assert await are_matched(db, ada, newcomer)
    async with newcomer.client(app) as client:
        mine = (await client.get("/api/coins/balance")).json()
        assert (mine["debt"], mine["frozen"]) == (0, None)
    [kept] = await owner.fetch(
        "select acted_by_user_id, details::text as details from app.system_logs"
        " where tenant_id = $1 and action = 'contact_released'",
        tenant.id,
    )
    assert kept["acted_by_user_id"] == boss.me.user_id
    assert REASON in kept["details"]
    assert leaver.phone not in kept["details"]


async def test_nobody_learns_who_is_or_was_a_member(app: Litestar, db: Database, tenant: tenants.Tenant, boss: Person):
    """A member, blocked and in debt; one who left without burdens; a stranger: all answered the same."""
    bank = Bank(db, tenant)
    member, quiet = await arrive_with(db, tenant, new_phone()), await arrive_with(db, tenant, new_phone())
    await block(db, await make_person(db, tenant), member)
    await bank.sell(member, 10)
    await bank.spend(member, 10)
    await bank.take_back(member, 10)
    await erase(db, quiet)
    answers = set()
    async with boss.client(app) as client:
        for contact in (member.phone, quiet.phone, new_phone(), "nobody@example.org"):
            seen = await client.post("/api/staff/contacts/look-up", json={"contact": contact})
            done = await client.post("/api/staff/contacts/release", json={"contact": contact, "reason": REASON})
            answers.add((seen.status_code, seen.text, done.status_code, done.text))
        assert answers == {(200, '{"burdens":[]}', 204, "")}
        odd = await client.post("/api/staff/contacts/look-up", json={"contact": "12"})
        assert (odd.status_code, code(odd)) == (422, "contact_invalid")
    async with member.client(app) as client:
        owed = (await client.get("/api/coins/balance")).json()["debt"]
        assert owed == 10, "a member's own debt is no burden of earlier accounts"


async def test_a_list_of_numbers_cannot_be_tried(
    app: Litestar,
    db: Database,
    tenant: tenants.Tenant,
    boss: Person,
    owner: asyncpg.Connection,
    moving_clock: MovableClock,
):
    other = await make_person(db, tenant, role=Role.admin)
    async with boss.client(app) as client, other.client(app) as second:
        for _ in range(burdens.LOOKUPS_PER_DAY - 1):
            await looked_up(client, new_phone())
        await looked_up(second, new_phone())
        for asked in (client, second):
            refused = await asked.post("/api/staff/contacts/look-up", json={"contact": new_phone()})
            assert (refused.status_code, code(refused)) == (429, "slow_down")
            assert 0 < refused.json()["retry_after"] <= 86_400
            release = {"contact": new_phone(), "reason": REASON}
            assert (await asked.post("/api/staff/contacts/release", json=release)).status_code == 429
        moving_clock.forward(hours=24, minutes=1)
    async with db.as_service(tenant.id) as tx:
        await burdens.do_look_up(tx, boss.me.user_id, new_phone())
    looks = await owner.fetch(
        "select acted_by_user_id, details::text as details from app.system_logs"
        " where tenant_id = $1 and action = 'contact_looked_up'",
        tenant.id,
    )
    assert {row["acted_by_user_id"] for row in looks} == {boss.me.user_id, other.me.user_id}
    assert {row["details"] for row in looks} == {"{}"}


async def test_staff_do_not_free_themselves(db: Database, tenant: tenants.Tenant, boss: Person):
    await forget_meetings(db, tenant)
    ada, before = await make_person(db, tenant), await arrive_with(db, tenant, new_phone())
    await block(db, ada, before)
    again = await come_back(db, before)
    assert before.phone is not None
    async with db.as_service(tenant.id) as tx:
        await tx.run("update app.users set role = 'admin' where tenant_id = $1 and id = $2", again.me.user_id)
        with pytest.raises(Refused) as refused:
            await burdens.do_release(tx, again.me.user_id, before.phone, REASON)
        assert refused.value.code == "conflict_of_interest"
        await burdens.do_release(tx, boss.me.user_id, before.phone, REASON)
    assert await are_matched(db, ada, again)
