"""Holds: coins reserved for metered use, then committed in part or whole; the rest is released."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from meydan.kit.database import Tx
from meydan.money.wallet.balances import do_send_wallet
from meydan.money.wallet.enums import Entry, TransactionType, entry_rows, users_in
from meydan.money.wallet.errors import translated_errors
from meydan.money.wallet.ledger import TRANSACTION, Transaction

_BATCH = 500
_HOLD = "id, user_id, amount, purpose, status, expires_at, created_at, subject_id, committed, transaction_id, ended_at"


class HoldStatus(StrEnum):
    open = "open"
    committed = "committed"
    released = "released"
    expired = "expired"


class Hold(Struct, frozen=True):
    id: UUID
    user_id: UUID
    amount: int
    purpose: str
    status: HoldStatus
    expires_at: datetime
    created_at: datetime
    subject_id: UUID | None = None
    committed: int = 0
    transaction_id: UUID | None = None
    ended_at: datetime | None = None


async def do_hold(
    tx: Tx,
    user_id: UUID,
    amount: int,
    *,
    key: str,
    purpose: str,
    subject_id: UUID | None = None,
    expires_at: datetime,
) -> Hold:
    """Reserves coins until ``expires_at``. Idempotent by ``key``, also after the hold has ended.

    Raises: BalanceTooLow, WalletBlocked, DebtBlocks, IdempotencyKeyReused.
    Runs as: service or user.
    """
    with translated_errors():
        made = await tx.one(
            Hold,
            f"select {_HOLD} from app.hold_coins($1, $2, $3, $4, $5, $6, $7)",
            *(key, user_id, amount, purpose, subject_id, expires_at),
        )
    await do_send_wallet(tx, user_id)
    return made


async def do_commit_hold(
    tx: Tx,
    hold_id: UUID,
    pays: Sequence[Entry],
    *,
    type: TransactionType,
    key: str,
    description: str = "",
    subject_id: UUID | None = None,
    details: Mapping[str, Any] | None = None,
) -> Transaction:
    """Pays from the hold. ``pays`` are its receivers, together at most the hold; the rest is released.

    A freeze in the meantime does not stop it. Idempotent by ``key``.

    Raises: NotFound, HoldExpired, IdempotencyKeyReused.
    Runs as: service or user.
    """
    with translated_errors():
        made = await tx.one(
            Transaction,
            f"select {TRANSACTION} from app.commit_hold($1, $2, $3, $4, $5, $6, $7, $8)",
            *(hold_id, key, type, entry_rows(pays), description, subject_id, dict(details or {})),
        )
    for user_id in users_in(pays) | ({made.user_id} if made.user_id else set()):
        await do_send_wallet(tx, user_id)
    return made


async def do_release_hold(tx: Tx, hold_id: UUID) -> Hold:
    """Releases the hold without a payment. A released or expired one stays as it is.

    Raises: NotFound, HoldExpired (it was committed).
    Runs as: service or user.
    """
    with translated_errors():
        hold = await tx.one(Hold, f"select {_HOLD} from app.release_hold($1, $2)", hold_id)
    await do_send_wallet(tx, hold.user_id)
    return hold


async def do_expire(tx: Tx) -> int:
    """Releases expired holds. Returns the number of users whose wallets changed.

    Runs as: service.
    """
    user_ids = await tx.all(UUID, "select app.expire_holds($1, $2)", _BATCH)
    for user_id in user_ids:
        await do_send_wallet(tx, user_id)
    return len(user_ids)


async def hold(tx: Tx, hold_id: UUID) -> Hold:
    """The hold; a user sees only their own.

    Raises: NotFound.
    Runs as: service or user.
    """
    return await tx.one(Hold, f"select {_HOLD} from app.coin_holds where tenant_id = $1 and id = $2", hold_id)
