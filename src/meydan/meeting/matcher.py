"""Brings those who wait together: at once in the process where somebody joined, each second in the worker for what is left.

Everything happens in one SQL function (``app.match_tickets``) and one transaction: tickets go, rights are used, the match
and its conversation are there and both people are told, or nothing of it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from msgspec import Struct

from meydan import tenants
from meydan.kit import realtime
from meydan.kit.database import CONNECTION_LOST, Database, Tx
from meydan.kit.events import publish
from meydan.kit.runtime import runtime
from meydan.meeting.enums import Kind, TicketEnd, match_type
from meydan.meeting.events import MatchMade, Side
from meydan.meeting.frames import MatchMadeFrame, TicketEndedFrame
from meydan.meeting.settings import MeetingSettings

log = logging.getLogger(__name__)

_NEW_AT_ONCE = 50
_OLD_AT_ONCE = 20
_LOOKED_FOR_AGAIN_AFTER = timedelta(seconds=10)


class _Made(Struct, frozen=True):
    """Without a match: a ticket whose owner has no right left."""

    match_id: UUID | None
    conversation_id: UUID | None
    expires_at: datetime | None
    user1_id: UUID
    profile1_id: UUID
    ticket1_id: UUID
    user2_id: UUID | None
    profile2_id: UUID | None


async def do_match(tx: Tx, kind: Kind, *, again: bool = False, patient: bool = True) -> int:
    """One pass over the new tickets; with ``again`` also over those that were looked for longest ago.

    A service transaction. Answers how many matches were made. Of two passes over a community the second waits for the
    first, or, not ``patient``, leaves the work to it.
    """
    settings = await tenants.settings(tx, MeetingSettings)
    found = await tx.all(
        _Made,
        "select match_id, conversation_id, expires_at, user1_id, profile1_id, ticket1_id, user2_id, profile2_id "
        "from app.match_tickets($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        kind,
        _NEW_AT_ONCE,
        _OLD_AT_ONCE if again else 0,
        _LOOKED_FOR_AGAIN_AFTER,
        timedelta(days=settings.met_again_days),
        timedelta(minutes=settings.claim_minutes),
        timedelta(hours=settings.match_hours),
        patient,
    )
    for made in found:
        await _tell(tx, kind, made)
    return sum(made.match_id is not None for made in found)


async def _tell(tx: Tx, kind: Kind, made: _Made) -> None:
    first = Side(made.user1_id, made.profile1_id)
    if (
        made.match_id is None
        or made.conversation_id is None
        or made.expires_at is None
        or made.user2_id is None
        or made.profile2_id is None
    ):
        await realtime.send_frame(
            tx, first.user_id, TicketEndedFrame(first.profile_id, made.ticket1_id, TicketEnd.no_rights)
        )
        return
    sides = first, Side(made.user2_id, made.profile2_id)
    for side in sides:
        await realtime.send_frame(
            tx, side.user_id, MatchMadeFrame(side.profile_id, made.match_id, made.conversation_id)
        )
    await publish(tx, MatchMade(made.match_id, made.conversation_id, match_type(kind), sides, made.expires_at))


async def has_new(tx: Tx, kind: Kind) -> bool:
    return await tx.one(
        bool,
        "select exists (select from app.tickets "
        "where tenant_id = $1 and kind = $2 and searched_at is null and away_since is null)",
        kind,
    )


class Matcher:
    """Runs passes over the communities in which somebody has just joined. Joins during a pass share the next one."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._dirty: dict[int, None] = {}
        self._awake = asyncio.Event()

    def wake(self, tenant_id: int) -> None:
        self._dirty[tenant_id] = None
        self._awake.set()

    async def run(self) -> None:
        while True:
            await self._awake.wait()
            self._awake.clear()
            dirty, self._dirty = list(self._dirty), {}
            for tenant_id in dirty:
                await self._pass_over(tenant_id)

    async def _pass_over(self, tenant_id: int) -> None:
        try:
            for kind in Kind:
                async with self._db.as_service(tenant_id) as tx:
                    await do_match(tx, kind)
                    more = await has_new(tx, kind)
                if more:
                    self.wake(tenant_id)
                    await asyncio.sleep(
                        0.005
                    )  # a ticket that its owner is just changing is not asked for without pause
        except (*CONNECTION_LOST, asyncpg.PostgresError):
            log.exception("matching in tenant %s failed; the worker takes it up again", tenant_id)


@asynccontextmanager
async def matching(db: Database) -> AsyncIterator[None]:
    """A process in which people join has a matcher of its own."""
    matcher = Matcher(db)
    task = asyncio.create_task(matcher.run(), name="matcher")
    try:
        with runtime.using(matcher):
            yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def wake_after_commit(tx: Tx) -> None:
    """There may be somebody to match. In a process without a matcher the worker finds out within a second."""
    if (matcher := runtime.find(Matcher)) is not None:
        tenant_id = tx.tenant_id
        tx.after_commit(lambda: matcher.wake(tenant_id))
