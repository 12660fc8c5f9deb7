"""Moderation: users report others, and enough reports ban a user."""

from meydan.moderation import personal_data, tasks  # noqa: F401 -- importing the room registers its personal data and jobs
from meydan.moderation.reports import Report, ReportReason, do_report, do_review_reported_user
from meydan.moderation.settings import ModerationSettings

__all__ = ["ModerationSettings", "Report", "ReportReason", "do_report", "do_review_reported_user"]
