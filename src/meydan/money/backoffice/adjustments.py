"""Coins that staff give somebody, or take from them: with a reason that the person reads, and no more than a day allows."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import accounts, tenants
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.money import wallet
from meydan.money.backoffice import conflict_of_interest
from meydan.money.backoffice.person_view import Person, person
from meydan.money.backoffice.settings import BackofficeSettings
from meydan.money.fraud import PersonGone

_SHOWN = 20


class Direction(StrEnum):
    give = "give"
    take = "take"


class Adjustment(Struct, frozen=True):
    id: UUID
    coins: int
    """Below zero: taken."""
    reason: str
    by: Person
    created_at: datetime


class AdjustmentTooLarge(Refused):
    """``left`` is how many coins this member of the staff may still move today."""

    code, status, title = "adjustment_too_large", 409, "These are more coins than you may give or take in a day."


class _Known(Struct, frozen=True):
    user_id: UUID
    coins: int
    reason: str


async def do_adjust(
    tx: Tx, user_id: UUID, direction: Direction, number: int, reason: str, actor: UUID, *, key: str
) -> None:
    """Give somebody coins, or take them; what somebody owes is paid by what they are given. The same key again does nothing.

    Raises NotFound, OwnAffair, PersonGone, AdjustmentTooLarge, IdempotencyKeyReused, and BalanceTooLow: what is spent or held
    is not taken, for only money that went back makes a debt. A service transaction."""
    coins = number if direction is Direction.give else -number
    is_here = await accounts.lock_against_erasure(tx, user_id)
    await conflict_of_interest.check(tx, actor, user_id)
    await tx.run("select pg_advisory_xact_lock($1, hashtext('coins by staff ' || $2::text))", str(actor))
    known = await tx.maybe(
        _Known,
        "select user_id, coins, reason from app.coin_adjustments where (tenant_id, idempotency_key) = ($1, $2)",
        key,
    )
    if known is not None:
        if known != _Known(user_id, coins, reason):
            raise wallet.IdempotencyKeyReused
        return
    if not is_here:
        raise PersonGone
    if number > (left := await left_today(tx, actor)):
        raise AdjustmentTooLarge(left=left)
    moved = await wallet.do_transfer(
        tx,
        wallet.TransactionType.adjustment,
        [wallet.Entry(wallet.PROMOTIONS, -coins), wallet.Entry(wallet.coins_of(user_id), coins)],
        key=key,
        user_id=user_id,
        description="staff",
        details={"note": reason},
    )
    await tx.run(
        "insert into app.coin_adjustments (tenant_id, user_id, actor_user_id, coins, reason, transaction_id, idempotency_key)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        *(user_id, actor, coins, reason, moved.id, key),
    )
    await tenants.do_record(
        tx,
        "coins_adjusted",
        user_id=user_id,
        acted_by_user_id=actor,
        coins=coins,
        reason=reason,
        transaction_id=moved.id,
    )


async def left_today(tx: Tx, actor: UUID) -> int:
    """How many coins this member of the staff may still give or take: so many in any twenty-four hours."""
    settings = await tenants.settings(tx, BackofficeSettings)
    moved = await tx.one(
        int,
        "select coalesce(sum(abs(coins)), 0)::bigint from app.coin_adjustments"
        " where tenant_id = $1 and actor_user_id = $2 and created_at > app.now() - interval '1 day'",
        actor,
    )
    return max(settings.adjustment_limit_per_day - moved, 0)


async def of_person(tx: Tx, user_id: UUID) -> list[Adjustment]:
    """Newest first. A service transaction."""
    return await tx.all(
        Adjustment,
        f"select id, coins, reason, {person('coin_adjustments.actor_user_id')} as by, created_at from app.coin_adjustments"
        " where tenant_id = $1 and user_id = $2 order by id desc limit $3",
        user_id,
        _SHOWN,
    )
