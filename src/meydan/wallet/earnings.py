"""What somebody earned from gifts and calls becomes coins when they want it to."""

from meydan.kit.database import Tx
from meydan.wallet import balances, ledger
from meydan.wallet.kinds import Entry, TransactionType, coins_of, earnings_of
from meydan.wallet.refusals import WalletIsFrozen


async def do_convert(tx: Tx, amount: int, *, key: str) -> ledger.Transaction:
    """What is owed is paid first, as from all coins that come. The same key again answers the first conversion.

    Raises BalanceTooLow when so much was not earned, WalletIsFrozen, IdempotencyKeyReused.
    """
    if (reason := (await balances.wallet_of(tx, tx.me.user_id)).frozen) is not None:
        raise WalletIsFrozen(reason=reason)
    mine = tx.me.user_id
    return await ledger.do_transfer(
        tx,
        TransactionType.conversion,
        [Entry(earnings_of(mine), -amount), Entry(coins_of(mine), amount)],
        key=key,
        user_id=mine,
    )
