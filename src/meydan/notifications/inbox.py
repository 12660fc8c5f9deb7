"""What a person is told inside the product: kept until read and for a while after, and pushed to where they are now."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from meydan.kit import realtime
from meydan.kit.database import Tx

KEPT_FOR = timedelta(days=90)


class Kind(StrEnum):
    system = "system"
    match = "match"
    claim = "claim"
    ad = "ad"


class Code(StrEnum):
    """What happened; clients word it in the person's language, with the help of ``data``."""

    welcome = "welcome"
    new_device = "new_device"
    banned = "banned"
    referral_reward = "referral_reward"
    codes_paused = "codes_paused"
    """To staff: today's budget for text messages is spent."""
    match_made = "match_made"
    match_ended = "match_ended"
    claim_approved = "claim_approved"
    claim_rejected = "claim_rejected"


KIND_OF = {
    Code.match_made: Kind.match,
    Code.match_ended: Kind.match,
    Code.claim_approved: Kind.claim,
    Code.claim_rejected: Kind.claim,
}


class Notification(Struct, frozen=True):
    """``profile_id`` is the own face it concerns; absent when it concerns the person."""

    id: UUID
    kind: Kind
    code: str
    data: dict[str, Any]
    created_at: datetime
    profile_id: UUID | None = None
    read_at: datetime | None = None


class NotificationPage(Struct, frozen=True):
    items: list[Notification]
    unread: int
    next: UUID | None = None


class Unread(Struct, frozen=True):
    unread: int


class NotificationFrame(realtime.Frame, frozen=True, tag="notification"):
    notification: Notification
    unread: int


class _Added(Struct, frozen=True):
    id: UUID
    created_at: datetime
    unread: int


async def do_notify(tx: Tx, user_id: UUID, code: Code, *, profile_id: UUID | None = None, **data: object) -> None:
    """Never with an id of another's account, and never with anything of one face under another."""
    kind = KIND_OF.get(code, Kind.system)
    added = await tx.one(
        _Added,
        "select id, created_at, unread from app.add_notification($1, $2, $3, $4, $5, $6)",
        user_id,
        profile_id,
        kind,
        code,
        data,
    )
    notification = Notification(added.id, kind, code, data, added.created_at, profile_id)
    await realtime.tell(tx, user_id, NotificationFrame(notification, added.unread))


async def notifications(tx: Tx, before: UUID | None, limit: int) -> NotificationPage:
    """Newest first, of both faces."""
    items = await tx.all(
        Notification,
        "select id, kind, code, data, created_at, profile_id, read_at from app.notifications "
        "where tenant_id = $1 and user_id = $2 and ($3::uuid is null or id < $3) order by id desc limit $4",
        tx.me.user_id,
        before,
        limit,
    )
    return NotificationPage(items, await _unread(tx), items[-1].id if len(items) == limit else None)


async def do_read(tx: Tx, up_to: UUID) -> Unread:
    """Everything up to this one has been seen; what came after it has not."""
    await tx.run(
        "update app.notifications set read_at = app.now() "
        "where tenant_id = $1 and user_id = $2 and id <= $3 and read_at is null",
        tx.me.user_id,
        up_to,
    )
    return Unread(await _unread(tx))


async def do_forget_old(tx: Tx) -> None:
    """A service transaction."""
    await tx.run(
        "delete from app.notifications where tenant_id = $1 and created_at < app.now() - $2::interval", KEPT_FOR
    )


async def _unread(tx: Tx) -> int:
    return await tx.one(
        int,
        "select count(*)::integer from app.notifications where tenant_id = $1 and user_id = $2 and read_at is null",
        tx.me.user_id,
    )
