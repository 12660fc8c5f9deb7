"""Schedules of notifications."""

from meydan.kit.database import Tx
from meydan.kit.jobs import every
from meydan.notifications import inbox


@every("17 4 * * *")
async def purge_old(tx: Tx) -> None:
    await inbox.do_purge_old(tx)
