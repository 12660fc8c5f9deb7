"""Enums of premium."""

from enum import StrEnum


class SubscriptionStatus(StrEnum):
    active = "active"
    grace = "grace"
    """The renewal failed; what was bought is still there while the provider tries again."""
    cancelled = "cancelled"
    """Still there until the period's end, then not renewed."""
    expired = "expired"
