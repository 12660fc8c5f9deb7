"""A worker and a media server of paid calls, in a process of its own, to be killed.

``run_meters.py <what it needs as JSON>``: sees media on every call and ticks, many times a second, until it is killed.
"""

import asyncio
import sys
from pathlib import Path
from uuid import UUID

import msgspec
import uvloop
from msgspec import Struct

from meydan.kit import clock
from meydan.kit.database import Database, DatabaseSettings
from meydan.kit.runtime import runtime
from meydan.money import metering


class Needs(Struct):
    database: DatabaseSettings
    clock_file: str
    tenant_id: int
    meter_ids: list[UUID]


async def main() -> None:
    needs = msgspec.json.decode(sys.argv[1], type=Needs)
    with runtime.using(clock.Clock(Path(needs.clock_file))):
        await see_all(needs)


async def see_all(needs: Needs) -> None:
    db = await Database.open(needs.database)
    sys.stdout.write("ready\n")
    sys.stdout.flush()

    async def see(meter_id: UUID) -> None:
        while True:
            async with db.as_service(needs.tenant_id) as tx:
                if not await metering.do_record_heartbeat(tx, meter_id, clock.now()):
                    return
            await asyncio.sleep(0.02)

    async def tick() -> None:
        while True:
            async with db.as_service(needs.tenant_id) as tx:
                await metering.do_advance_meters(tx)
            await asyncio.sleep(0.02)

    await asyncio.gather(tick(), *(see(meter_id) for meter_id in needs.meter_ids))


if __name__ == "__main__":
    uvloop.run(main())
