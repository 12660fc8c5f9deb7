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


class Period(StrEnum):
    week = "week"
    month = "month"
    year = "year"
