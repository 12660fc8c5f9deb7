"""Personal data in notifications: export and erasure."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan import accounts
from meydan.kit import personal_data
from meydan.kit.database import Tx
from meydan.kit.events import listen
from meydan.notifications.inbox import Notification
from meydan.notifications.push_preferences import PushDetail, PushKind

COLUMNS = {
    "notifications.user_id",
    "notifications.profile_id",
    "notifications.data",
    "push_subscriptions.user_id",
    "push_subscriptions.session_id",
    "push_subscriptions.endpoint",
    "push_subscriptions.public_key",
    "push_subscriptions.auth_secret",
    "push_preferences.user_id",
    "push_preferences.muted",
    "push_preferences.detail",
    "push_preferences.quiet_from",
    "push_preferences.quiet_until",
    "push_preferences.timezone",
}


class SubscriptionExport(Struct, frozen=True):
    """Without the address's secret part: whoever reads an export could send to the browser."""

    push_service: str
    created_at: datetime


class PreferencesExport(Struct, frozen=True):
    muted: list[PushKind]
    detail: PushDetail
    quiet_from: int | None
    quiet_until: int | None
    timezone: str | None


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
    subscriptions = await tx.all(
        SubscriptionExport,
        """
        select substring(endpoint from '^https?://([^/?]*)') as push_service, created_at from app.push_subscriptions
        where tenant_id = $1 and user_id = $2 order by id
        """,
        user_id,
    )
    preferences = await tx.all(
        PreferencesExport,
        """
        select muted, detail, quiet_from, quiet_until, timezone from app.push_preferences
        where tenant_id = $1 and user_id = $2
        """,
        user_id,
    )
    return {
        "notifications": msgspec.to_builtins(notifications),
        "push_subscriptions": msgspec.to_builtins(subscriptions),
        "push_preferences": msgspec.to_builtins(preferences),
    }


async def do_erase(tx: Tx, user_id: UUID) -> None:
    """Runs as: service."""
    await tx.run("delete from app.notifications where tenant_id = $1 and user_id = $2", user_id)
    await tx.run("delete from app.push_subscriptions where tenant_id = $1 and user_id = $2", user_id)
    await tx.run("delete from app.push_preferences where tenant_id = $1 and user_id = $2", user_id)


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
