"""Conversion of earnings into coins, after a holding period.

The coins that paid for a gift may still be clawed back by a chargeback. Earnings therefore stay pending for some days.
Meanwhile fraud rules and staff can still freeze the wallet.
"""

from datetime import datetime

from msgspec import Struct

from meydan.kit.database import Tx
from meydan.money.wallet import balances, ledger
from meydan.money.wallet.errors import WalletBlocked, translated_errors


class PendingEarnings(Struct, frozen=True):
    available_at: datetime
    amount: int


class Earnings(Struct, frozen=True):
    earnings: int
    available: int
    """Coins that can be converted now."""
    pending: list[PendingEarnings]
    """The rest, by the tenant's days."""


async def earnings(tx: Tx) -> Earnings:
    """The acting user's earnings.

    Runs as: user.
    """
    pending = await tx.all(PendingEarnings, "select available_at, amount from app.my_pending_earnings($1)")
    earned = (await balances.wallet_of(tx, tx.me.user_id)).earnings
    return Earnings(earned, max(earned - sum(day.amount for day in pending), 0), pending)


async def do_convert(tx: Tx, amount: int, *, key: str) -> ledger.Transaction:
    """Converts available earnings into coins; debt is paid from them first. Idempotent by ``key``.

    Raises: BalanceTooLow (not earned), EarningsPending, WalletBlocked, IdempotencyKeyReused.
    Runs as: user.
    """
    mine = tx.me.user_id
    if (reason := (await balances.wallet_of(tx, mine)).frozen) is not None:
        raise WalletBlocked(reason=reason)
    with translated_errors():
        made = await tx.one(
            ledger.Transaction, f"select {ledger.TRANSACTION} from app.convert_earnings($1, $2, $3)", key, amount
        )
    await balances.do_send_wallet(tx, mine)
    return made
