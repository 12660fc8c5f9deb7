"""A job is queued with the change that needs it, done once, and waits when it fails."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
import pytest
from msgspec import Struct

from meydan import tenants
from meydan.kit import jobs
from meydan.kit.database import Database, DatabaseSettings, Tx
from meydan.kit.identity import Face, Identity, Role
from meydan.kit.jobs.worker import Worker
from tests.waiting import happens, patience
from tests.waiting import until as wait_until


@pytest.fixture(scope="module")
def database_settings(own_database: DatabaseSettings) -> DatabaseSettings:
    return own_database  # a worker takes what every story left to be done


@pytest.fixture(scope="module")
async def db(database_settings: DatabaseSettings) -> AsyncIterator[Database]:
    database = await Database.open(database_settings)
    yield database
    await database.close()


class Note(Struct, frozen=True):
    text: str


async def _write(tx: Tx, payload: Note) -> None:
    await tenants.do_record(tx, payload.text)


async def _fail(tx: Tx, payload: Note) -> None:
    await tenants.do_record(tx, payload.text)
    raise ValueError(payload.text)


_stumbled: list[str] = []


async def _stumble(tx: Tx, payload: Note) -> None:
    """Twice the database ends the connection in the midst of it."""
    await tenants.do_record(tx, payload.text)
    if len(_stumbled) < 2:
        _stumbled.append(payload.text)
        await tx.run("select pg_terminate_backend(pg_backend_pid()) where $1::integer > 0")


jobs.job("test_write")(_write)
jobs.job("test_stumble")(_stumble)
jobs.job("test_fail")(_fail)


@asynccontextmanager
async def working(db: Database, settings: DatabaseSettings) -> AsyncIterator[None]:
    pool = await asyncpg.create_pool(settings.service_url, min_size=1, max_size=2)
    worker = Worker(db, pool)
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        await task
        await pool.close()


async def lines(db: Database, tenant: tenants.Tenant) -> list[str]:
    async with db.as_service(tenant.id) as tx:
        return await tx.all(str, "select action from app.system_logs where tenant_id = $1 order by id")


async def until(db: Database, tenant: tenants.Tenant, count: int) -> list[str]:
    async def come() -> bool:
        return len(await lines(db, tenant)) >= count

    await wait_until(come)
    return await lines(db, tenant)


async def test_a_job_happens_only_if_the_change_does(
    db: Database, database_settings: DatabaseSettings, tenant: tenants.Tenant
):
    async with db.as_service(tenant.id) as tx:
        await jobs.queue(tx, "test_write", Note("first"))
    with pytest.raises(RuntimeError):
        async with db.as_service(tenant.id) as tx:
            await jobs.queue(tx, "test_write", Note("never"))
            raise RuntimeError
    async with db.as_service(tenant.id) as tx:
        await jobs.queue(tx, "test_write", Note("second"))
    async with working(db, database_settings):
        assert sorted(await until(db, tenant, 2)) == ["first", "second"]


async def test_a_person_queues_a_job_but_cannot_read_the_queue(db: Database, tenant: tenants.Tenant):
    me = Identity(tenant.id, uuid4(), uuid4(), uuid4(), uuid4(), Role.user, Face.real)
    async with db.as_user(me) as tx:
        await jobs.queue(tx, "test_write", Note("mine"))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with tx.savepoint():
                await tx.connection.fetch("select id from jobs.pgqueuer")


async def test_with_a_key_one_waits(db: Database, database_settings: DatabaseSettings, tenant: tenants.Tenant):
    for _ in range(5):
        async with db.as_service(tenant.id) as tx:
            await jobs.queue(tx, "test_write", Note("once"), dedupe_key="the-same")
    async with working(db, database_settings):
        await until(db, tenant, 1)
        async with db.as_service(tenant.id) as tx:
            await jobs.queue(tx, "test_write", Note("after it"))
        assert await until(db, tenant, 2) == ["once", "after it"]


async def test_a_failed_job_changes_nothing_and_is_held(
    db: Database, database_settings: DatabaseSettings, tenant: tenants.Tenant
):
    async with db.as_service(tenant.id) as tx:
        await jobs.queue(tx, "test_fail", Note("fails"))
    async with working(db, database_settings):
        owner = await asyncpg.connect(database_settings.owner_url)
        async with patience():
            while not await owner.fetchval(
                "select count(*) from jobs.pgqueuer where status = 'failed' and (headers ->> 'tenant_id')::integer = $1",
                tenant.id,
            ):
                await asyncio.sleep(0.05)
        await owner.close()
    assert await lines(db, tenant) == []


async def test_a_job_whose_database_goes_away_is_done_again(
    db: Database, database_settings: DatabaseSettings, tenant: tenants.Tenant
):
    async with db.as_service(tenant.id) as tx:
        await jobs.queue(tx, "test_stumble", Note("at last"))
    async with working(db, database_settings):
        assert await until(db, tenant, 1) == ["at last"]


async def test_an_unknown_job_is_a_mistake_found_at_once(db: Database, tenant: tenants.Tenant):
    with pytest.raises(LookupError):
        async with db.as_service(tenant.id) as tx:
            await jobs.queue(tx, "no_such_job", Note(""))


async def test_who_gave_way_in_a_deadlock_is_done_again(
    db: Database, database_settings: DatabaseSettings, tenant: tenants.Tenant
):
    """Two jobs that take the same two locks in opposite orders: PostgreSQL ends one of them, and both are done."""
    met = asyncio.Barrier(2)
    first_time = {"left", "right"}

    async def cross(tx: Tx, payload: Note) -> None:
        locks = (71, 72) if payload.text == "left" else (72, 71)
        await tx.connection.execute("select pg_advisory_xact_lock(7, $1)", locks[0])
        if payload.text in first_time:
            first_time.discard(payload.text)
            await happens(met, "the other job")
        await tx.connection.execute("select pg_advisory_xact_lock(7, $1)", locks[1])
        await tenants.do_record(tx, payload.text)

    jobs.job("test_cross")(cross)
    async with db.as_service(tenant.id) as tx:
        for side in ("left", "right"):
            await jobs.queue(tx, "test_cross", Note(side))
    async with working(db, database_settings):
        assert sorted(await until(db, tenant, 2)) == ["left", "right"]


def test_the_api_loads_no_queue():
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, meydan.app; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "meydan.kit.jobs" in loaded.stdout.split()
    assert "pgqueuer" not in loaded.stdout.split()
