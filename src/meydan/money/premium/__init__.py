"""Premium: membership, its subscriptions, their periods and renewals, and the entitlements they give."""

from meydan.money.premium import personal_data, tasks  # noqa: F401 -- importing the room registers its jobs and personal data
from meydan.money.premium.entitlements import Entitlements, entitlements_of
from meydan.money.premium.enums import SubscriptionStatus
from meydan.money.premium.events import (
    DuplicateSubscriptionPaid,
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
    "DuplicateSubscriptionPaid",
    "Entitlements",
    "PremiumCancelled",
    "PremiumEnded",
    "PremiumFulfilment",
    "PremiumInGrace",
    "PremiumRenewed",
    "PremiumSettings",
    "PremiumStarted",
    "SubscriptionStatus",
    "entitlements_of",
]
