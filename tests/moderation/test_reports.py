"""People report; ten different ones are enough."""

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest
from litestar import Litestar

from meydan import moderation, safety, tenants
from meydan.kit import jobs
from meydan.kit.database import Database
from meydan.kit.errors import NotFound
from meydan.moderation import ReportReason
from tests.conftest import MovableClock
from tests.factories import Person, ids_of, make_person, make_shadow
from tests.meeting_scenarios import bring_together


async def report(db: Database, reporter: Person, reported: Person, text: str = "") -> moderation.Report:
    async with db.as_user(reporter.me) as tx:
        return await moderation.do_report(tx, reported.me.profile_id, ReportReason.harassment, text=text)


async def judge(db: Database, report_id: UUID, tenant: tenants.Tenant) -> None:
    async with db.as_service(tenant.id) as tx:
        await moderation.do_review_reported_user(tx, report_id)


async def bans_of(db: Database, person: Person) -> list[str]:
    async with db.as_user(person.me) as tx:
        return await tx.all(str, "select reason from app.bans where tenant_id = $1 and lifted_at is null")


async def reporters(
    db: Database, tenant: tenants.Tenant, reported: Person, number: int, *, verified: bool = True
) -> list[Person]:
    people = [await make_person(db, tenant, verified=verified) for _ in range(number)]
    for person in people:
        await bring_together(db, person, reported)
    return people


async def set_limit(db: Database, tenant: tenants.Tenant, reporters: int) -> None:
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, moderation.ModerationSettings, ban_after_reporters=reporters)


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
    assert made.reason is ReportReason.harassment
    [(name, payload)] = await queued(db, tenant)
    assert name == "moderation.review_reported_user"
    assert str(ben.me.user_id) not in payload.decode()
    assert await bans_of(db, ben) == []


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


async def test_ten_racing_reporters_ban_once(db: Database, tenant: tenants.Tenant):
    ben = await make_person(db, tenant)
    ten = await reporters(db, tenant, ben, 10)
    for person in ten[:9]:
        await judge(db, (await report(db, person, ben)).id, tenant)
    assert await bans_of(db, ben) == []

    async def last_one(person: Person) -> None:
        await judge(db, (await report(db, person, ben)).id, tenant)

    await asyncio.gather(last_one(ten[9]), *(last_one(person) for person in ten))
    assert await bans_of(db, ben) == ["reports"]
    async with db.as_service(tenant.id) as tx:
        assert await tx.all(
            int, "select (details->>'reporters')::integer from app.system_logs where tenant_id = $1"
        ) == [10]
    async with db.as_user(ben.me) as tx:
        assert await tx.all(UUID, "select id from app.sessions where tenant_id = $1 and ended_at is null") == []


async def test_ten_reports_at_the_very_same_time_ban_once_in_the_jobs_they_queued(db: Database, tenant: tenants.Tenant):
    ben = await make_person(db, tenant)
    ten = await reporters(db, tenant, ben, 10)
    await asyncio.gather(*(report(db, person, ben) for person in ten))
    assert await bans_of(db, ben) == []
    work = await queued(db, tenant)
    assert len(work) == 10
    await asyncio.gather(*(jobs.run_job(db, name, payload, tenant.id) for name, payload in work))
    assert await bans_of(db, ben) == ["reports"]
    async with db.as_user(ben.me) as tx:
        assert await tx.all(str, "select action from app.system_logs where tenant_id = $1") == ["ban"]


async def test_faces_do_not_make_one_reporter_two_nor_one_reported_two(db: Database, tenant: tenants.Tenant):
    await set_limit(db, tenant, 2)
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    ada_shadow, ben_shadow = await make_shadow(db, ada), await make_shadow(db, ben)
    ids = set()
    for reporter in (ada, ada_shadow):
        for reported in (ben, ben_shadow):
            await bring_together(db, reporter, reported)
            made = await report(db, reporter, reported)
            ids.add((reported.me.profile_id, made.id))
            await judge(db, made.id, tenant)
    assert len(ids) == 2, "one report for each face of the reported: the same answer for both would tie them"
    assert await bans_of(db, ben) == []
    [cem] = await reporters(db, tenant, ben_shadow, 1)
    await judge(db, (await report(db, cem, ben_shadow)).id, tenant)
    assert await bans_of(db, ben) == ["reports"]


async def test_accounts_that_proved_nothing_do_not_count(db: Database, tenant: tenants.Tenant):
    await set_limit(db, tenant, 2)
    ben = await make_person(db, tenant)
    people = await reporters(db, tenant, ben, 1) + await reporters(db, tenant, ben, 3, verified=False)
    for person in people:
        await judge(db, (await report(db, person, ben)).id, tenant)
    assert await bans_of(db, ben) == []


async def test_a_lifted_ban_does_not_come_back_with_the_next_report(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    await set_limit(db, tenant, 2)
    ben = await make_person(db, tenant)
    one, two, three, four = await reporters(db, tenant, ben, 4)
    for person in (one, two):
        await judge(db, (await report(db, person, ben)).id, tenant)
    assert await bans_of(db, ben) == ["reports"]
    moving_clock.forward(minutes=1)
    async with db.as_service(tenant.id) as tx:
        await safety.do_lift(tx, ben.me.user_id)
    moving_clock.forward(minutes=1)
    await judge(db, (await report(db, three, ben)).id, tenant)
    assert await bans_of(db, ben) == []
    await judge(db, (await report(db, four, ben)).id, tenant)
    assert await bans_of(db, ben) == ["reports"]


async def test_zero_leaves_every_decision_to_people(db: Database, tenant: tenants.Tenant):
    await set_limit(db, tenant, 0)
    ben = await make_person(db, tenant)
    for person in await reporters(db, tenant, ben, 3):
        await judge(db, (await report(db, person, ben)).id, tenant)
    assert await bans_of(db, ben) == []


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
