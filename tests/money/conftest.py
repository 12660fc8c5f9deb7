"""Fixtures that every room of money uses: a community's ledger, and its shop."""

from tests.money.bank import bank
from tests.money.shops import owner, scripted, shop

__all__ = ["bank", "owner", "scripted", "shop"]
