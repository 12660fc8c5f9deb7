"""Schedules of safety."""

from meydan.kit.database import Tx
from meydan.kit.jobs import every
from meydan.safety import blocks


@every("41 3 * * *")
async def purge_lifted_blocks(tx: Tx) -> None:
    await blocks.do_purge_lifted(tx)
