"""What happened to matches and claims, for the rooms above; never leaves the server."""

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
    ended_by: UUID | None
    """The user who left; nobody when time was up or a ban ended it."""


class ClaimDecided(Event, frozen=True):
    claim_id: UUID
    match_id: UUID
    user_id: UUID
    profile_id: UUID
    status: ClaimStatus
    reason: ClaimReason | None
