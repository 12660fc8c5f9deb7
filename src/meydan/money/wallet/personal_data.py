"""Personal data of the ledger: exported on request. Erasure blanks free text and keeps the books."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan.kit import personal_data
from meydan.kit.database import Tx
from meydan.money.wallet import balances
from meydan.money.wallet.enums import AccountKind, TransactionType

COLUMNS = {
    "ledger_accounts.user_id",
    "coin_transactions.user_id",
    "coin_transactions.description",
    "coin_transactions.details",
    "coin_holds.user_id",
    "wallet_freezes.user_id",
    "wallet_freezes.reason",
    "wallet_freezes.frozen_by_user_id",
    "wallet_freezes.thawed_by_user_id",
}


class TransactionRow(Struct, frozen=True):
    id: UUID
    type: TransactionType
    amount: int
    description: str
    details: dict[str, Any]
    created_at: datetime


class EntryRow(Struct, frozen=True):
    transaction_id: UUID
    account: AccountKind
    amount: int
    created_at: datetime


class HoldRow(Struct, frozen=True):
    id: UUID
    purpose: str
    amount: int
    committed: int
    status: str
    created_at: datetime
    ended_at: datetime | None


class FreezeRow(Struct, frozen=True):
    reason: str
    created_at: datetime
    thawed_at: datetime | None


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    transactions = await tx.all(
        TransactionRow,
        """
        select id, transaction_type as type, amount, description, details, created_at
        from app.coin_transactions where tenant_id = $1 and user_id = $2 and id = any(array(
            select entry.transaction_id from app.ledger_accounts account join app.coin_entries entry
            on entry.tenant_id = $1 and entry.account_id = account.id
            where account.tenant_id = $1 and account.user_id = $2
            )) order by id
        """,
        user_id,
    )
    entries = await tx.all(
        EntryRow,
        """
        select entry.transaction_id, account.kind as account, entry.amount, entry.created_at
        from app.ledger_accounts account join app.coin_entries entry
            on entry.tenant_id = $1 and entry.account_id = account.id
        where account.tenant_id = $1 and account.user_id = $2 order by entry.transaction_id, account.kind
        """,
        user_id,
    )
    held = await tx.all(
        HoldRow,
        """
        select id, purpose, amount, committed, status, created_at, ended_at
        from app.coin_holds where tenant_id = $1 and user_id = $2 order by id
        """,
        user_id,
    )
    frozen = await tx.all(
        FreezeRow,
        "select reason, created_at, thawed_at from app.wallet_freezes where tenant_id = $1 and user_id = $2 order by id",
        user_id,
    )
    return {
        "wallet": msgspec.to_builtins(await balances.wallet_of(tx, user_id)),
        "transactions": msgspec.to_builtins(transactions),
        "entries": msgspec.to_builtins(entries),
        "holds": msgspec.to_builtins(held),
        "freezes": msgspec.to_builtins(frozen),
    }


async def do_close(tx: Tx, user_id: UUID) -> None:
    """Moves the user's coins to the tenant and blanks free text. Entries stay, because the ledger must add up.

    Runs as: service.
    """
    await tx.run("select app.close_wallet($1, $2)", user_id)


personal_data.register("wallet", COLUMNS, export, do_close)
