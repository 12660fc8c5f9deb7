"""What messaging does by itself."""

from meydan.kit import jobs
from meydan.kit.database import Tx
from meydan.messaging import messages, packages


@jobs.every("* * * * *")
async def delete_expired_messages(tx: Tx) -> None:
    await messages.do_delete_expired(tx)


@jobs.every("17 * * * *")
async def delete_old_key_packages(tx: Tx) -> None:
    await packages.do_delete_old(tx)
