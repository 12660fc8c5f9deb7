"""Events of matches, claims and purchases, for the rooms above. They never leave the server."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from meydan.kit.events import Event
from meydan.meeting.enums import ClaimReason, ClaimStatus, MatchStatus, MatchType


class Side(Struct, frozen=True):
    user_id: UUID
    profile_id: UUID


class MatchMade(Event, frozen=True):
    match_id: UUID
    conversation_id: UUID
    type: MatchType
    sides: tuple[Side, Side]
    expires_at: datetime


class MatchEnded(Event, frozen=True):
    match_id: UUID
    conversation_id: UUID
    type: MatchType
    sides: tuple[Side, Side]
    status: MatchStatus
    ended_by_user_id: UUID | None
    """The user who left; None when the match expired or a ban ended it."""


class ClaimDecided(Event, frozen=True):
    claim_id: UUID
    match_id: UUID
    user_id: UUID
    profile_id: UUID
    status: ClaimStatus
    reason: ClaimReason | None


class MeetingsBought(Event, frozen=True):
    """A user paid coins for extra matches. Listeners grant them in the same transaction."""

    user_id: UUID
    quantity: int
    transaction_id: UUID
