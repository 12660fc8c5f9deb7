"""Steps of stories about reports: people who report, people who are reported, and what becomes of them."""

from datetime import datetime
from uuid import UUID

from meydan import moderation, tenants
from meydan.kit.database import Database
from meydan.moderation import ReportReason
from tests.factories import Person, make_person
from tests.meeting_scenarios import bring_together


async def report(db: Database, reporter: Person, reported: Person, text: str = "") -> moderation.Report:
    async with db.as_user(reporter.me) as tx:
        return await moderation.do_report(tx, reported.me.profile_id, ReportReason.harassment, text=text)


async def review(db: Database, report_id: UUID, tenant: tenants.Tenant) -> None:
    """As the job does that each report queues."""
    async with db.as_service(tenant.id) as tx:
        await moderation.do_review_reported_user(tx, report_id)


async def report_and_review(db: Database, reporter: Person, reported: Person, text: str = "") -> moderation.Report:
    made = await report(db, reporter, reported, text)
    await review(db, made.id, reporter.tenant)
    return made


async def reporters(
    db: Database, tenant: tenants.Tenant, reported: Person, number: int, *, verified: bool = True
) -> list[Person]:
    """Honest people: here for a month, each alone at their device, and they talked."""
    people = [await make_person(db, tenant, verified=verified, days_old=30) for _ in range(number)]
    for person in people:
        await bring_together(db, person, reported, talking=True)
    return people


async def set_limit(db: Database, tenant: tenants.Tenant, reporters: int) -> None:
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, moderation.ModerationSettings, suspend_after_reporters=reporters)


async def suspended_until(db: Database, person: Person) -> datetime | None:
    async with db.as_user(person.me) as tx:
        return await tx.maybe(
            datetime,
            """
            select matching_suspended_until from app.users
            where tenant_id = $1 and id = $2 and matching_suspended_until > app.now()
            """,
            person.me.user_id,
        )


async def is_suspended(db: Database, person: Person) -> bool:
    return await suspended_until(db, person) is not None


async def bans_of(db: Database, person: Person) -> list[str]:
    async with db.as_user(person.me) as tx:
        return await tx.all(str, "select reason from app.bans where tenant_id = $1 and lifted_at is null")


async def open_cases(db: Database, person: Person) -> list[UUID]:
    async with db.as_service(person.tenant.id) as tx:
        return await tx.all(
            UUID,
            "select id from app.report_cases where tenant_id = $1 and user_id = $2 and status = 'open'",
            person.me.user_id,
        )


async def suspend(db: Database, tenant: tenants.Tenant, person: Person) -> UUID:
    """Two honest people are enough for it here. Answers the case's id."""
    await set_limit(db, tenant, 2)
    for reporter in await reporters(db, tenant, person, 2):
        await report_and_review(db, reporter, person, "he shouted at me")
    assert await is_suspended(db, person)
    [case_id] = await open_cases(db, person)
    return case_id
