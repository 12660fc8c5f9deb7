"""Personal data in notifications: export and erasure."""

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
    """Runs as: service."""
    notifications = await tx.all(
        Notification,
        """
        select id, kind as type, code, data, created_at, profile_id, read_at from app.notifications
        where tenant_id = $1 and user_id = $2 order by id
        """,
        user_id,
    )
    return {"notifications": msgspec.to_builtins(notifications)}


async def do_erase(tx: Tx, user_id: UUID) -> None:
    """Runs as: service."""
    await tx.run("delete from app.notifications where tenant_id = $1 and user_id = $2", user_id)


@listen(accounts.SessionsEnded)
async def erase_again(tx: Tx, event: accounts.SessionsEnded) -> None:
    """Deletes notifications once more at the end of an erasure: ending the user's matches has just written new ones."""
    if event.reason == accounts.EndReason.erased:
        await do_erase(tx, event.user_id)


@listen(accounts.ShadowEnded)
async def erase_what_came_late(tx: Tx, event: accounts.ShadowEnded) -> None:
    """Deletes notifications that an erased user's shadow got since: its match went on without them."""
    if event.is_erased:
        await do_erase(tx, event.user_id)


personal_data.register("notifications", COLUMNS, export, do_erase)
