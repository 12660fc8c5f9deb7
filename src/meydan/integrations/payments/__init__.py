"""Payment providers: one file each, all of them behind ``contract.Provider``; loaded when first used, so that a process
that asks none of them stays small."""

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
    """What an operator sets up, secrets included."""


def _at(module: str, prefix: str) -> Callable[[], Adapter]:
    def load() -> Adapter:
        found = import_module(f"meydan.integrations.payments.{module}")
        return Adapter(getattr(found, f"{prefix}Provider"), getattr(found, f"{prefix}Account"))

    return load


ADAPTERS: dict[ProviderName, Callable[[], Adapter]] = {
    ProviderName.local: _at("local", "Local"),
    ProviderName.stripe: _at("stripe", "Stripe"),
    ProviderName.iyzico: _at("iyzico", "Iyzico"),
    ProviderName.apple: _at("apple", "Apple"),
    ProviderName.google: _at("google", "Google"),
    ProviderName.revenuecat: _at("revenuecat", "RevenueCat"),
}
"""In the order in which one is chosen for somebody who names none."""

STORES = frozenset({ProviderName.apple, ProviderName.google, ProviderName.revenuecat})
RENEWING = frozenset(ADAPTERS) - {ProviderName.iyzico}
GIVE_BACK = frozenset(ADAPTERS) - {ProviderName.apple, ProviderName.revenuecat}
ACKNOWLEDGED = frozenset({ProviderName.google})
"""Those whose ``store``, ``renews``, ``gives_back`` and ``acknowledges`` are true: known without loading them; a test compares."""


def adapter(name: ProviderName) -> Adapter:
    return ADAPTERS[name]()
