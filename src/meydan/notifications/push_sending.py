"""Push messages: queued in the transaction that makes them necessary, decided and sent by the worker.

A person who has a page in sight sees what comes, and gets none. A minute later they get it after all, if it is unread and
no page is in sight any more. During quiet hours a push waits for their end.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan import integrations
from meydan.integrations.web_push import (
    BrowserKeys,
    PushDelayed,
    PushMessage,
    PushRefused,
    PushSender,
    PushTargetGone,
    Urgency,
)
from meydan.integrations.web_push.encryption import encoded
from meydan.kit import clock, realtime
from meydan.kit.crypto import keys, seal
from meydan.kit.database import Database, Tx
from meydan.kit.jobs import queue
from meydan.kit.jobs.retries import RetryableJob, do_retry
from meydan.notifications import push_subscriptions
from meydan.notifications.push_preferences import PushDetail, PushKind, PushPreferences, preferences_of
from meydan.notifications.push_words import words
from meydan.tenants import Language

log = logging.getLogger(__name__)

JOB = "notifications.send_push"
LOOK_AGAIN = timedelta(minutes=1)
USEFUL_FOR = timedelta(days=1)
"""Time after which nobody is pushed for it any more. A conversation's own end may come sooner."""
WAITS = [timedelta(seconds=10), *(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))]

URGENCIES = {PushKind.message: Urgency.high, PushKind.meeting: Urgency.high, PushKind.account: Urgency.high}
"""Others are normal: they may wait until a phone is awake."""
PLACES = {PushKind.gift: "/wallet/gifts", PushKind.money: "/wallet"}
"""Pages that a click opens. A conversation has its own, others are read among the notifications."""


class PushReceiver(NamedTuple):
    user_id: UUID
    profile_id: UUID | None = None
    """The user's face that it concerns."""
    notification_id: UUID | None = None
    """Once it is read, nothing is sent."""


class Push(Struct, frozen=True):
    kind: PushKind
    subject: str
    """Pushes about the same subject collapse into one, in the queue, at the push service and on the screen."""
    conversation_id: UUID | None = None
    peer_profile_id: UUID | None = None
    """The other person's face, whose alias may be shown."""


class SendPush(RetryableJob, frozen=True, kw_only=True):
    """A push to one browser."""

    subscription_id: UUID
    user_id: UUID
    profile_id: UUID | None
    notification_id: UUID | None
    push: Push
    happened_at: datetime
    was_looking: bool = False

    @property
    def dedupe_key(self) -> str:
        return f"{self.subscription_id}:{self.push.subject}"


class Shown(Struct, frozen=True, omit_defaults=True):
    """The message that the service worker shows. The push service cannot read it."""

    title: str
    body: str
    lang: str
    tag: str
    to: str
    profile: UUID | None = None
    """The own face under which the page is opened. It is not shown."""


async def do_push(tx: Tx, receivers: Sequence[PushReceiver], push: Push) -> None:
    """Queues a push to each browser of these users. Users without one cost a look at an index.

    Runs as: service or user."""
    if not keys.current().push_key or not receivers:
        return
    job = {"push": msgspec.to_builtins(push), "happened_at": msgspec.to_builtins(clock.now())}
    await tx.run(
        "select app.queue_pushes($1, $2, $3, $4, $5, $6, $7)",
        [one.user_id for one in receivers],
        [one.profile_id for one in receivers],
        [one.notification_id for one in receivers],
        JOB,
        job,
        push.subject,
    )


async def do_send(db: Database, tenant_id: int, job: SendPush) -> None:
    """Decides on a push and sends it, outside any transaction."""
    sender = integrations.current().push
    if sender is None:
        return
    # A message is seen only under its own face; of everything else the page tells under both.
    face = job.profile_id if job.push.kind is PushKind.message else None
    is_looking = await realtime.is_looking(tenant_id, job.user_id, face)
    async with db.as_service(tenant_id) as tx:
        message = await _do_decide(tx, job, is_looking=is_looking)
    if message is not None:
        await _do_deliver(db, tenant_id, job, sender, message)


async def _do_deliver(db: Database, tenant_id: int, job: SendPush, sender: PushSender, message: PushMessage) -> None:
    try:
        await sender.send(message)
    except PushTargetGone:
        async with db.as_service(tenant_id) as tx:
            await push_subscriptions.do_end(tx, job.subscription_id, message.endpoint)
    except PushDelayed as error:
        waits = [max(wait, error.retry_after) for wait in WAITS]
        async with db.as_service(tenant_id) as tx:
            if not await do_retry(tx, JOB, job, waits, dedupe_key=job.dedupe_key):
                log.warning("a push was given up: %s", error)
    except PushRefused as error:
        log.warning("a push was refused: %s", error)


class _Target(Struct, frozen=True):
    """A subscription of a live session, with its user's preferences."""

    endpoint: str
    public_key: bytes
    auth_secret: bytes
    language: Language
    community: str
    muted: list[PushKind] | None
    detail: PushDetail | None
    quiet_from: int | None
    quiet_until: int | None
    timezone: str | None
    alias: str | None

    @property
    def preferences(self) -> PushPreferences:
        return preferences_of(self.muted, self.detail, self.quiet_from, self.quiet_until, self.timezone)


async def _do_decide(tx: Tx, job: SendPush, *, is_looking: bool) -> PushMessage | None:
    """The message to send now. None for a push that is needless, unwanted, or put off."""
    now, ends_at = clock.now(), await _useful_until(tx, job)
    target = await _target(tx, job)
    if ends_at is None or ends_at <= now or target is None:
        return None
    wanted = target.preferences
    if job.push.kind in wanted.muted:
        return None
    if is_looking:
        if not job.was_looking:
            later = msgspec.structs.replace(job, was_looking=True)
            await queue(tx, JOB, later, delay=LOOK_AGAIN, dedupe_key=f"{job.dedupe_key}:looked")
        return None
    quiet_until = None if wanted.quiet_hours is None else wanted.quiet_hours.end_after(now)
    if quiet_until is not None:
        if quiet_until < ends_at:
            await queue(tx, JOB, job, delay=quiet_until - now, dedupe_key=f"{job.dedupe_key}:quiet")
        return None
    topic = encoded(seal.mac("push topics", job.subscription_id, job.push.subject)[:24])
    return PushMessage(
        endpoint=target.endpoint,
        keys=BrowserKeys(target.public_key, target.auth_secret),
        text=msgspec.json.encode(_shown(job, target, topic)),
        ttl=ends_at - now,
        urgency=URGENCIES.get(job.push.kind, Urgency.normal),
        topic=topic,
    )


def _shown(job: SendPush, target: _Target, topic: str) -> Shown:
    push = job.push
    body = words(
        push.kind,
        target.preferences.detail,
        target.language,
        is_match=push.kind is PushKind.meeting and push.conversation_id is not None,
        alias=target.alias or "",
    )
    place = (
        PLACES.get(push.kind, "/notifications") if push.conversation_id is None else f"/messages/{push.conversation_id}"
    )
    return Shown(target.community, body, target.language.value, topic, place, job.profile_id)


async def _target(tx: Tx, job: SendPush) -> _Target | None:
    """None where the session has ended or expired, or the browser is another's now."""
    return await tx.maybe(
        _Target,
        """
        select subscription.endpoint, subscription.public_key, subscription.auth_secret, receiver.language,
            community.name as community, wanted.muted, wanted.detail, wanted.quiet_from, wanted.quiet_until,
            wanted.timezone, peer.alias
        from app.push_subscriptions subscription
        join app.sessions live on live.tenant_id = subscription.tenant_id and live.id = subscription.session_id
            and live.ended_at is null and live.expires_at > app.now()
        join app.users receiver on receiver.tenant_id = subscription.tenant_id and receiver.id = subscription.user_id
        join app.tenants community on community.id = subscription.tenant_id
        left join app.push_preferences wanted on wanted.tenant_id = subscription.tenant_id
            and wanted.user_id = subscription.user_id
        left join app.profiles peer on peer.tenant_id = subscription.tenant_id and peer.id = $4
        where subscription.tenant_id = $1 and subscription.id = $2 and subscription.user_id = $3
        """,
        job.subscription_id,
        job.user_id,
        job.push.peer_profile_id,
    )


async def _useful_until(tx: Tx, job: SendPush) -> datetime | None:
    """Time until which the person should know of it; None once they have read it, or the conversation is over."""
    latest = job.happened_at + USEFUL_FOR
    if job.notification_id is not None:
        unread = await tx.maybe(
            UUID,
            "select id from app.notifications where tenant_id = $1 and id = $2 and read_at is null",
            job.notification_id,
        )
        return latest if unread is not None else None
    ends_at = await tx.maybe(
        datetime,
        """
        select talk.expires_at from app.conversation_members mine
        join app.conversations talk on talk.tenant_id = mine.tenant_id and talk.id = mine.conversation_id
        where mine.tenant_id = $1 and mine.conversation_id = $2 and mine.profile_id = $3
            and talk.closed_at is null and talk.expires_at > app.now()
            and ($4 or exists (
                select from app.messages unread where unread.tenant_id = mine.tenant_id
                    and unread.conversation_id = mine.conversation_id and unread.kind = 'text'
                    and unread.sender_profile_id <> mine.profile_id and unread.seq > mine.read_seq
            ))
        """,
        job.push.conversation_id,
        job.profile_id,
        job.push.kind is PushKind.meeting,
    )
    return None if ends_at is None else min(ends_at, latest)
