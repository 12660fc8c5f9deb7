"""The words of commerce that several capabilities share."""

from enum import StrEnum


class ProviderName(StrEnum):
    local = "local"
    """The pay page of ours that behaves like a provider; never in production."""
    stripe = "stripe"
    iyzico = "iyzico"
    apple = "apple"
    google = "google"
    revenuecat = "revenuecat"


class PaymentKind(StrEnum):
    coins = "coins"
    premium = "premium"


class PaymentStatus(StrEnum):
    created = "created"
    """Recorded; the provider has not been asked yet."""
    pending = "pending"
    """The person can pay: the provider knows of it."""
    held = "held"
    """Paid, and kept back by a fraud rule until a time or until staff decide."""
    paid = "paid"
    failed = "failed"
    expired = "expired"
    partly_refunded = "partly_refunded"
    refunded = "refunded"
    disputed = "disputed"
    charged_back = "charged_back"


class SubscriptionStatus(StrEnum):
    active = "active"
    grace = "grace"
    """The renewal failed; what was bought is still there while the provider tries again."""
    cancelled = "cancelled"
    """Still there until the period's end, then not renewed."""
    expired = "expired"


class Period(StrEnum):
    week = "week"
    month = "month"
    year = "year"
