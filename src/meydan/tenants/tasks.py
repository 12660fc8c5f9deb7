"""Schedules of tenants."""

from meydan.kit.database import Tx
from meydan.kit.jobs import every
from meydan.tenants import restore_journal


@every("* * * * *", due="tenants_with_journal_to_ship")
async def ship_restore_journal(tx: Tx) -> None:
    await restore_journal.do_ship(tx)


@every("31 3 * * *")
async def purge_restore_journal(tx: Tx) -> None:
    await restore_journal.do_purge(tx)
