"""Server frames of meeting. Each names the profile it addresses, because a user may have two."""

from uuid import UUID

from meydan.kit.realtime import Frame
from meydan.meeting.enums import MatchStatus, TicketEnd


class MatchMadeFrame(Frame, frozen=True, tag="match_made"):
    profile_id: UUID
    match_id: UUID
    conversation_id: UUID


class MatchEndedFrame(Frame, frozen=True, tag="match_ended"):
    profile_id: UUID
    match_id: UUID
    conversation_id: UUID
    status: MatchStatus
    by_me: bool


class TicketEndedFrame(Frame, frozen=True, tag="ticket_ended"):
    profile_id: UUID
    ticket_id: UUID
    reason: TicketEnd
