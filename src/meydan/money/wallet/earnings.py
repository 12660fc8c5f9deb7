"""What somebody earned from gifts and calls becomes coins when they want it to, once it is ripe.

The coins that a gift was paid with may still be taken back: their buyer asks the bank for the money, and a friend would have
made other coins of them by then. So earnings wait for some days, while the fraud rules and staff can still freeze a wallet.
"""

from datetime import datetime

from msgspec import Struct

from meydan.kit.database import Tx
from meydan.money.wallet import balances, ledger
from meydan.money.wallet.errors import WalletIsFrozen, worded


class Ripening(Struct, frozen=True):
    ripens_at: datetime
    amount: int


class Earnings(Struct, frozen=True):
    earnings: int
    ripe: int
    """What may become coins now."""
    ripening: list[Ripening]
    """The rest, by the community's days."""


async def earnings(tx: Tx) -> Earnings:
    """One's own."""
    ripening = await tx.all(Ripening, "select ripens_at, amount from app.my_unripe_earnings($1)")
    earned = (await balances.wallet_of(tx, tx.me.user_id)).earnings
    return Earnings(earned, max(earned - sum(day.amount for day in ripening), 0), ripening)


async def do_convert(tx: Tx, amount: int, *, key: str) -> ledger.Transaction:
    """What is owed is paid first, as from all coins that come. The same key again answers the first conversion.

    Raises BalanceTooLow when so much was not earned, EarningsUnripe when it was earned too lately, WalletIsFrozen,
    IdempotencyKeyReused.
    """
    mine = tx.me.user_id
    if (reason := (await balances.wallet_of(tx, mine)).frozen) is not None:
        raise WalletIsFrozen(reason=reason)
    with worded():
        made = await tx.one(
            ledger.Transaction, f"select {ledger.TRANSACTION} from app.convert_earnings($1, $2, $3)", key, amount
        )
    await balances.tell_wallet(tx, mine)
    return made
