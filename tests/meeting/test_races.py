"""Matchers side by side, matchers killed in the middle, everybody clicking at once: nobody twice, nobody forgotten."""

import asyncio
import random

import asyncpg
from litestar import Litestar

from meydan import meeting, tenants
from meydan.kit.database import Database, DatabaseSettings
from meydan.meeting import matcher
from meydan.meeting.enums import MeetingType
from meydan.meeting.tasks import sweep_matching
from tests.conftest import MovableClock
from tests.factories import Person, make_person
from tests.meeting.factories import ask, bring_together, claim, decide, join, leave, left, match, matched
from tests.waiting import PATIENCE, until_somebody_waits


async def crowd(db: Database, tenant: tenants.Tenant, number: int) -> list[Person]:
    return [await make_person(db, tenant) for _ in range(number)]


async def check_everybody_has_one_place(db: Database, tenant: tenants.Tenant, people: list[Person]) -> int:
    """Each of them waits or is in exactly one match; rights, slots and conversations agree. Answers how many matches."""
    async with db.as_service(tenant.id) as tx:
        waiting = await tx.all(str, "select user_id::text from app.tickets where tenant_id = $1")
        members = await tx.all(
            str,
            "select unnest(array[user1_id, user2_id])::text from app.matches where tenant_id = $1 and status = 'active'",
        )
        slots = await tx.all(str, "select user_id::text from app.match_slots where tenant_id = $1")
        used = await tx.one(int, "select coalesce(sum(used), 0)::integer from app.daily_quota where tenant_id = $1")
        made = await tx.one(int, "select count(*) from app.matches where tenant_id = $1")
        talks = await tx.one(int, "select count(*) from app.conversations where tenant_id = $1")
        lanes = await tx.one(int, "select count(distinct user_id) from app.ticket_lanes where tenant_id = $1")
    assert sorted(waiting + members) == sorted(str(person.me.user_id) for person in people)
    assert sorted(slots) == sorted(members)
    assert (used, talks, lanes) == (2 * made, made, len(waiting))
    return made


async def test_racing_matchers_match_nobody_twice_and_forget_nobody(db: Database, tenant: tenants.Tenant):
    people = await crowd(db, tenant, 61)

    async def arrive(some: list[Person]) -> None:
        for person in some:
            await join(db, person)

    async def keep_matching() -> None:
        while not done.is_set():
            await match(db, tenant)

    done = asyncio.Event()
    matchers = [asyncio.create_task(keep_matching()) for _ in range(3)]
    await asyncio.gather(*(arrive(people[start::4]) for start in range(4)))
    done.set()
    await asyncio.gather(*matchers)
    await match(db, tenant)
    assert await check_everybody_has_one_place(db, tenant, people) == 30


async def test_a_matcher_killed_in_the_middle_leaves_nothing_half_done(
    db: Database, tenant: tenants.Tenant, database_settings: DatabaseSettings, postgres_url: str
):
    people = await crowd(db, tenant, 40)
    for person in people:
        await join(db, person)
    superuser = await asyncpg.connect(f"{postgres_url.rsplit('/', 1)[0]}/postgres")
    for attempt in range(4):
        victim = await asyncpg.connect(database_settings.service_url)
        pid = victim.get_server_pid()
        await victim.execute(f"begin; set local app.tenant_id = '{tenant.id}'")
        made = await victim.fetch(
            "select match_id from app.match_tickets($1, 'text', 7, 0, '10 s', '7 days', '2 hours', '1 day', true)",
            tenant.id,
        )
        assert made
        if attempt < 3:
            await superuser.execute("select pg_terminate_backend($1, 1000)", pid)
            assert await check_everybody_has_one_place(db, tenant, people) == 0
        else:
            waiting = asyncio.create_task(match(db, tenant))  # stands in line behind it
            async with db.as_service(tenant.id) as tx:
                await until_somebody_waits(tx)
            await superuser.execute("select pg_terminate_backend($1, 1000)", pid)
            assert await waiting == 20
    await superuser.close()
    assert await check_everybody_has_one_place(db, tenant, people) == 20


async def test_the_worker_takes_up_what_a_killed_api_left(db: Database, tenant: tenants.Tenant):
    people = await crowd(db, tenant, 4)
    for person in people:
        await join(db, person)  # committed, and nobody was woken
    async with db.as_service(tenant.id) as tx:
        await sweep_matching(tx)
    assert await check_everybody_has_one_place(db, tenant, people) == 2


async def test_a_worker_leaves_the_work_to_the_matcher_that_is_at_it(db: Database, tenant: tenants.Tenant):
    people = await crowd(db, tenant, 2)
    for person in people:
        await join(db, person)
    async with db.as_service(tenant.id) as busy:
        assert await matcher.do_match(busy, MeetingType.text) == 1
        async with db.as_service(tenant.id) as tx:
            assert await asyncio.wait_for(matcher.do_match(tx, MeetingType.text, wait_for_lock=False), PATIENCE) == 0
    assert await check_everybody_has_one_place(db, tenant, people) == 1


async def test_whoever_is_just_leaving_is_passed_over(db: Database, tenant: tenants.Tenant):
    ana, bora = await crowd(db, tenant, 2)
    await join(db, ana)
    async with db.as_user(ana.me) as leaving:
        await leaving.run("delete from app.tickets where tenant_id = $1")
        await join(db, bora)
        assert await asyncio.wait_for(match(db, tenant), PATIENCE) == 0
    assert await match(db, tenant) == 0


async def test_everybody_clicks_at_once(app: Litestar, db: Database, tenant: tenants.Tenant, live_matcher):
    """Join, next, leave, relax the criteria from two tabs each, with the matcher of the API and the worker's beside it."""
    people = await crowd(db, tenant, 12)
    dice = random.Random(5)

    async def click(person: Person) -> None:
        match_id = None
        for _ in range(12):
            what = dice.choice(["join", "join", "next", "leave", "leave", "relax-criteria"])
            body: dict[str, object] = {"type": "text"} if what == "join" else {}
            if match_id and what in {"next", "leave"}:
                body["match_id"] = match_id
            elif what == "next":
                continue
            answer = await ask(app, person, "POST", f"/api/match/{what}", None if what == "relax-criteria" else body)
            assert answer.status_code in {200, 409, 429}, answer.text
            state = answer.json()
            match_id = state["match"]["id"] if state.get("match") else None

    async def work() -> None:
        while not done.is_set():
            async with db.as_service(tenant.id) as tx:
                await sweep_matching(tx)
            await asyncio.sleep(0.05)

    done = asyncio.Event()
    worker = asyncio.create_task(work())
    await asyncio.gather(*(click(person) for person in people for _ in range(2)))
    done.set()
    await worker
    async with db.as_service(tenant.id) as tx:
        wrong = await tx.one(
            int,
            "select count(*) from app.matches met where tenant_id = $1 and (status = 'active') <> "
            "((select count(*) from app.match_slots slot where slot.tenant_id = $1 and slot.match_id = met.id) = 2)",
        )
        made = await tx.one(int, "select count(*) from app.matches where tenant_id = $1")
        used = await tx.one(int, "select coalesce(sum(used), 0)::integer from app.daily_quota where tenant_id = $1")
        open_talks = await tx.one(
            int, "select count(*) from app.conversations where tenant_id = $1 and closed_at is null"
        )
        active = await tx.one(int, "select count(*) from app.matches where tenant_id = $1 and status = 'active'")
    assert (wrong, used, open_talks) == (0, 2 * made, active)
    assert made > 0


async def test_rights_given_back_and_used_up_at_once_do_not_wait_for_each_other(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    people = await crowd(db, tenant, 24)
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, meeting.MeetingSettings, rematch_cooldown_days=0)
    for person in people:
        await join(db, person)
    assert await match(db, tenant) == 12
    moving_clock.forward(hours=2)
    for person in people:
        mine = await matched(db, person)
        assert mine is not None
        await claim(db, person, mine.id)
    for person in people:
        if (mine := await matched(db, person)) is not None:
            await leave(db, person, mine.id)
    for person in reversed(people):
        await join(db, person)
    decided, *made = await asyncio.gather(decide(db, tenant), match(db, tenant), match(db, tenant))
    assert (decided, sum(made)) == (24, 12)
    assert [await left(db, person) for person in people] == [9] * 24


async def test_two_who_leave_and_are_blocked_at_once_end_it_once(db: Database, tenant: tenants.Tenant):
    ana, bora = await crowd(db, tenant, 2)
    mine = await bring_together(db, ana, bora)
    await asyncio.gather(*(leave(db, person, mine.id) for person in (ana, bora) for _ in range(4)))
    async with db.as_service(tenant.id) as tx:
        assert await tx.one(int, "select count(*) from app.match_slots where tenant_id = $1") == 0
        told = await tx.one(
            int,
            'select count(*) from app.outbox where tenant_id = $1 and payload like \'{"t":"match_ended"%\'',
        )
    assert told == 2
