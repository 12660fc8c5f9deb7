"""Schedules of messaging."""

from meydan.kit import jobs
from meydan.kit.database import Tx
from meydan.messaging import identity_keys, messages, packages


@jobs.every("* * * * *", due="tenants_with_expired_messages")
async def delete_expired_messages(tx: Tx) -> None:
    await messages.do_delete_expired(tx)
    await identity_keys.do_purge_transfers(tx)


@jobs.every("17 * * * *")
async def purge_old_key_packages(tx: Tx) -> None:
    await packages.do_purge_old(tx)
