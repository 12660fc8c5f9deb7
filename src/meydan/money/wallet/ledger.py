"""Transfers: entries that sum to zero, once for each key, one call of the database inside the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from meydan.kit.database import Tx
from meydan.money.wallet.balances import tell_wallet
from meydan.money.wallet.enums import Account, Entry, TransactionType, coins_of, columns, people_in
from meydan.money.wallet.errors import worded


class Transaction(Struct, frozen=True):
    """A transfer's header."""

    id: UUID
    user_id: UUID | None
    amount: int
    """The change of that person's coins; where it did not touch them, of their earnings."""
    type: TransactionType
    description: str
    subject_id: UUID | None
    reverses_id: UUID | None
    created_at: datetime
    details: dict[str, Any]


class TakenBack(Struct, frozen=True):
    transaction: Transaction
    taken: int
    owed: int


class Movement(Struct, frozen=True):
    """A line of somebody's history: what a transfer changed for them, whoever wanted it."""

    id: UUID
    """Of the transfer."""
    type: TransactionType
    amount: int
    """The change of their coins; where it did not touch them, of their earnings."""
    coins: int
    earnings: int
    debt: int
    """Of what they owe."""
    description: str
    subject_id: UUID | None
    reverses_id: UUID | None
    created_at: datetime
    details: dict[str, Any]


class MovementPage(Struct, frozen=True):
    items: list[Movement]
    next: UUID | None = None


TRANSACTION = "id, user_id, amount, transaction_type as type, description, subject_id, reverses_id, created_at, details"


async def do_transfer(
    tx: Tx,
    type: TransactionType,
    entries: Sequence[Entry],
    *,
    key: str,
    user_id: UUID | None,
    description: str = "",
    subject_id: UUID | None = None,
    details: Mapping[str, Any] | None = None,
) -> Transaction:
    """Move coins; ``user_id`` is in whose history it stands. The same key again answers the first transfer.

    A person's transaction may only spend what is theirs. Raises BalanceTooLow, IdempotencyKeyReused and, when a person
    wants to spend, WalletIsFrozen and DebtBlocks.
    """
    with worded():
        made = await tx.one(
            Transaction,
            f"select {TRANSACTION} from app.transfer($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            *(key, type, *columns(entries), user_id, description, subject_id, dict(details or {})),
        )
    for person in people_in(entries):
        await tell_wallet(tx, person)
    return made


async def do_credit(
    tx: Tx,
    user_id: UUID,
    amount: int,
    *,
    source: Account,
    type: TransactionType,
    key: str,
    description: str = "",
    subject_id: UUID | None = None,
    details: Mapping[str, Any] | None = None,
) -> Transaction:
    """Give a person coins. What they owe is paid from them at once, by a transfer of its own. A service transaction."""
    return await do_transfer(
        tx,
        type,
        [Entry(source, -amount), Entry(coins_of(user_id), amount)],
        key=key,
        user_id=user_id,
        description=description,
        subject_id=subject_id,
        details=details,
    )


async def do_take_back(
    tx: Tx,
    user_id: UUID,
    amount: int,
    *,
    to: Account,
    type: TransactionType,
    key: str,
    description: str = "",
    subject_id: UUID | None = None,
    details: Mapping[str, Any] | None = None,
) -> TakenBack:
    """Coins that are there and not held go back to ``to``; the rest is owed from now on. A service transaction."""
    with worded():
        made = await tx.one(
            Transaction,
            f"select {TRANSACTION} from app.claw_back($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            *(key, type, user_id, amount, to.kind, to.provider, to.currency),
            *(description, subject_id, dict(details or {})),
        )
    await tell_wallet(tx, user_id)
    return TakenBack(made, made.details["taken"], made.details["owed"])


async def do_forgive_debt(tx: Tx, user_id: UUID, at_most: int, *, key: str, reason: str) -> Transaction:
    """The community bears what somebody owes. A service transaction. Raises BalanceTooLow when nothing is owed."""
    with worded():
        made = await tx.one(
            Transaction,
            f"select {TRANSACTION} from app.forgive_debt($1, $2, $3, $4, $5)",
            *(key, user_id, at_most, reason),
        )
    await tell_wallet(tx, user_id)
    return made


async def do_reverse(tx: Tx, transaction_id: UUID, *, key: str, reason: str) -> Transaction:
    """Undo a transfer by its mirror image, once. A service transaction.

    Raises NotFound, AlreadyReversed, NotReversible, and BalanceTooLow when somebody has spent what they would give back.
    """
    with worded():
        made = await tx.one(
            Transaction,
            f"select {TRANSACTION} from app.reverse_transfer($1, $2, $3, $4)",
            *(key, transaction_id, reason),
        )
    for person in await tx.all(
        UUID,
        "select account.user_id from app.coin_entries entry join app.ledger_accounts account "
        "on account.tenant_id = $1 and account.id = entry.account_id "
        "where entry.tenant_id = $1 and entry.transaction_id = $2 and account.user_id is not null",
        made.id,
    ):
        await tell_wallet(tx, person)
    return made


async def transaction(tx: Tx, transaction_id: UUID) -> Transaction:
    """Raises NotFound; a person sees their own."""
    return await tx.one(
        Transaction,
        f"select {TRANSACTION} from app.coin_transactions where tenant_id = $1 and id = $2",
        transaction_id,
    )


async def history(tx: Tx, before: UUID | None, limit: int, user_id: UUID | None = None) -> MovementPage:
    """A person's, newest first; in a person's transaction their own. All of it together is what they have."""
    items = await tx.all(
        Movement,
        "select id, type, amount, coins, earnings, debt, description, subject_id, reverses_id, created_at, details "
        "from app.coin_history($1, $2, $3, $4)",
        user_id or tx.me.user_id,
        before,
        limit,
    )
    return MovementPage(items, items[-1].id if len(items) == limit else None)
