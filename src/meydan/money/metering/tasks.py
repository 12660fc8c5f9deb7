"""Jobs of metering."""

from meydan.kit import jobs
from meydan.kit.database import Tx
from meydan.money.metering import metering


@jobs.repeat(5, due="tenants_with_running_meters")
async def advance_meters(tx: Tx) -> None:
    await metering.do_advance_meters(tx)
