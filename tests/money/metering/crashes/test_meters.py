"""Worker and media server are killed at any moment: no minute is paid twice or lost, no hold stays."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import msgspec
import pytest

from meydan import tenants
from meydan.kit import clock
from meydan.kit.database import CONNECTION_LOST, Database, DatabaseSettings
from meydan.money import metering
from meydan.money.metering.settings import MeteringSettings
from tests.conftest import MovableClock
from tests.factories import Person, make_person
from tests.money.coin_scenarios import check_the_books, give_coins, tenant_revenue, wallet_of
from tests.money.metering import scenarios
from tests.money.metering.crashes.run_meters import Needs
from tests.money.metering.scenarios import Call, tick
from tests.waiting import PATIENCE, patience, until

PROGRAM = Path(__file__).with_name("run_meters.py")
KILLS = 4
COINS = (100_000, 100_000, 50, 80)  # two who will have none left
SECONDS_A_STEP = 6


class Processes:
    """Each looks after every call; one dies and is started again."""

    def __init__(self, needs: Needs) -> None:
        self._command = sys.executable, str(PROGRAM), msgspec.json.encode(needs).decode()
        self._alive: list[asyncio.subprocess.Process] = []

    async def start(self) -> None:
        process = await asyncio.create_subprocess_exec(*self._command, stdout=asyncio.subprocess.PIPE)
        self._alive.append(process)
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), PATIENCE) == b"ready\n"

    async def kill(self) -> None:
        process = self._alive.pop(0)
        assert process.returncode is None, "it died of something else"
        process.kill()
        async with patience("the end of a killed worker"):
            await process.wait()

    async def kill_all(self) -> None:
        while self._alive:
            await self.kill()


@pytest.fixture
async def superuser(postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(f"{postgres_url.rsplit('/', 1)[0]}/postgres")
    yield connection
    await connection.close()


async def test_processes_killed_with_9_pay_every_minute_once(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock, database_settings: DatabaseSettings
):
    payee = await make_person(db, tenant)
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, MeteringSettings, timeout_seconds=600, heartbeat_gap_seconds=60)
    payers: list[Person] = []
    going: list[Call] = []
    for coins in COINS:
        payers.append(await make_person(db, tenant))
        await give_coins(db, payers[-1], coins)
        going.append(await scenarios.start(db, moving_clock, payers[-1], payee))
    moving_clock.forward(seconds=0)
    needs = Needs(database_settings, str(moving_clock.file), tenant.id, [call.meter.id for call in going])
    processes, dice = Processes(needs), random.Random(7)
    await processes.start()
    await processes.start()

    async def progress() -> int:
        async with db.as_service(tenant.id) as tx:
            return await tx.one(
                int, "select (sum(used) + count(ended_at))::integer from app.meters where tenant_id = $1"
            )

    async def time_passes() -> None:
        """As fast as somebody looks after the calls: silence would end them."""
        while True:
            seen = await progress()

            async def somebody_looked(seen: int = seen) -> bool:
                return await progress() > seen

            moving_clock.forward(seconds=SECONDS_A_STEP)
            await until(somebody_looked)

    async def those_without_coins_are_over() -> bool:
        return all([(await call.row()).ended_at for call in going[2:]])

    passing = asyncio.create_task(time_passes())
    try:
        for _ in range(KILLS):
            await asyncio.sleep(dice.uniform(0.1, 0.5))
            await processes.kill()
            await processes.start()
        await until(those_without_coins_are_over)
    finally:
        passing.cancel()
        await asyncio.gather(passing, return_exceptions=True)
        await processes.kill_all()

    await tick(db, tenant.id)
    bills = [await call.stop() for call in going]
    paid = 0
    for payer, call, bill, coins in zip(payers, going, bills, COINS, strict=True):
        row = await call.row()
        expected = (row.used + 30_000) // 60_000 if bill.reason == "hung_up" else coins // 10
        assert (bill.minutes, row.paid_units, row.held_units) == (expected, expected, 0)
        assert (await wallet_of(db, payer)).balance == coins - bill.paid == coins - 10 * expected
        paid += bill.paid
    assert [bill.reason for bill in bills] == ["hung_up"] * 2 + ["no_coins"] * 2
    assert min(bill.minutes for bill in bills[:2]) >= 3
    assert (await wallet_of(db, payee)).earnings == paid * 60 // 100
    assert await tenant_revenue(db, tenant) == paid * 40 // 100
    await check_the_books(db, tenant)


@pytest.mark.parametrize("work", ["a tick", "a sign of media", "hanging up"])
async def test_a_connection_lost_before_the_commit_has_done_nothing(
    db: Database,
    tenant: tenants.Tenant,
    moving_clock: MovableClock,
    database_settings: DatabaseSettings,
    superuser: asyncpg.Connection,
    work: str,
):
    payer, payee = await make_person(db, tenant), await make_person(db, tenant)
    await give_coins(db, payer, 100)
    async with db.as_service(tenant.id) as tx:  # a busy machine's seconds come on top of those that the clock is moved
        await tenants.do_configure(tx, MeteringSettings, heartbeat_gap_seconds=60)
    call = await scenarios.start(db, moving_clock, payer, payee)
    await call.talk(55)
    moving_clock.forward(seconds=14)
    if work == "a tick":  # signs were written down by something that died before it settled them
        async with db.as_service(tenant.id) as tx:
            await tx.run("update app.meters set used = 69000 where tenant_id = $1 and id = $2", call.meter.id)
    own = await Database.open(database_settings)
    with pytest.raises(CONNECTION_LOST):
        async with own.as_service(tenant.id) as tx:
            if work == "a tick":
                await metering.do_advance_meters(tx)
            elif work == "hanging up":
                await metering.do_stop_meter(tx, call.meter.id, metering.MeterEnd.hung_up)
            else:
                await metering.do_record_heartbeat(tx, call.meter.id, clock.now())
            statuses = await tx.all(str, "select status from app.meter_units where tenant_id = $1")
            assert "paid" in statuses, "it was all done, but for the commit"
            await superuser.execute("select pg_terminate_backend($1, 1000)", tx.connection.get_server_pid())
    await own.close()
    row = await call.row()
    assert (row.paid_units, row.held_units, row.ended_at) == (0, 1, None)
    assert (await wallet_of(db, payer)).balance == 100

    await call.beat()
    await tick(db, tenant.id)
    bill = await call.stop()
    assert (bill.minutes, (await wallet_of(db, payer)).balance, (await wallet_of(db, payee)).earnings) == (1, 90, 6)
    await check_the_books(db, tenant)


async def test_what_nobody_looked_after_for_a_day_is_the_payers_again(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    payer, payee = await make_person(db, tenant), await make_person(db, tenant)
    await give_coins(db, payer, 100)
    call = await scenarios.start(db, moving_clock, payer, payee)
    await call.talk(50)
    moving_clock.forward(hours=24)
    assert (await wallet_of(db, payer)).available == 100
    await tick(db, tenant.id)
    row = await call.row()
    assert (row.end_reason, row.paid_units, row.held_units, row.released_units) == ("lost", 0, 0, 1)
    assert (await wallet_of(db, payer)).balance == 100
    async with db.as_service(tenant.id) as tx:
        assert await tx.all(str, "select status from app.coin_holds where tenant_id = $1") == ["released"]
    await check_the_books(db, tenant)
