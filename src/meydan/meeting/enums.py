"""Types of meetings and matches, and the states of matches, claims and tickets."""

from enum import StrEnum


class MeetingType(StrEnum):
    """The type of a ticket, and of a quota."""

    text = "text"


class MatchType(StrEnum):
    anonymous_text = "anonymous_text"


class MatchStatus(StrEnum):
    active = "active"
    cancelled = "cancelled"
    """A user left, was banned or was erased."""
    expired = "expired"
    """It reached its end, and at most one side had written."""
    completed = "completed"
    """It reached its end, and both sides had written."""


class ClaimStatus(StrEnum):
    pending = "pending"
    approved = "approved"
    rejected = "rejected"


class ClaimReason(StrEnum):
    """The reason for which a claim was rejected."""

    stranger_wrote = "stranger_wrote"
    left_early = "left_early"
    """The claimant left before the stranger's time to write was over."""


class TicketEnd(StrEnum):
    left = "left"
    """The owner stopped waiting, perhaps in another tab."""
    other_face = "other_face"
    """The owner joined under the other face."""
    gone = "gone"
    """The owner had no connection for longer than the presence timeout."""
    quota_exhausted = "quota_exhausted"
    suspended = "suspended"
    """Reports suspended the owner's matching."""
    banned = "banned"


def match_type(meeting_type: MeetingType) -> MatchType:
    return MatchType(f"anonymous_{meeting_type}")
