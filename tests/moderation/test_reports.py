"""People report; ten different ones are enough to suspend."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from litestar import Litestar

from meydan import moderation, safety, tenants
from meydan.kit import clock, jobs, personal_data
from meydan.kit.database import Database
from meydan.kit.errors import NotFound
from meydan.kit.identity import Role
from meydan.safety import blocks as safety_blocks
from tests.conftest import MovableClock
from tests.factories import Person, ids_of, make_person, make_shadow
from tests.meeting_scenarios import bring_together
from tests.moderation.factories import (
    bans_of,
    is_suspended,
    open_cases,
    report,
    report_and_review,
    reporters,
    set_limit,
    suspended_until,
)


async def queued(db: Database, tenant: tenants.Tenant) -> list[tuple[str, bytes]]:
    async with db.as_service(tenant.id) as tx:
        rows = await tx.connection.fetch(
            "select entrypoint, payload from jobs.pgqueuer where (headers->>'tenant_id')::integer = $1 order by id",
            tenant.id,
        )
    return [(row["entrypoint"], row["payload"]) for row in rows]


async def test_a_report_is_kept_and_looked_at_later(db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    await bring_together(db, ada, ben)
    made = await report(db, ada, ben, text="he sent me his address")
    assert made.reason is moderation.ReportReason.harassment
    [(name, payload)] = await queued(db, tenant)
    assert name == "moderation.review_reported_user"
    assert str(ben.me.user_id) not in payload.decode()
    assert not await is_suspended(db, ben)


async def test_the_same_reporter_about_the_same_profile_is_one_report(db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    await bring_together(db, ada, ben)
    first = await report(db, ada, ben)
    assert await report(db, ada, ben, text="again") == first
    assert len(await queued(db, tenant)) == 1


async def test_only_who_was_met_can_be_reported(db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    far, shadow = await make_person(db, other_tenant), await make_shadow(db, ada)
    await bring_together(db, ada, ben)
    for who, whom in [(ada, far), (ada, ada), (ada, shadow), (shadow, ben), (await make_person(db, tenant), ben)]:
        with pytest.raises(NotFound):
            await report(db, who, whom)


async def test_ten_racing_reporters_suspend_once_and_ban_nobody(db: Database, tenant: tenants.Tenant):
    ben = await make_person(db, tenant)
    ten = await reporters(db, tenant, ben, 10)
    for person in ten[:9]:
        await report_and_review(db, person, ben)
    assert not await is_suspended(db, ben)

    async def last_one(person: Person) -> None:
        await report_and_review(db, person, ben)

    await asyncio.gather(last_one(ten[9]), *(last_one(person) for person in ten))
    assert await is_suspended(db, ben)
    assert await bans_of(db, ben) == []
    async with db.as_service(tenant.id) as tx:
        assert await tx.all(
            str, "select action || ' ' || (details->>'reporters') from app.system_logs where tenant_id = $1"
        ) == ["matching_suspended 10"]
    async with db.as_user(ben.me) as tx:
        assert len(await tx.all(UUID, "select id from app.sessions where tenant_id = $1 and ended_at is null")) == 1


async def test_ten_reports_at_the_very_same_time_open_one_case_in_the_jobs_they_queued(
    db: Database, tenant: tenants.Tenant
):
    ben = await make_person(db, tenant)
    ten = await reporters(db, tenant, ben, 10)
    await asyncio.gather(*(report(db, person, ben) for person in ten))
    assert not await is_suspended(db, ben)
    work = await queued(db, tenant)
    assert len(work) == 10
    await asyncio.gather(*(jobs.run_job(db, name, payload, tenant.id) for name, payload in work * 2))
    assert await is_suspended(db, ben)
    [case_id] = await open_cases(db, ben)
    async with db.as_service(tenant.id) as tx:
        in_case = "select count(*) from app.reports where tenant_id = $1 and case_id = $2"
        assert await tx.one(int, in_case, case_id) == 10
    async with db.as_user(ben.me) as tx:
        assert await tx.all(str, "select action from app.system_logs where tenant_id = $1") == ["matching_suspended"]


async def test_faces_do_not_make_one_reporter_two_nor_one_reported_two(db: Database, tenant: tenants.Tenant):
    await set_limit(db, tenant, 2)
    ada, ben = await make_person(db, tenant, days_old=30), await make_person(db, tenant)
    ada_shadow, ben_shadow = await make_shadow(db, ada), await make_shadow(db, ben)
    ids = set()
    for reporter in (ada, ada_shadow):
        for reported in (ben, ben_shadow):
            await bring_together(db, reporter, reported, talking=True)
            made = await report_and_review(db, reporter, reported)
            ids.add((reported.me.profile_id, made.id))
    assert len(ids) == 2, "one report for each face of the reported: the same answer for both would tie them"
    assert not await is_suspended(db, ben)
    [cem] = await reporters(db, tenant, ben_shadow, 1)
    await report_and_review(db, cem, ben_shadow)
    assert await is_suspended(db, ben)


async def test_accounts_that_proved_nothing_do_not_count(db: Database, tenant: tenants.Tenant):
    await set_limit(db, tenant, 2)
    ben = await make_person(db, tenant)
    people = await reporters(db, tenant, ben, 1) + await reporters(db, tenant, ben, 3, verified=False)
    for person in people:
        await report_and_review(db, person, ben)
    assert not await is_suspended(db, ben)


async def test_ten_puppets_of_one_person_suspend_nobody(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    """They share a device, a network and a block of numbers, are minutes old, and even talk with whom they report."""
    await set_limit(db, tenant, 1)
    ben = await make_person(db, tenant)
    device, block = uuid4(), f"+90501{uuid4().int % 10**5:05d}"
    puppets = [
        await make_person(db, tenant, phone=f"{block}{number:02d}0", network="88.240.12.x", client_id=device)
        for number in range(10)
    ]
    moving_clock.forward(minutes=5)
    for puppet in puppets:
        await bring_together(db, puppet, ben, talking=True)
        await report_and_review(db, puppet, ben, "believe me")
    assert not await is_suspended(db, ben)
    assert await bans_of(db, ben) == []


@pytest.mark.parametrize("shared", ["device", "network", "block"])
async def test_grown_puppets_who_share_one_thing_are_one(db: Database, tenant: tenants.Tenant, shared: str):
    await set_limit(db, tenant, 2)
    ben = await make_person(db, tenant)
    device, block = uuid4(), f"+90502{uuid4().int % 10**5:05d}"
    for number in range(10):
        puppet = await make_person(
            db,
            tenant,
            days_old=30,
            phone=f"{block}{number:02d}0" if shared == "block" else None,
            network="88.240.13.x" if shared == "network" else None,
            client_id=device if shared == "device" else None,
        )
        await bring_together(db, puppet, ben, talking=True)
        await report_and_review(db, puppet, ben)
    assert not await is_suspended(db, ben)
    [honest] = await reporters(db, tenant, ben, 1)
    await report_and_review(db, honest, ben)
    assert await is_suspended(db, ben)


async def test_those_who_never_talked_weigh_a_quarter(db: Database, tenant: tenants.Tenant):
    await set_limit(db, tenant, 1)
    ben = await make_person(db, tenant)
    for _ in range(3):
        silent = await make_person(db, tenant, days_old=30)
        await bring_together(db, silent, ben)
        await report_and_review(db, silent, ben)
    assert not await is_suspended(db, ben)
    silent = await make_person(db, tenant, days_old=30)
    await bring_together(db, silent, ben)
    await report_and_review(db, silent, ben)
    assert await is_suspended(db, ben)


async def test_leaving_and_blocking_add_nothing(db: Database, tenant: tenants.Tenant):
    """A block is no report, and the report of somebody who has left weighs nothing."""
    await set_limit(db, tenant, 2)
    ben = await make_person(db, tenant)
    one, two, three = await reporters(db, tenant, ben, 3)
    for _ in range(3):
        async with db.as_user(one.me) as tx:
            block = await safety.do_block(tx, ben.me.profile_id)
        async with db.as_user(one.me) as tx:
            await safety_blocks.do_unblock(tx, block.id)
    await report_and_review(db, two, ben)
    assert not await is_suspended(db, ben)
    async with db.as_service(tenant.id) as tx:
        await personal_data.do_erase(tx, two.me.user_id)
    await report_and_review(db, three, ben)
    assert not await is_suspended(db, ben)


@pytest.mark.parametrize("role", [Role.moderator, Role.admin, Role.owner])
async def test_reports_never_suspend_staff(db: Database, tenant: tenants.Tenant, role: Role):
    await set_limit(db, tenant, 2)
    boss = await make_person(db, tenant, role=role)
    for person in await reporters(db, tenant, boss, 3):
        await report_and_review(db, person, boss)
    assert not await is_suspended(db, boss)
    assert len(await open_cases(db, boss)) == 1


async def test_a_suspension_ends_by_itself_and_only_others_begin_a_new_one(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    await set_limit(db, tenant, 2)
    ben = await make_person(db, tenant)
    one, two, three, four = await reporters(db, tenant, ben, 4)
    for person in (one, two):
        await report_and_review(db, person, ben)
    until = await suspended_until(db, ben)
    assert until is not None
    assert until - clock.now() <= timedelta(hours=24)
    moving_clock.forward(hours=25)
    assert not await is_suspended(db, ben)
    await report_and_review(db, three, ben)
    assert not await is_suspended(db, ben), "the first two counted once"
    await report_and_review(db, four, ben)
    assert await is_suspended(db, ben)
    assert len(await open_cases(db, ben)) == 1


async def test_a_lifted_ban_does_not_suspend_with_the_next_report(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    await set_limit(db, tenant, 2)
    ben = await make_person(db, tenant)
    one, two, three = await reporters(db, tenant, ben, 3)
    await report_and_review(db, one, ben)
    async with db.as_service(tenant.id) as tx:
        await safety.do_ban(tx, ben.me.user_id, safety.BanReason.spam)
    moving_clock.forward(minutes=1)
    async with db.as_service(tenant.id) as tx:
        await safety.do_lift(tx, ben.me.user_id, reason="a mistake")
    moving_clock.forward(minutes=1)
    await report_and_review(db, two, ben)
    assert not await is_suspended(db, ben)
    await report_and_review(db, three, ben)
    assert await is_suspended(db, ben)


async def test_zero_leaves_every_decision_to_people(db: Database, tenant: tenants.Tenant):
    await set_limit(db, tenant, 0)
    ben = await make_person(db, tenant)
    for person in await reporters(db, tenant, ben, 3):
        await report_and_review(db, person, ben)
    assert not await is_suspended(db, ben)
    assert len(await open_cases(db, ben)) == 1


async def test_nobody_learns_who_reported_whom(db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant):
    ada, ben, cem = [await make_person(db, tenant) for _ in range(3)]
    far = await make_person(db, other_tenant)
    await bring_together(db, ada, ben)
    await report(db, ada, ben, text="words")
    read = "select text from app.reports where tenant_id = $1 or true"
    async with db.as_user(ada.me) as tx:
        assert await tx.all(str, read) == ["words"]
    for other in (ben, cem, far):
        async with db.as_user(other.me) as tx:
            assert await tx.all(str, read) == []
    async with db.as_service(other_tenant.id) as tx:
        assert await tx.all(str, read) == []
    for statement in (
        "select reported_user_id from app.reports where tenant_id = $1",
        "select case_id from app.reports where tenant_id = $1",
        "select id from app.report_cases where tenant_id = $1",
        "update app.users set matching_suspended_until = null where tenant_id = $1",
        "update app.reports set text = '' where tenant_id = $1",
        "delete from app.reports where tenant_id = $1",
        "insert into app.reports (tenant_id, reporter_user_id, reported_user_id) select $1, app.user_id(), app.user_id()",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_user(ada.me) as tx:
                await tx.run(statement)


async def test_over_http(app: Litestar, db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    match_id = await bring_together(db, ada, ben)
    body = {"profile_id": str(ben.me.profile_id), "reason": "threat", "text": "…", "match_id": str(match_id)}
    async with ada.client(app) as client:
        wrong = await client.post("/api/reports", json=body | {"match_id": str(uuid4())})
        assert (wrong.status_code, wrong.json()["code"]) == (404, "not_found")
        made = await client.post("/api/reports", json=body)
        assert made.status_code == 201
        assert set(made.json()) == {"id", "reason", "created_at"}
        assert (await client.post("/api/reports", json=body)).json() == made.json()
        assert not any(str(theirs) in made.text for theirs in ids_of(ben))
        for wrong_body in (body | {"reason": "dislike"}, body | {"text": "x" * 1001}, {"reason": "spam"}):
            assert (await client.post("/api/reports", json=wrong_body)).status_code == 400


async def test_nobody_reports_all_day(app: Litestar, db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    async with ada.client(app) as client:
        body = {"profile_id": str(ben.me.profile_id), "reason": "spam"}
        answers = [(await client.post("/api/reports", json=body)).status_code for _ in range(31)]
        last = await client.post("/api/reports", json=body)
    assert answers == [404] * 30 + [429]
    assert last.json()["code"] == "slow_down"
    assert last.json()["retry_after"] > 0
