"""Whoever waits must be there. The gateway says who holds a connection; the worker looks every two seconds.

Absent: away, and matched with nobody. Back: matched again, in the old place. Away for too long: the ticket ends. While
Valkey is down nobody can be seen, so nobody is judged.
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

_AT_ONCE = 1000
_beginning = UUID(int=0)
_looked_up_to: dict[int, UUID] = {}
"""Where the next look begins in each tenant: a thousand at a time, round and round."""


class _Waiting(Struct, frozen=True):
    user_id: UUID
    is_away: bool


async def do_look(tx: Tx) -> None:
    """A service transaction."""
    waiting = await tx.all(
        _Waiting,
        """
        select user_id, bool_or(away_since is not null) as is_away from app.tickets
        where tenant_id = $1 and user_id > $2 group by user_id order by user_id limit $3
        """,
        _looked_up_to.get(tx.tenant_id, _beginning),
        _AT_ONCE,
    )
    _looked_up_to[tx.tenant_id] = waiting[-1].user_id if len(waiting) == _AT_ONCE else _beginning
    connection = valkey.current()
    if not waiting or connection is None or not connection.is_up:
        return
    present = await realtime.user_present(tx.tenant_id, [one.user_id for one in waiting])
    if not connection.is_up:
        return
    if gone := [one.user_id for one in waiting if not one.is_away and not present[one.user_id]]:
        await tx.run(
            """
            update app.tickets set away_since = app.now()
            where tenant_id = $1 and user_id = any($2::uuid[]) and away_since is null
            """,
            gone,
        )
    if back := [one.user_id for one in waiting if one.is_away and present[one.user_id]]:
        await tx.run(
            """
            update app.tickets set away_since = null, searched_at = null
            where tenant_id = $1 and user_id = any($2::uuid[]) and away_since is not null
            """,
            back,
        )
        matcher.wake_after_commit(tx)
    await _do_end_gone(tx)


async def _do_end_gone(tx: Tx) -> None:
    settings = await tenants.settings(tx, MeetingSettings)
    ended = await tx.all(
        tickets.EndedTicket,
        """
        delete from app.tickets where tenant_id = $1 and away_since < app.now() - $2::interval
        returning user_id, profile_id, id
        """,
        timedelta(seconds=settings.gone_after_seconds),
    )
    await tickets.tell_ended(tx, ended, TicketEnd.gone)
