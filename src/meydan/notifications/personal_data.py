"""What this room keeps of a person: nothing stays when they leave."""

from typing import Any
from uuid import UUID

import msgspec

from meydan import accounts
from meydan.kit import personal_data
from meydan.kit.database import Tx
from meydan.kit.events import listen
from meydan.notifications.inbox import Notification

COLUMNS = {"notifications.user_id", "notifications.profile_id", "notifications.data"}


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    notifications = await tx.all(
        Notification,
        """
        select id, kind, code, data, created_at, profile_id, read_at from app.notifications
        where tenant_id = $1 and user_id = $2 order by id
        """,
        user_id,
    )
    return {"notifications": msgspec.to_builtins(notifications)}


async def do_erase(tx: Tx, user_id: UUID) -> None:
    await tx.run("delete from app.notifications where tenant_id = $1 and user_id = $2", user_id)


@listen(accounts.SessionsEnded)
async def erase_last_news(tx: Tx, event: accounts.SessionsEnded) -> None:
    """Erasing goes from room to room: that a match has ended by it was news for the one who left, too. Sessions end last."""
    if event.reason == accounts.EndReason.erased:
        await do_erase(tx, event.user_id)


personal_data.register("notifications", COLUMNS, export, do_erase)
