"""What the inbox forgets."""

from meydan.kit.database import Tx
from meydan.kit.jobs import every
from meydan.notifications import inbox


@every("17 4 * * *")
async def forget_old(tx: Tx) -> None:
    await inbox.do_forget_old(tx)
