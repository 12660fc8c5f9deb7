"""Names of the providers, and lengths of periods, in every adapter's words."""

from enum import StrEnum


class ProviderName(StrEnum):
    local = "local"
    """Our own pay page that behaves like a provider; never in production."""
    stripe = "stripe"
    iyzico = "iyzico"
    apple = "apple"
    google = "google"
    revenuecat = "revenuecat"


class Period(StrEnum):
    week = "week"
    month = "month"
    year = "year"
