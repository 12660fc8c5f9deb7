"""Debts and freezes that outlive an account."""

from uuid import UUID, uuid4

from meydan.accounts import BurdenKind
from meydan.kit.database import Tx
from meydan.money.wallet import balances, freezes, ledger
from meydan.money.wallet.enums import Entry, TransactionType, debt_of

FORMER_ACCOUNT = "former_account"
"""The reason of an inherited freeze: the words of the first one went with the account."""


async def do_inherit_wallet(tx: Tx, former_user_id: UUID, user_id: UUID) -> None:
    """Moves the debt and the freeze of an erased account to its heir. The caller serialises heirs. Idempotent.

    Locks: ledger balances.
    Runs as: service.
    """
    owed = -await balances.balance_of(tx, debt_of(former_user_id))
    if owed > 0:
        await ledger.do_transfer(
            tx,
            TransactionType.adjustment,
            [Entry(debt_of(former_user_id), owed), Entry(debt_of(user_id), -owed)],
            key=f"inherited:{uuid4()}",
            user_id=user_id,
            description=FORMER_ACCOUNT,
        )
    # Thawed without an event: nobody is left to hear of it.
    if await tx.one(bool, "select app.thaw_wallet($1, $2, null)", former_user_id):
        await freezes.do_freeze(tx, user_id, FORMER_ACCOUNT, None)


async def carried_in_wallet(tx: Tx, former_user_id: UUID) -> list[BurdenKind]:
    """Debt and freeze that an heir of the erased account would inherit.

    Runs as: service.
    """
    kinds = []
    if await balances.balance_of(tx, debt_of(former_user_id)) < 0:
        kinds.append(BurdenKind.debt)
    if await freezes.is_frozen(tx, former_user_id):
        kinds.append(BurdenKind.freeze)
    return kinds
