"""RevenueCat behind the contract of payment providers."""

from meydan.integrations.payments.revenuecat.adapter import RevenueCatProvider
from meydan.integrations.payments.revenuecat.client import RevenueCatAccount

__all__ = ["RevenueCatAccount", "RevenueCatProvider"]
