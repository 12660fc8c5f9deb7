"""Reasons of reports."""

from enum import StrEnum


class ReportReason(StrEnum):
    """Each is also the reason of a ban."""

    harassment = "harassment"
    sexual_content = "sexual_content"
    underage = "underage"
    spam = "spam"
    threat = "threat"
    other = "other"
