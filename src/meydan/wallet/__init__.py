"""Wallet: one provable ledger of coins; holds, gifts, and time that is paid by the minute."""
