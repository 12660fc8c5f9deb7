"""Payment providers: a folder each, all of them behind ``contract.Provider``.

Adapters are loaded when first used, so that a process that asks none of them stays small.
"""

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

from msgspec import Struct

from meydan.integrations.payments.contract import Provider
from meydan.integrations.payments.enums import ProviderName


class Adapter(NamedTuple):
    provider: type[Provider]
    """Made by ``provider(account, sandbox=…)``."""
    account: type[Struct]
    """Settings and secrets that an operator sets up."""


def _at(folder: str, prefix: str) -> Callable[[], Adapter]:
    def load() -> Adapter:
        package = f"meydan.integrations.payments.{folder}"
        provider = getattr(import_module(f"{package}.adapter"), f"{prefix}Provider")
        return Adapter(provider, getattr(import_module(f"{package}.account"), f"{prefix}Account"))

    return load


ADAPTERS: dict[ProviderName, Callable[[], Adapter]] = {
    ProviderName.local: _at("local", "Local"),
    ProviderName.stripe: _at("stripe", "Stripe"),
    ProviderName.iyzico: _at("iyzico", "Iyzico"),
    ProviderName.apple: _at("apple", "Apple"),
    ProviderName.google: _at("google", "Google"),
    ProviderName.revenuecat: _at("revenuecat", "RevenueCat"),
}
"""In the order in which one is chosen for a buyer who names none."""

APP_STORES = frozenset({ProviderName.apple, ProviderName.google, ProviderName.revenuecat})
RECURRING = frozenset(ADAPTERS) - {ProviderName.iyzico}
REFUNDABLE = frozenset(ADAPTERS) - {ProviderName.apple, ProviderName.revenuecat}
ACKNOWLEDGED = frozenset({ProviderName.google})
"""Names of the providers whose ``store``, ``renews``, ``refundable`` or ``acknowledges`` is true: known without loading
them; a test compares."""


def adapter(name: ProviderName) -> Adapter:
    return ADAPTERS[name]()
