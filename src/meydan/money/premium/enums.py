"""Enums of premium."""

from enum import StrEnum


class SubscriptionStatus(StrEnum):
    active = "active"
    grace = "grace"
    """The renewal failed; premium stays while the provider tries again."""
    cancelled = "cancelled"
    """Runs until the period's end, and is not renewed."""
    expired = "expired"
