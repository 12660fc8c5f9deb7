"""Coins set aside for what is used bit by bit: reserved, then committed in part or whole and the rest released."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from meydan.kit.database import Tx
from meydan.money.wallet.balances import tell_wallet
from meydan.money.wallet.enums import Entry, TransactionType, columns, people_in
from meydan.money.wallet.errors import worded
from meydan.money.wallet.ledger import TRANSACTION, Transaction

_AT_ONCE = 500
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
    """Set coins aside until ``expires_at``; the same key again answers the first hold, however it has ended since.

    Raises BalanceTooLow, WalletIsFrozen, DebtBlocks, IdempotencyKeyReused.
    """
    with worded():
        made = await tx.one(
            Hold,
            f"select {_HOLD} from app.hold_coins($1, $2, $3, $4, $5, $6, $7)",
            *(key, user_id, amount, purpose, subject_id, expires_at),
        )
    await tell_wallet(tx, user_id)
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
    """Pay with what was held: ``pays`` says who gets how much, together at most the hold. The rest is free again.

    What was promised is paid even if the wallet was frozen meanwhile. The same key again answers the first payment.
    Raises NotFound, HoldOver, IdempotencyKeyReused.
    """
    with worded():
        made = await tx.one(
            Transaction,
            f"select {TRANSACTION} from app.commit_hold($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            *(hold_id, key, type, *columns(pays), description, subject_id, dict(details or {})),
        )
    for person in people_in(pays) | ({made.user_id} if made.user_id else set()):
        await tell_wallet(tx, person)
    return made


async def do_release_hold(tx: Tx, hold_id: UUID) -> Hold:
    """Nothing is paid. A hold that is released or expired stays as it is. Raises NotFound, HoldOver when it was committed."""
    with worded():
        hold = await tx.one(Hold, f"select {_HOLD} from app.release_hold($1, $2)", hold_id)
    await tell_wallet(tx, hold.user_id)
    return hold


async def do_expire(tx: Tx) -> int:
    """Holds whose time is over are released. A service transaction. Answers how many people have more to spend now."""
    people = await tx.all(UUID, "select app.expire_holds($1, $2)", _AT_ONCE)
    for person in people:
        await tell_wallet(tx, person)
    return len(people)


async def hold(tx: Tx, hold_id: UUID) -> Hold:
    """Raises NotFound; a person sees their own."""
    return await tx.one(Hold, f"select {_HOLD} from app.coin_holds where tenant_id = $1 and id = $2", hold_id)
