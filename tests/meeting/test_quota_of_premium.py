"""Premium and coins let somebody meet more people; whoever has neither meets as many as before."""

from uuid import UUID, uuid4

from meydan import tenants
from meydan.kit import events
from meydan.kit.database import Database
from meydan.meeting import MeetingSettings
from meydan.meeting.events import MeetingsBought
from tests.conftest import MovableClock
from tests.factories import Person, make_person
from tests.meeting.factories import bring_together, join, left


async def give_premium(db: Database, person: Person, *, status: str = "active", days: int = 30) -> None:
    async with db.as_service(person.tenant.id) as tx:
        await tx.run(
            "insert into app.subscriptions (tenant_id, user_id, plan_id, status, coin_price, renews, period_ends_at, grace_ends_at) "
            "select $1, $2, id, $3, 450, $3 <> 'cancelled', app.now() + make_interval(days => $4), "
            "app.now() + make_interval(days => $4 + 3) from app.premium_plans where tenant_id = $1 and period = 'month'",
            person.me.user_id,
            status,
            days,
        )


async def day_limit(db: Database, person: Person) -> int:
    await join(db, person)
    async with db.as_service(person.tenant.id) as tx:
        return await tx.one(
            int, "select day_limit from app.tickets where tenant_id = $1 and user_id = $2", person.me.user_id
        )


async def test_premium_meets_more(db: Database, tenant: tenants.Tenant):
    ana, bora, cem = [await make_person(db, tenant) for _ in range(3)]
    await give_premium(db, ana)
    await give_premium(db, cem, status="grace", days=-1)
    assert (await left(db, ana), await left(db, bora), await left(db, cem)) == (50, 10, 50)
    await bring_together(db, ana, bora)
    assert (await left(db, ana), await left(db, bora)) == (49, 9)
    assert await day_limit(db, cem) == 50, "the ticket carries it to where matches are made"


async def test_premium_ends_with_its_time(db: Database, tenant: tenants.Tenant, moving_clock: MovableClock):
    ana = await make_person(db, tenant)
    await give_premium(db, ana, status="cancelled", days=2)
    assert await left(db, ana) == 50
    moving_clock.forward(hours=49)
    assert await left(db, ana) == 10


async def test_a_generous_community_is_not_made_smaller(db: Database, tenant: tenants.Tenant):
    ana = await make_person(db, tenant)
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, MeetingSettings, matches_per_day=80)
    await give_premium(db, ana)
    assert await left(db, ana) == 80


async def test_bought_meetings_do_not_go_at_midnight(db: Database, tenant: tenants.Tenant, moving_clock: MovableClock):
    ana = await make_person(db, tenant)
    async with db.as_service(tenant.id) as tx:
        await events.publish(tx, MeetingsBought(ana.me.user_id, 5, uuid4()))
    assert await left(db, ana) == 15
    moving_clock.forward(hours=24)
    assert await left(db, ana) == 15
    async with db.as_service(tenant.id) as tx:
        reason = await tx.one(
            dict,
            "select details from app.system_logs where tenant_id = $1 and user_id = $2 and action = 'rights_granted'",
            UUID(str(ana.me.user_id)),
        )
    assert (reason["amount"], reason["reason"]) == (5, "bought")
