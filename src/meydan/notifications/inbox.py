"""The inbox: notifications are stored for 90 days and pushed to the user's open connections."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import Struct

from meydan.kit import realtime
from meydan.kit.database import Tx
from meydan.notifications.push_preferences import PushKind
from meydan.notifications.push_sending import Push, PushReceiver, do_push

KEPT_FOR = timedelta(days=90)


class NotificationType(StrEnum):
    system = "system"
    match = "match"
    claim = "claim"
    ad = "ad"


class Code(StrEnum):
    """The event a notification is about. Clients word it in the user's language, using ``data``."""

    welcome = "welcome"
    new_device = "new_device"
    sign_in_changed = "sign_in_changed"
    """``part``: the password, the phone number or the e-mail address."""
    community_approved = "community_approved"
    """To the founder: staff of the installation have opened the community."""
    banned = "banned"
    matching_suspended = "matching_suspended"
    matching_resumed = "matching_resumed"
    reports_wait = "reports_wait"
    """To staff: reports suspended somebody, and a decision is due."""
    referral_reward = "referral_reward"
    codes_paused = "codes_paused"
    """To staff: today's budget for text messages holds no more for strangers."""
    match_made = "match_made"
    match_ended = "match_ended"
    claim_approved = "claim_approved"
    claim_rejected = "claim_rejected"
    gift_received = "gift_received"
    payment_settled = "payment_settled"
    payment_held = "payment_held"
    payment_taken_back = "payment_taken_back"
    """Refunded or disputed; ``owed`` had been spent already."""
    premium_started = "premium_started"
    premium_renewed = "premium_renewed"
    premium_grace = "premium_grace"
    premium_cancelled = "premium_cancelled"
    premium_ended = "premium_ended"
    premium_paid_twice = "premium_paid_twice"
    """``payment_id`` goes back, if one does; ``where``: the store in which only they can cancel one of the two."""
    wallet_frozen = "wallet_frozen"
    wallet_thawed = "wallet_thawed"


TYPE_OF = {
    Code.match_made: NotificationType.match,
    Code.match_ended: NotificationType.match,
    Code.claim_approved: NotificationType.claim,
    Code.claim_rejected: NotificationType.claim,
}


PUSHED_AS = {
    Code.match_made: PushKind.meeting,
    Code.match_ended: PushKind.meeting,
    Code.claim_approved: PushKind.meeting,
    Code.claim_rejected: PushKind.meeting,
    Code.gift_received: PushKind.gift,
    Code.new_device: PushKind.account,
    Code.sign_in_changed: PushKind.account,
    Code.matching_suspended: PushKind.account,
    Code.matching_resumed: PushKind.account,
    Code.reports_wait: PushKind.community,
    Code.community_approved: PushKind.community,
    Code.codes_paused: PushKind.community,
    Code.referral_reward: PushKind.meeting,
    Code.welcome: None,
    Code.banned: None,  # no session is left that could be reached
} | dict.fromkeys((code for code in Code if code.startswith(("payment_", "premium_", "wallet_"))), PushKind.money)
"""Kinds of push; None for what is in the inbox only."""


class Notification(Struct, frozen=True):
    """``profile_id`` is the user's face that it concerns; absent when it concerns the user."""

    id: UUID
    type: NotificationType
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


class Receiver(NamedTuple):
    user_id: UUID
    profile_id: UUID | None = None
    """The user's face that it concerns."""


class _Added(Struct, frozen=True):
    user_id: UUID
    profile_id: UUID | None
    id: UUID
    created_at: datetime
    unread: int


async def do_notify(
    tx: Tx, receivers: Sequence[Receiver], code: Code, /, *, seen: bool = False, **data: object
) -> None:
    """Writes the same notification to each receiver's inbox, sends its frame, and pushes it to their browsers.

    ``data`` never holds another account's id, nor data of one face in a notification of the other.
    ``seen`` stores it as read and sends no frame, because the user's screen shows the event itself.
    """
    notification_type = TYPE_OF.get(code, NotificationType.system)
    added = await tx.all(
        _Added,
        "select user_id, profile_id, id, created_at, unread from app.add_notifications($1, $2, $3, $4, $5, $6, $7)",
        [receiver.user_id for receiver in receivers],
        [receiver.profile_id for receiver in receivers],
        notification_type,
        code,
        data,
        seen,
    )
    for one in added if not seen else ():
        notification = Notification(one.id, notification_type, code, data, one.created_at, one.profile_id)
        await realtime.send_frame(tx, one.user_id, NotificationFrame(notification, one.unread))
    if (kind := PUSHED_AS[code]) is not None:
        await _do_push(tx, added, code, kind, data, seen=seen)


async def _do_push(
    tx: Tx, added: Sequence[_Added], code: Code, kind: PushKind, data: dict[str, Any], *, seen: bool
) -> None:
    """Pushes about a conversation while it is open, about everything else while it is unread."""
    conversation_id = data.get("conversation_id") if seen else None
    push = Push(
        kind=kind,
        subject=str(conversation_id or code.value),
        conversation_id=conversation_id,
        peer_profile_id=data.get("from_profile_id"),
    )
    receivers = [PushReceiver(one.user_id, one.profile_id, None if seen else one.id) for one in added]
    await do_push(tx, receivers, push)


async def notifications(tx: Tx, before: UUID | None, limit: int) -> NotificationPage:
    """The caller's notifications of both faces, newest first."""
    items = await tx.all(
        Notification,
        """
        select id, kind as type, code, data, created_at, profile_id, read_at from app.notifications
        where tenant_id = $1 and user_id = $2 and ($3::uuid is null or id < $3) order by id desc limit $4
        """,
        tx.me.user_id,
        before,
        limit,
    )
    return NotificationPage(items, await _unread(tx), items[-1].id if len(items) == limit else None)


async def do_mark_read(tx: Tx, up_to: UUID) -> Unread:
    """Marks every notification up to this one as read."""
    await tx.run(
        """
        update app.notifications set read_at = app.now()
        where tenant_id = $1 and user_id = $2 and id <= $3 and read_at is null
        """,
        tx.me.user_id,
        up_to,
    )
    return Unread(await _unread(tx))


async def do_purge_old(tx: Tx) -> None:
    """Deletes notifications after 90 days.

    Runs as: service.
    """
    await tx.run(
        "delete from app.notifications where tenant_id = $1 and created_at < app.now() - $2::interval", KEPT_FOR
    )


async def _unread(tx: Tx) -> int:
    return await tx.one(
        int,
        "select count(*)::integer from app.notifications where tenant_id = $1 and user_id = $2 and read_at is null",
        tx.me.user_id,
    )
