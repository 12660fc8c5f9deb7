"""The meeting state of the caller: quota, ticket and active match."""

from datetime import datetime

from msgspec import Struct

from meydan import accounts
from meydan.kit import clock
from meydan.kit.database import Tx
from meydan.meeting import matches, quota, tickets
from meydan.meeting.enums import MeetingType


class Quotas(Struct, frozen=True):
    text: quota.Quota


class State(Struct, frozen=True):
    """The active face's state; quotas are the user's. ``approximate_waiting`` is coarse on purpose."""

    server_now: datetime
    quotas: Quotas
    approximate_waiting: int
    ticket: tickets.Ticket | None = None
    match: matches.Match | None = None
    suspended_until: datetime | None = None
    """The time at which a suspension of matching ends by itself."""


async def state(tx: Tx) -> State:
    return State(
        server_now=clock.now(),
        quotas=Quotas(text=await quota.quota(tx, MeetingType.text)),
        approximate_waiting=await tickets.approximate_waiting(tx, MeetingType.text),
        ticket=await tickets.ticket(tx, MeetingType.text),
        match=await matches.active(tx, MeetingType.text),
        suspended_until=(await accounts.user(tx, tx.me.user_id)).suspended_until,
    )
