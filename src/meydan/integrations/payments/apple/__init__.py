"""Apple behind the contract of payment providers."""

from meydan.integrations.payments.apple.adapter import AppleProvider
from meydan.integrations.payments.apple.client import AppleAccount

__all__ = ["AppleAccount", "AppleProvider"]
