"""Fixtures that every room of money uses: a community's ledger, and its shop."""

from tests.money.bank import bank
from tests.money.shops import installation_keys, owner, scripted, shop

__all__ = ["bank", "installation_keys", "owner", "scripted", "shop"]
