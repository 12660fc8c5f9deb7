"""Where somebody stands: what they may still use today, whether they wait, whom they talk to."""

from datetime import datetime

from msgspec import Struct

from meydan.kit import clock
from meydan.kit.database import Tx
from meydan.meeting import matches, quota, tickets
from meydan.meeting.enums import Kind


class Rights(Struct, frozen=True):
    text: quota.Right


class State(Struct, frozen=True):
    """Of the active face; rights are the person's. ``waiting_about`` is coarse on purpose."""

    server_now: datetime
    rights: Rights
    waiting_about: int
    ticket: tickets.Ticket | None = None
    match: matches.Match | None = None


async def state(tx: Tx) -> State:
    return State(
        server_now=clock.now(),
        rights=Rights(text=await quota.right(tx, Kind.text)),
        waiting_about=await tickets.waiting_about(tx, Kind.text),
        ticket=await tickets.ticket(tx, Kind.text),
        match=await matches.active(tx, Kind.text),
    )
