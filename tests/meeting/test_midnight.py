"""Rights are of a day, which begins once at the community's midnight: also where clocks go back or forward over it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from meydan import tenants
from meydan.kit import clock
from meydan.kit.database import Database, DatabaseSettings
from meydan.meeting import quota
from meydan.meeting.enums import MeetingType
from tests.conftest import MovableClock
from tests.factories import Person, make_person
from tests.meeting.factories import bring_together, claim, decide, left

ONE_HOUR_BACK, ONE_HOUR_FORWARD = date(2027, 10, 31), date(2027, 3, 28)


def first_moment(zone: str, day: date) -> datetime:
    """By Python's own tables, looking minute by minute."""
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=15)
    while moment.astimezone(ZoneInfo(zone)).date() < day:
        moment += timedelta(minutes=1)
    return moment


async def resets_at(db: Database, person: Person) -> datetime:
    async with db.as_user(person.me) as tx:
        return (await quota.quota(tx, MeetingType.text)).resets_at


async def test_each_day_of_each_time_zone_begins_once(database_settings: DatabaseSettings):
    """The moment belongs to the day, and the one before it to no later day than the day before."""
    owner = await asyncpg.connect(database_settings.owner_url)
    days = f"generate_series('{ONE_HOUR_FORWARD:%Y-01-01}'::date, '{ONE_HOUR_FORWARD:%Y-12-31}', '1 day')"
    wrong = await owner.fetch(f"""
        select zone, day from (
            select zones.name as zone, day::date as day, app.day_begins(zones.name, day::date) as begins
            from pg_timezone_names zones, {days} day where zones.name not in ('localtime', 'Factory')
        ) as known
        where (begins at time zone zone)::date <> day or ((begins - interval '1 second') at time zone zone)::date >= day
    """)
    assert wrong == []
    second = await owner.fetchval("select timestamp '2027-10-31' at time zone 'Atlantic/Azores'")
    await owner.close()
    assert second - first_moment("Atlantic/Azores", ONE_HOUR_BACK) == timedelta(hours=1), "there is one with two"


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Atlantic/Azores", ONE_HOUR_BACK),
        ("Atlantic/Azores", ONE_HOUR_FORWARD),
        ("Pacific/Kiritimati", ONE_HOUR_BACK),
        ("Europe/Istanbul", ONE_HOUR_FORWARD),
    ],
)
async def test_a_right_given_back_lives_on_the_day_of_its_decision_and_no_longer(
    db: Database,
    tenant: tenants.Tenant,
    moving_clock: MovableClock,
    database_settings: DatabaseSettings,
    zone: str,
    day: date,
):
    owner = await asyncpg.connect(database_settings.owner_url)
    await owner.execute("update app.tenants set timezone = $2 where id = $1", tenant.id, zone)
    await owner.close()
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure_key(tx, "meeting.matches_per_day", 1)
    midnight = first_moment(zone, day)

    def go_to(moment: datetime) -> None:
        moving_clock.forward(seconds=(moment - clock.now()).total_seconds())

    go_to(midnight - timedelta(hours=3))
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    mine = await bring_together(db, ana, bora)
    go_to(midnight - timedelta(minutes=2))
    assert (await left(db, ana), await left(db, bora)) == (0, 0)
    assert await resets_at(db, ana) == midnight, "what is told is when it happens"

    await claim(db, ana, mine.id)
    assert await decide(db, tenant) == 1
    assert await left(db, ana) == 1, "given back before midnight"
    await claim(db, bora, mine.id)  # asked before midnight, decided after
    go_to(midnight - timedelta(seconds=2))
    assert (await left(db, ana), await left(db, bora)) == (1, 0)
    go_to(midnight + timedelta(seconds=1))
    assert (await left(db, ana), await left(db, bora)) == (1, 1), "the day's own; yesterday's is over"
    assert await decide(db, tenant) == 1
    assert (await left(db, ana), await left(db, bora)) == (1, 2)
    for hours in (0.75, 1.5, 22):
        go_to(midnight + timedelta(hours=hours))
        assert (await left(db, ana), await left(db, bora)) == (1, 2), "the same day, whatever the clocks show"
        assert await resets_at(db, ana) == first_moment(zone, day + timedelta(days=1))
    go_to(first_moment(zone, day + timedelta(days=1)) + timedelta(seconds=1))
    assert (await left(db, ana), await left(db, bora)) == (1, 1)
