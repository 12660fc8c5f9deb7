"""Paid calls for stories: media that flows, falls silent and is seen twice."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from msgspec import Struct

from meydan.kit import clock
from meydan.kit.database import Database
from meydan.money import metering
from tests.conftest import MovableClock
from tests.factories import Person


class Row(Struct, frozen=True):
    used: int
    unit: int
    ended_at: datetime | None
    end_reason: str | None
    coins_per_minute: int
    paid_units: int
    held_units: int
    released_units: int


class Call:
    def __init__(self, db: Database, moving: MovableClock, payer: Person, payee: Person, meter: metering.Meter) -> None:
        self.db, self.moving, self.payer, self.payee, self.meter = db, moving, payer, payee, meter
        self._began: datetime | None = None

    async def beat(self, at: datetime | None = None) -> bool:
        async with self.db.as_service(self.payer.tenant.id) as tx:
            return await metering.do_record_heartbeat(tx, self.meter.id, at or clock.now())

    async def talk(self, seconds: int, *, every: int = 10) -> bool:
        """Sends heartbeats; returns False once the meter has ended. The first one bills nothing.

        Between two talks only the moved time passes: a slow machine's own seconds are not the call's.
        """
        moved = timedelta(seconds=self.moving.seconds)
        if self._began is None:
            self._began = clock.now() - moved
        since = self._began + moved
        goes_on = await self.beat(since)
        for second in range(every, seconds + 1, every):
            self.moving.forward(seconds=every)
            goes_on = await self.beat(since + timedelta(seconds=second))
        if rest := seconds % every:
            self.moving.forward(seconds=rest)
            goes_on = await self.beat(since + timedelta(seconds=seconds))
        return goes_on

    async def stop(self, reason: metering.MeterEnd = metering.MeterEnd.hung_up) -> metering.MeterBill:
        async with self.db.as_service(self.payer.tenant.id) as tx:
            return await metering.do_stop_meter(tx, self.meter.id, reason)

    async def row(self) -> Row:
        return await row_of(self.db, self.payer.tenant.id, self.meter.id)


async def row_of(db: Database, tenant_id: int, meter_id: UUID) -> Row:
    async with db.as_service(tenant_id) as tx:
        return await tx.one(
            Row,
            """
            select used, unit, ended_at, end_reason, coins_per_minute,
                (count(*) filter (where one.status = 'paid'))::integer as paid_units,
                (count(*) filter (where one.status = 'held'))::integer as held_units,
                (count(*) filter (where one.status = 'released'))::integer as released_units
            from app.meters meter
            left join app.meter_units one on one.tenant_id = meter.tenant_id and one.meter_id = meter.id
            where meter.tenant_id = $1 and meter.id = $2 group by meter.tenant_id, meter.id
            """,
            meter_id,
        )


async def start(
    db: Database,
    moving: MovableClock,
    payer: Person,
    payee: Person,
    price: int = 10,
    *,
    key: str | None = None,
    subject_id: UUID | None = None,
) -> Call:
    async with db.as_service(payer.tenant.id) as tx:
        meter = await metering.do_start_meter(
            tx,
            payer=payer.me.user_id,
            payee=payee.me.user_id,
            coins_per_minute=price,
            subject_id=subject_id or uuid4(),
            key=key or f"call:{uuid4()}",
        )
    return Call(db, moving, payer, payee, meter)


async def tick(db: Database, tenant_id: int) -> None:
    if tenant_id in await db.tenant_ids("tenants_with_running_meters"):  # as the worker asks
        async with db.as_service(tenant_id) as tx:
            await metering.do_advance_meters(tx)
