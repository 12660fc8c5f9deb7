"""Meeting: two strangers are brought together for a while, and a silent match is given back."""

from meydan.meeting import personal_data, tasks  # noqa: F401 -- importing the room registers listeners, jobs and what it keeps
from meydan.meeting.enums import ClaimReason, ClaimStatus, Kind, MatchStatus, MatchType
from meydan.meeting.events import ClaimDecided, MatchEnded, MatchMade, Side
from meydan.meeting.matcher import matching
from meydan.meeting.quota import Right, do_grant
from meydan.meeting.settings import MeetingSettings

__all__ = [
    "ClaimDecided",
    "ClaimReason",
    "ClaimStatus",
    "Kind",
    "MatchEnded",
    "MatchMade",
    "MatchStatus",
    "MatchType",
    "MeetingSettings",
    "Right",
    "Side",
    "do_grant",
    "matching",
]
