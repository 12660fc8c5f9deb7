"""Meeting: strangers are matched for a limited time, and a silent match can be claimed back."""

from meydan.meeting import personal_data, tasks  # noqa: F401 -- importing the room registers listeners, jobs and personal data
from meydan.meeting.enums import ClaimReason, ClaimStatus, MatchStatus, MatchType, MeetingType
from meydan.meeting.events import ClaimDecided, MatchEnded, MatchMade, Side
from meydan.meeting.inheritance import do_inherit_quota, pairs_met
from meydan.meeting.matcher import matching
from meydan.meeting.quota import Quota, do_grant_bonus
from meydan.meeting.settings import MeetingSettings

__all__ = [
    "ClaimDecided",
    "ClaimReason",
    "ClaimStatus",
    "MatchEnded",
    "MatchMade",
    "MatchStatus",
    "MatchType",
    "MeetingSettings",
    "MeetingType",
    "Quota",
    "Side",
    "do_grant_bonus",
    "do_inherit_quota",
    "matching",
    "pairs_met",
]
