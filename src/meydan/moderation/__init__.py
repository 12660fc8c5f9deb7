"""Moderation: users report others, enough reports suspend matching, and staff decide."""

from meydan.moderation import personal_data, tasks  # noqa: F401 -- importing the room registers its personal data and jobs
from meydan.moderation.cases import do_review_reported_user
from meydan.moderation.enums import ReportReason
from meydan.moderation.events import CaseSuspendedUser
from meydan.moderation.reports import Report, do_report
from meydan.moderation.settings import ModerationSettings

__all__ = [
    "CaseSuspendedUser",
    "ModerationSettings",
    "Report",
    "ReportReason",
    "do_report",
    "do_review_reported_user",
]
