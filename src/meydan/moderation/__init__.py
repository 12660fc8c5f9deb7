"""Moderation: what people report, and what follows from it."""

from meydan.moderation import personal_data, tasks  # noqa: F401 -- importing the room registers what it keeps of people and jobs
from meydan.moderation.reports import ModerationSettings, Report, ReportReason, do_judge, do_report

__all__ = ["ModerationSettings", "Report", "ReportReason", "do_judge", "do_report"]
