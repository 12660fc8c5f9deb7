"""What kinds of meeting there are, and what becomes of one."""

from enum import StrEnum


class Kind(StrEnum):
    """What one waits for, and has rights for."""

    text = "text"


class MatchType(StrEnum):
    anonymous_text = "anonymous_text"


class MatchStatus(StrEnum):
    active = "active"
    cancelled = "cancelled"
    """Somebody left, or had to."""
    expired = "expired"
    """Its time was up, and not both had written."""
    completed = "completed"
    """Its time was up, and both had written."""


class ClaimStatus(StrEnum):
    pending = "pending"
    approved = "approved"
    rejected = "rejected"


class ClaimReason(StrEnum):
    """Why a claim was rejected."""

    stranger_wrote = "stranger_wrote"
    left_early = "left_early"
    """The claimant left before the stranger had had the time to write."""


class TicketEnd(StrEnum):
    left = "left"
    """Its owner stopped waiting, perhaps in another tab."""
    other_face = "other_face"
    """Its owner went on waiting under their other face."""
    gone = "gone"
    """Its owner held no connection for too long."""
    no_rights = "no_rights"
    banned = "banned"


def match_type(kind: Kind) -> MatchType:
    return MatchType(f"anonymous_{kind}")
