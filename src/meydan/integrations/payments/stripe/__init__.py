"""Stripe behind the contract of payment providers."""

from meydan.integrations.payments.stripe.adapter import StripeProvider
from meydan.integrations.payments.stripe.client import StripeAccount

__all__ = ["StripeAccount", "StripeProvider"]
