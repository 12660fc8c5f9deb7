"""Transfers: entries that sum to zero. Each is idempotent by its key, and one SQL call in the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from meydan import accounts
from meydan.kit.database import Tx
from meydan.money.wallet.balances import do_send_wallet
from meydan.money.wallet.enums import Account, Entry, TransactionType, coins_of, entry_rows, users_in
from meydan.money.wallet.errors import translated_errors


class Transaction(Struct, frozen=True):
    """A transfer, without its entries."""

    id: UUID
    user_id: UUID | None
    amount: int
    """The change of that user's coins; if they are untouched, of their earnings."""
    type: TransactionType
    description: str
    subject_id: UUID | None
    reverses_id: UUID | None
    created_at: datetime
    details: dict[str, Any]


class Clawback(Struct, frozen=True):
    transaction: Transaction
    taken: int
    owed: int


class HistoryItem(Struct, frozen=True):
    """A line of a user's history: the change that a transfer made to their accounts."""

    id: UUID
    """The transfer's."""
    type: TransactionType
    amount: int
    """The change of their coins; if they are untouched, of their earnings."""
    coins: int
    earnings: int
    debt: int
    """The change of their debt account."""
    description: str
    subject_id: UUID | None
    reverses_id: UUID | None
    created_at: datetime
    details: dict[str, Any]


class HistoryPage(Struct, frozen=True):
    items: list[HistoryItem]
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
    """Moves coins, into the history of ``user_id``. Idempotent by ``key``.

    A user's transaction may debit only that user's coins. A freeze and debt block only such debits.

    Raises: BalanceTooLow, IdempotencyKeyReused, WalletBlocked, DebtBlocks.
    Runs as: service or user.
    """
    with translated_errors():
        made = await tx.one(
            Transaction,
            f"select {TRANSACTION} from app.transfer($1, $2, $3, $4, $5, $6, $7, $8)",
            *(key, type, entry_rows(entries), user_id, description, subject_id, dict(details or {})),
        )
    for owner_id in users_in(entries):
        await do_send_wallet(tx, owner_id)
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
    """Credits coins. The user's debt is paid from them at once, by a transfer of its own.

    Runs as: service.
    """
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


async def do_claw_back(
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
) -> Clawback:
    """Claws coins back to ``to``: the unheld balance first; the rest becomes debt. An erased account's heir owes it.

    Runs as: service.
    """
    with translated_errors():
        made = await tx.one(
            Transaction,
            f"select {TRANSACTION} from app.claw_back($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            *(key, type, user_id, amount, to.kind, to.provider, to.currency),
            *(description, subject_id, dict(details or {})),
        )
    await do_send_wallet(tx, user_id)
    await accounts.inheritance.do_pass_on(tx, user_id)
    return Clawback(made, made.details["taken"], made.details["owed"])


async def do_forgive_debt(tx: Tx, user_id: UUID, at_most: int, *, key: str, reason: str) -> Transaction:
    """Pays up to ``at_most`` of the user's debt from the tenant's promotions account.

    Raises: BalanceTooLow (no debt).
    Runs as: service.
    """
    with translated_errors():
        made = await tx.one(
            Transaction,
            f"select {TRANSACTION} from app.forgive_debt($1, $2, $3, $4, $5)",
            *(key, user_id, at_most, reason),
        )
    await do_send_wallet(tx, user_id)
    return made


async def do_reverse(tx: Tx, transaction_id: UUID, *, key: str, reason: str) -> Transaction:
    """Reverses a transfer by its mirror image, at most once.

    Raises: NotFound, AlreadyReversed, NotReversible, BalanceTooLow (a receiver has spent the coins).
    Runs as: service.
    """
    with translated_errors():
        made = await tx.one(
            Transaction,
            f"select {TRANSACTION} from app.reverse_transfer($1, $2, $3, $4)",
            *(key, transaction_id, reason),
        )
    for owner_id in await tx.all(
        UUID,
        """
        select account.user_id from app.coin_entries entry join app.ledger_accounts account
            on account.tenant_id = $1 and account.id = entry.account_id
        where entry.tenant_id = $1 and entry.transaction_id = $2 and account.user_id is not null
        """,
        made.id,
    ):
        await do_send_wallet(tx, owner_id)
    return made


async def transaction(tx: Tx, transaction_id: UUID) -> Transaction:
    """The transfer; a user sees only their own.

    Raises: NotFound.
    Runs as: service or user.
    """
    return await tx.one(
        Transaction,
        f"select {TRANSACTION} from app.coin_transactions where tenant_id = $1 and id = $2",
        transaction_id,
    )


async def history(tx: Tx, before: UUID | None, limit: int, user_id: UUID | None = None) -> HistoryPage:
    """The user's transfers, newest first; the acting user's by default. All amounts together are the balance."""
    items = await tx.all(
        HistoryItem,
        """
        select id, type, amount, coins, earnings, debt, description, subject_id, reverses_id, created_at, details
        from app.coin_history($1, $2, $3, $4)
        """,
        user_id or tx.me.user_id,
        before,
        limit,
    )
    return HistoryPage(items, items[-1].id if len(items) == limit else None)
