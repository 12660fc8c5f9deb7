"""What messaging does by itself."""

from meydan.kit import jobs
from meydan.kit.database import Tx
from meydan.messaging import messages


@jobs.every("* * * * *")
async def delete_expired_messages(tx: Tx) -> None:
    await messages.do_delete_expired(tx)
