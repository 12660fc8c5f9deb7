"""Adjustments: coins that staff give or take by hand, with a reason for the person and a limit per day."""

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
    """Negative: taken."""
    reason: str
    by: Person
    created_at: datetime


class AdjustmentTooLarge(Refused):
    """``left`` is how many coins this member of the staff may still move today."""

    code, status, title = "adjustment_too_large", 409, "These are more coins than you may give or take in a day."


class _KnownAdjustment(Struct, frozen=True):
    user_id: UUID
    coins: int
    reason: str


async def do_adjust(
    tx: Tx, user_id: UUID, direction: Direction, number: int, reason: str, actor: UUID, *, key: str
) -> None:
    """Gives a person coins, which pay their debt first, or takes coins. Idempotent by ``key``.

    Coins that are spent or held are not taken: only a clawback makes a debt.

    Locks: the person against erasure, then the staff member's adjustments (advisory).
    Raises: NotFound, ConflictOfInterest, PersonGone, AdjustmentTooLarge, IdempotencyKeyReused, BalanceTooLow.
    Runs as: service."""
    coins = number if direction is Direction.give else -number
    is_present = await accounts.lock_against_erasure(tx, user_id)
    await conflict_of_interest.check(tx, actor, user_id)
    await tx.run("select pg_advisory_xact_lock($1, hashtext('coins by staff ' || $2::text))", str(actor))
    known = await tx.maybe(
        _KnownAdjustment,
        "select user_id, coins, reason from app.coin_adjustments where tenant_id = $1 and idempotency_key = $2",
        key,
    )
    if known is not None:
        if known != _KnownAdjustment(user_id, coins, reason):
            raise wallet.IdempotencyKeyReused
        return
    if not is_present:
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
        """
        insert into app.coin_adjustments (tenant_id, user_id, acted_by_user_id, coins, reason, transaction_id, idempotency_key)
        values ($1, $2, $3, $4, $5, $6, $7)
        """,
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
    """Coins that a staff member may still give or take; the limit counts the last twenty-four hours."""
    settings = await tenants.settings(tx, BackofficeSettings)
    moved = await tx.one(
        int,
        """
        select coalesce(sum(abs(coins)), 0)::bigint from app.coin_adjustments
        where tenant_id = $1 and acted_by_user_id = $2 and created_at > app.now() - interval '1 day'
        """,
        actor,
    )
    return max(settings.adjustment_limit_per_day - moved, 0)


async def adjustments_of(tx: Tx, user_id: UUID) -> list[Adjustment]:
    """A person's newest twenty adjustments, newest first.

    Runs as: service."""
    return await tx.all(
        Adjustment,
        f"""
        select id, coins, reason, {person("coin_adjustments.acted_by_user_id")} as by, created_at from app.coin_adjustments
        where tenant_id = $1 and user_id = $2 order by id desc limit $3
        """,
        user_id,
        _SHOWN,
    )
