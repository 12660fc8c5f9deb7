"""Loops of the worker ask once, across tenants, which have something due: an idle tenant costs nothing."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from meydan import rooms, tenants
from meydan.kit import clock, jobs
from meydan.kit.database import CONNECTION_LOST, Database, DatabaseSettings
from meydan.kit.jobs import registry
from meydan.meeting import matcher, tasks
from meydan.meeting.enums import MeetingType
from meydan.money import wallet
from tests.conftest import MovableClock, new_tenant
from tests.factories import make_person
from tests.meeting.factories import bring_together, claim, join, match, matched, waits
from tests.money.bank import Bank


@pytest.fixture(scope="module")
def database_settings(own_database: DatabaseSettings) -> DatabaseSettings:
    return own_database  # loops ask every tenant


@pytest.fixture(scope="module")
async def db(database_settings: DatabaseSettings) -> AsyncIterator[Database]:
    database = await Database.open(database_settings)
    yield database
    await database.close()


async def due(db: Database) -> dict[int, set[str]]:
    """For each tenant, the functions that name it."""
    found: dict[int, set[str]] = {}
    for name in {name for name in registry.DUE.values() if name is not None}:
        for tenant_id in await db.tenant_ids(name):
            found.setdefault(tenant_id, set()).add(name.removeprefix("tenants_with_"))
    return found


def test_no_loop_of_a_minute_or_less_walks_every_tenant():
    assert rooms.routes()  # registers every schedule
    often = [run for _, run in registry.REPEATS] + [run for _, at, run in registry.SCHEDULES if at == "* * * * *"]
    assert not [run.__qualname__ for run in often if registry.DUE[run] is None and run.__module__.startswith("meydan")]


async def test_only_tenants_with_something_due_are_named(
    db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant, moving_clock: MovableClock
):
    assert await due(db) == {}
    ana, bora, cem = [await make_person(db, tenant) for _ in range(3)]
    await join(db, cem)
    assert await due(db) == {tenant.id: {"tickets"}}
    met = await bring_together(db, ana, bora)
    if not await waits(db, cem):  # they took whoever was there
        ana, bora = [person for person in (ana, bora, cem) if await matched(db, person)]
    bank = Bank(db, other_tenant)
    rich = await bank.person(coins=10)
    async with db.as_user(rich.me) as tx:
        await wallet.do_hold(
            tx, rich.me.user_id, 5, key=f"{uuid4()}", purpose="call", expires_at=clock.now() + timedelta(hours=1)
        )
    assert other_tenant.id not in await due(db)

    moving_clock.forward(hours=2)
    assert (await due(db))[other_tenant.id] == {"expired_holds"}
    mine = await matched(db, ana) or met
    await claim(db, ana, mine.id)
    assert "pending_claims" in (await due(db))[tenant.id]

    moving_clock.forward(hours=23)
    assert {"ended_matches", "expired_messages"} <= (await due(db))[tenant.id]
    for run in registry.DUE:
        if run.__module__.startswith("meydan.meeting") or run.__module__.startswith("meydan.messaging"):
            await jobs.run_scheduled(db, run)
    await jobs.run_scheduled(
        db, next(run for run, name in registry.DUE.items() if name == "tenants_with_expired_holds")
    )
    left = await due(db)
    assert other_tenant.id not in left
    assert left.get(tenant.id, set()) <= {"tickets"}


async def test_a_closed_tenant_is_not_named(db: Database, database_settings: DatabaseSettings):
    tenant = await new_tenant(db)
    await join(db, await make_person(db, tenant))
    assert tenant.id in await db.tenant_ids("tenants_with_tickets")
    owner = await asyncpg.connect(database_settings.owner_url)
    await owner.execute("update app.tenants set status = 'suspended' where id = $1", tenant.id)
    await owner.close()
    assert tenant.id not in await db.tenant_ids("tenants_with_tickets")


async def test_people_may_not_ask(db: Database, tenant: tenants.Tenant):
    person = await make_person(db, tenant)
    for name in {name for name in registry.DUE.values() if name is not None}:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_user(person.me) as tx:
                await tx.connection.execute(f"select app.{name}()")


async def test_nobody_is_stranded_when_a_matcher_dies_at_its_work(
    db: Database, database_settings: DatabaseSettings, tenant: tenants.Tenant
):
    """No process remembers who joined: the tickets themselves say that their tenant has something due."""
    ana, bora = await make_person(db, tenant), await make_person(db, tenant)
    await join(db, ana)
    await join(db, bora)
    with pytest.raises((*CONNECTION_LOST, asyncpg.PostgresError)):
        async with db.as_service(tenant.id) as tx:
            assert await matcher.do_match(tx, MeetingType.text) == 1
            await tx.run("select pg_terminate_backend(pg_backend_pid()) where $1::integer > 0")
    assert await waits(db, ana)
    await jobs.run_scheduled(db, tasks.sweep_matching)
    assert await matched(db, ana) is not None
    assert await match(db, tenant) == 0
