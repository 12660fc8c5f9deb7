"""Google behind the contract of payment providers."""

from meydan.integrations.payments.google.adapter import GoogleAccount, GoogleProvider

__all__ = ["GoogleAccount", "GoogleProvider"]
