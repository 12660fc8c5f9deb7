"""Wallet: one provable ledger of coins; holds, gifts, and time that is paid by the minute."""

from meydan.wallet.events import GiftGiven, MeterEnded, MeterWarned, WalletFrozen, WalletThawed

__all__ = ["GiftGiven", "MeterEnded", "MeterWarned", "WalletFrozen", "WalletThawed"]
