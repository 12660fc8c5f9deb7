"""Premium: membership, its subscriptions, their periods and renewals, and what it unlocks."""

from meydan.money.premium import personal_data, tasks  # noqa: F401 -- importing the room registers jobs and what it keeps of a person
from meydan.money.premium.entitlements import Limits, limits
from meydan.money.premium.enums import SubscriptionStatus
from meydan.money.premium.events import (
    PaidTwice,
    PremiumCancelled,
    PremiumEnded,
    PremiumInGrace,
    PremiumRenewed,
    PremiumStarted,
)
from meydan.money.premium.fulfilment import PREMIUM, PremiumFulfilment
from meydan.money.premium.settings import PremiumSettings

__all__ = [
    "PREMIUM",
    "Limits",
    "PaidTwice",
    "PremiumCancelled",
    "PremiumEnded",
    "PremiumFulfilment",
    "PremiumInGrace",
    "PremiumRenewed",
    "PremiumSettings",
    "PremiumStarted",
    "SubscriptionStatus",
    "limits",
]
