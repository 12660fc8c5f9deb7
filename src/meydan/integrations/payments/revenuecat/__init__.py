"""RevenueCat behind the contract of payment providers."""

from meydan.integrations.payments.revenuecat.adapter import RevenueCatAccount, RevenueCatProvider

__all__ = ["RevenueCatAccount", "RevenueCatProvider"]
