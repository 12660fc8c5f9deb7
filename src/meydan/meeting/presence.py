"""Presence of waiting users. The gateway knows who holds a connection; the worker checks every two seconds.

A ticket whose owner is absent is away and not matched. It keeps its place until the owner returns, and ends after the
presence timeout. While Valkey is down presence is unknown, so no ticket changes.
"""

from datetime import timedelta
from uuid import UUID

from msgspec import Struct

from meydan import tenants
from meydan.kit import realtime, valkey
from meydan.kit.database import Tx
from meydan.meeting import matcher, tickets
from meydan.meeting.enums import TicketEnd
from meydan.meeting.settings import MeetingSettings

_BATCH_SIZE = 1000
_beginning = UUID(int=0)
_cursors: dict[int, UUID] = {}
"""For each tenant, the last user checked. Checks go round robin, a batch at a time."""


class _WaitingUser(Struct, frozen=True):
    user_id: UUID
    is_away: bool


async def do_refresh_presence(tx: Tx) -> None:
    """Marks tickets of absent users as away, brings returned ones back, and ends those away for too long.

    Runs as: service.
    """
    waiting = await tx.all(
        _WaitingUser,
        """
        select user_id, bool_or(away_since is not null) as is_away from app.tickets
        where tenant_id = $1 and user_id > $2 group by user_id order by user_id limit $3
        """,
        _cursors.get(tx.tenant_id, _beginning),
        _BATCH_SIZE,
    )
    _cursors[tx.tenant_id] = waiting[-1].user_id if len(waiting) == _BATCH_SIZE else _beginning
    connection = valkey.current()
    if not waiting or connection is None or not connection.is_up:
        return
    present = await realtime.user_present(tx.tenant_id, [user.user_id for user in waiting])
    if not connection.is_up:
        return
    if absent := [user.user_id for user in waiting if not user.is_away and not present[user.user_id]]:
        await tx.run(
            """
            update app.tickets set away_since = app.now()
            where tenant_id = $1 and user_id = any($2::uuid[]) and away_since is null
            """,
            absent,
        )
    if returned := [user.user_id for user in waiting if user.is_away and present[user.user_id]]:
        await tx.run(
            """
            update app.tickets set away_since = null, searched_at = null
            where tenant_id = $1 and user_id = any($2::uuid[]) and away_since is not null
            """,
            returned,
        )
        matcher.wake_after_commit(tx)
    await _do_end_away_too_long(tx)


async def _do_end_away_too_long(tx: Tx) -> None:
    settings = await tenants.settings(tx, MeetingSettings)
    ended = await tx.all(
        tickets.EndedTicket,
        """
        delete from app.tickets where tenant_id = $1 and away_since < app.now() - $2::interval
        returning user_id, profile_id, id
        """,
        timedelta(seconds=settings.presence_timeout_seconds),
    )
    await tickets.do_announce_ended(tx, ended, TicketEnd.gone)
