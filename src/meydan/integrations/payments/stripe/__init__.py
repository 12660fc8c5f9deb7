"""Stripe behind the contract of payment providers."""

from meydan.integrations.payments.stripe.adapter import StripeAccount, StripeProvider

__all__ = ["StripeAccount", "StripeProvider"]
