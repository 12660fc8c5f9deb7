"""Commerce: what is sold for money, how it is paid, and what has to be given back."""

from meydan.commerce.events import (
    MeetingsBought,
    PaymentHeld,
    PaymentSettled,
    PaymentTakenBack,
    PremiumCancelled,
    PremiumEnded,
    PremiumInGrace,
    PremiumRenewed,
    PremiumStarted,
)
from meydan.commerce.kinds import PaymentKind, PaymentStatus, Period, ProviderName, SubscriptionStatus

__all__ = [
    "MeetingsBought",
    "PaymentHeld",
    "PaymentKind",
    "PaymentSettled",
    "PaymentStatus",
    "PaymentTakenBack",
    "Period",
    "PremiumCancelled",
    "PremiumEnded",
    "PremiumInGrace",
    "PremiumRenewed",
    "PremiumStarted",
    "ProviderName",
    "SubscriptionStatus",
]
