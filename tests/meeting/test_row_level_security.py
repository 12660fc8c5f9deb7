"""Row-level security of meeting: users read and change rows with the database's own logins."""

from dataclasses import dataclass

import asyncpg
import pytest

from meydan import tenants
from meydan.kit.database import Database
from meydan.kit.identity import Identity
from meydan.meeting import matches
from tests.conftest import MovableClock
from tests.factories import Person, make_person, make_shadow
from tests.meeting.factories import bring_together, claim, join, match, matched, waits

TABLES = ["tickets", "matches", "match_slots", "daily_quota", "claims"]


@dataclass
class Square:
    ana: Person
    bora: Person
    shadow: Person
    """Ana's other face."""
    waiting: Person
    made: matches.Match


async def visible(db: Database, me: Identity, table: str) -> int:
    async with db.as_user(me) as tx:
        return await tx.one(int, f"select count(tenant_id) from app.{table} where tenant_id > $1 - 1000000")


@pytest.fixture
async def square(db: Database, tenant: tenants.Tenant, moving_clock: MovableClock) -> Square:
    ana, bora, waiting = [await make_person(db, tenant) for _ in range(3)]
    shadow = await make_shadow(db, ana)
    made = await bring_together(db, ana, bora)
    moving_clock.forward(hours=2)
    await claim(db, ana, made.id)
    await join(db, waiting)
    return Square(ana, bora, shadow, waiting, made)


async def test_each_sees_what_is_theirs(db: Database, square: Square):
    assert [await visible(db, square.ana.me, table) for table in TABLES] == [0, 1, 1, 1, 1]
    assert [await visible(db, square.bora.me, table) for table in TABLES] == [0, 1, 1, 1, 0]
    assert [await visible(db, square.waiting.me, table) for table in TABLES] == [1, 0, 0, 0, 0]
    # That they are busy and what they have used belongs to the person, whom with and what they asked to the face.
    assert [await visible(db, square.shadow.me, table) for table in TABLES] == [0, 0, 1, 1, 0]


async def test_outsiders_and_other_communities_see_nothing(
    db: Database, square: Square, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    for person in (await make_person(db, tenant), await make_person(db, other_tenant)):
        assert [await visible(db, person.me, table) for table in TABLES] == [0] * 5


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("matches", "user1_id"),
        ("matches", "user2_id"),
        ("matches", "ended_by_user_id"),
        ("encounters", "met_at"),
        ("ticket_lanes", "spot"),
    ],
)
async def test_the_other_ones_user_is_nowhere_to_be_read(db: Database, square: Square, table, column):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.as_user(square.ana.me) as tx:
            await tx.run(f"select {column} from app.{table} where tenant_id = $1")


@pytest.mark.parametrize(
    "statement",
    [
        "update app.matches set expires_at = app.now() + interval '9 days' where tenant_id = $1",
        "delete from app.matches where tenant_id = $1",
        "delete from app.match_slots where tenant_id = $1",
        "update app.match_slots set match_id = uuidv7() where tenant_id = $1",
        "update app.daily_quota set used = 0 where tenant_id = $1",
        "delete from app.daily_quota where tenant_id = $1",
        "insert into app.daily_quota (tenant_id, user_id, kind, day, granted) values ($1, app.user_id(), 'text', '2030-01-01', 5)",
        "insert into app.bonus_quota (tenant_id, user_id, kind, granted) values ($1, app.user_id(), 'text', 5)",
        "update app.claims set status = 'approved' where tenant_id = $1",
        "insert into app.claims (tenant_id, user_id, profile_id, match_id, status) values ($1, app.user_id(), app.profile_id(), uuidv7(), 'approved')",
        "delete from app.claims where tenant_id = $1",
        "insert into app.encounters (tenant_id, first_profile_id, second_profile_id) values ($1, uuidv7(), uuidv7())",
        "delete from app.encounters where tenant_id = $1",
        "delete from app.ticket_lanes where tenant_id = $1",
        "update app.tickets set user_id = uuidv7() where tenant_id = $1",
        "update app.tickets set created_at = app.now() - interval '1 day' where tenant_id = $1",
        "select app.consume_quota($1, app.user_id(), 'text', '2030-01-01', 10)",
        "select app.decide_claims($1, 500)",
        "select app.end_matches($1, 500)",
        "select app.match_tickets($1, 'text', 9, 9, '0', '0', '0', '1 day', true)",
    ],
)
async def test_people_change_nothing_past_the_functions(db: Database, square: Square, statement):
    for person in (square.ana, square.waiting):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_user(person.me) as tx:
                await tx.run(statement)


async def test_a_ticket_is_written_for_oneself_alone(db: Database, square: Square):
    write = (
        "insert into app.tickets (tenant_id, user_id, kind, id, profile_id, languages, day_limit) "
        "values ($1, $2, 'text', uuidv7(), $3, '{tr}', 10)"
    )
    ana, bora = square.ana.me, square.bora.me
    for user_id, profile_id in (
        (bora.user_id, bora.profile_id),
        (ana.user_id, square.shadow.me.profile_id),
        (bora.user_id, ana.profile_id),
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_user(ana) as tx:
                await tx.run(write, user_id, profile_id)
    async with db.as_user(ana) as tx:
        await tx.run("delete from app.tickets where tenant_id = $1")
    assert await waits(db, square.waiting)


async def test_a_claim_is_asked_for_ones_own_match_alone(db: Database, square: Square, tenant: tenants.Tenant):
    outsider = await make_person(db, tenant)
    for me in (outsider.me, square.shadow.me):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_user(me) as tx:
                await tx.run(
                    "insert into app.claims (tenant_id, user_id, profile_id, match_id) values ($1, $2, $3, $4)",
                    me.user_id,
                    me.profile_id,
                    square.made.id,
                )


async def test_functions_ask_for_the_tenant_too(db: Database, square: Square, other_tenant: tenants.Tenant):
    foreigner = await make_person(db, other_tenant)
    for language in ("aa", "ab", "ac", "ad"):
        await join(db, await make_person(db, square.ana.tenant, languages=[language]))
    async with db.as_user(square.ana.me) as tx:
        assert await tx.one(int, "select app.approximate_waiting($1, 'text')") == 5
    async with db.as_user(foreigner.me) as tx:
        ended = "select exists (select from app.end_match($1, $2, 'cancelled'))"
        assert await tx.connection.fetchval(ended, square.ana.tenant.id, square.made.id) is False
        assert await tx.connection.fetchval("select app.approximate_waiting($1, 'text')", square.ana.tenant.id) == 0
    with pytest.raises(asyncpg.RaiseError):
        async with db.as_service(other_tenant.id) as tx:
            await tx.connection.fetch(
                "select app.match_tickets($1, 'text', 9, 9, '0', '0', '0', '1 day', true)", square.ana.tenant.id
            )
    assert await matched(db, square.ana)
    assert await match(db, square.ana.tenant) == 0
