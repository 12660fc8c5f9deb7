"""The matcher. It runs at once in the process where a user joined, and each second in the worker for the rest.

One SQL function (``app.match_tickets``) in one transaction deletes tickets, consumes quota, and creates the match and
its conversation. The frames to both users are written in the same transaction.
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
from meydan.kit import background, realtime
from meydan.kit.database import CONNECTION_LOST, Database, Tx
from meydan.kit.events import publish
from meydan.kit.runtime import runtime
from meydan.meeting.enums import MeetingType, TicketEnd, match_type
from meydan.meeting.events import MatchMade, Side
from meydan.meeting.frames import MatchMadeFrame, TicketEndedFrame
from meydan.meeting.settings import MeetingSettings

log = logging.getLogger(__name__)

_NEW_BATCH_SIZE = 50
_SEARCHED_BATCH_SIZE = 20
_SEARCH_INTERVAL = timedelta(seconds=10)


class _MatchedTickets(Struct, frozen=True):
    """Two matched tickets. Without a match: one ticket, ended because its owner's quota is exhausted."""

    match_id: UUID | None
    conversation_id: UUID | None
    expires_at: datetime | None
    user1_id: UUID
    profile1_id: UUID
    ticket1_id: UUID
    user2_id: UUID | None
    profile2_id: UUID | None


async def do_match(tx: Tx, meeting_type: MeetingType, *, search_again: bool = False, wait_for_lock: bool = True) -> int:
    """Matches new tickets, with ``search_again`` also those searched longest ago. Returns the number of matches.

    Passes over a tenant are serialised. Without ``wait_for_lock`` a second one returns at once and does nothing.

    Runs as: service.
    """
    settings = await tenants.settings(tx, MeetingSettings)
    found = await tx.all(
        _MatchedTickets,
        """
        select match_id, conversation_id, expires_at, user1_id, profile1_id, ticket1_id, user2_id, profile2_id
        from app.match_tickets($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        meeting_type,
        _NEW_BATCH_SIZE,
        _SEARCHED_BATCH_SIZE if search_again else 0,
        _SEARCH_INTERVAL,
        timedelta(days=settings.rematch_cooldown_days),
        timedelta(minutes=settings.claim_minutes),
        timedelta(hours=settings.match_hours),
        wait_for_lock,
    )
    for made in found:
        await _do_announce(tx, meeting_type, made)
    return sum(made.match_id is not None for made in found)


async def _do_announce(tx: Tx, meeting_type: MeetingType, made: _MatchedTickets) -> None:
    first = Side(made.user1_id, made.profile1_id)
    if (
        made.match_id is None
        or made.conversation_id is None
        or made.expires_at is None
        or made.user2_id is None
        or made.profile2_id is None
    ):
        await realtime.send_frame(
            tx, first.user_id, TicketEndedFrame(first.profile_id, made.ticket1_id, TicketEnd.quota_exhausted)
        )
        return
    sides = first, Side(made.user2_id, made.profile2_id)
    for side in sides:
        await realtime.send_frame(
            tx, side.user_id, MatchMadeFrame(side.profile_id, made.match_id, made.conversation_id)
        )
    await publish(tx, MatchMade(made.match_id, made.conversation_id, match_type(meeting_type), sides, made.expires_at))


async def has_new(tx: Tx, meeting_type: MeetingType) -> bool:
    return await tx.one(
        bool,
        """
        select exists (select from app.tickets
        where tenant_id = $1 and kind = $2 and searched_at is null and away_since is null)
        """,
        meeting_type,
    )


class Matcher:
    """Runs matching passes over tenants in which a user has just joined. Joins during a pass share the next one."""

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
                await self._do_pass_over(tenant_id)

    async def _do_pass_over(self, tenant_id: int) -> None:
        try:
            for meeting_type in MeetingType:
                async with self._db.as_service(tenant_id) as tx:
                    await do_match(tx, meeting_type)
                    more = await has_new(tx, meeting_type)
                if more:
                    self.wake(tenant_id)
                    await asyncio.sleep(
                        0.005
                    )  # a ticket that its owner's transaction has locked stays new: no busy loop
        except (*CONNECTION_LOST, asyncpg.PostgresError):
            log.exception("matching in tenant %s failed; the worker takes it up again", tenant_id)


@asynccontextmanager
async def matching(db: Database) -> AsyncIterator[None]:
    """Runs a matcher in this process, to which ``wake_after_commit`` sends joins."""
    matcher = Matcher(db)
    task = asyncio.create_task(matcher.run(), name="matcher")
    try:
        with runtime.using(matcher):
            yield
    finally:
        await background.end(task)


def wake_after_commit(tx: Tx) -> None:
    """Wakes this process's matcher after commit. Without one the worker's sweep matches within a second."""
    if (matcher := runtime.find(Matcher)) is not None:
        tenant_id = tx.tenant_id
        tx.after_commit(lambda: matcher.wake(tenant_id))
