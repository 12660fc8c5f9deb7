"""Units of a meter: each minute's coins are held when it begins, then paid or released."""

import logging
from datetime import timedelta
from uuid import UUID

from msgspec import Struct

from meydan.kit import clock
from meydan.kit.database import Tx
from meydan.money.metering.meters import Meter, MeterBill, MeterEnd
from meydan.money.wallet import (
    TENANT_REVENUE,
    Entry,
    HoldExpired,
    TransactionType,
    do_commit_hold,
    do_hold,
    do_release_hold,
    earnings_of,
)

log = logging.getLogger(__name__)

_HOLD_TIME = timedelta(hours=24)  # far longer than a meter without heartbeats runs


class _HeldUnit(Struct, frozen=True):
    number: int
    hold_id: UUID


class _Sum(Struct, frozen=True):
    minutes: int
    paid: int
    earned: int


async def do_hold_unit(tx: Tx, meter: Meter) -> None:
    """Holds the coins of the running minute. The caller has locked the meter.

    Raises: BalanceTooLow, WalletBlocked, DebtBlocks.
    Runs as: service."""
    hold = await do_hold(
        tx,
        meter.payer_user_id,
        meter.coins_per_minute,
        key=f"meter:{meter.id}:{meter.unit}:hold",
        purpose="call",
        subject_id=meter.subject_id,
        expires_at=clock.now() + _HOLD_TIME,
    )
    await tx.run(
        "insert into app.meter_units (tenant_id, meter_id, number, hold_id, coins) values ($1, $2, $3, $4, $5)",
        *(meter.id, meter.unit, hold.id, meter.coins_per_minute),
    )


async def _held_unit(tx: Tx, meter: Meter) -> _HeldUnit | None:
    return await tx.maybe(
        _HeldUnit,
        "select number, hold_id from app.meter_units where tenant_id = $1 and meter_id = $2 and status = 'held'",
        meter.id,
    )


async def do_pay_unit(tx: Tx, meter: Meter) -> None:
    """Pays the running minute from its hold.

    Runs as: service."""
    unit = await _held_unit(tx, meter)
    if unit is None:
        return
    earned = meter.coins_per_minute * meter.share_percent // 100
    shares = [Entry(earnings_of(meter.payee_user_id), earned), Entry(TENANT_REVENUE, meter.coins_per_minute - earned)]
    try:
        async with tx.savepoint():
            transaction = await do_commit_hold(
                tx,
                unit.hold_id,
                [share for share in shares if share.amount],
                type=TransactionType.call,
                key=f"meter:{meter.id}:{unit.number}",
                description="call_minute",
                subject_id=meter.subject_id,
            )
    except HoldExpired:  # the meter was not advanced for a day, and the payer has the coins back
        log.warning("minute %s of meter %s was held too long and stays unpaid", unit.number, meter.id)
        await do_release_unit(tx, meter)
        return
    await _do_close_unit(tx, meter, unit, "paid", earned, transaction.id)


async def do_release_unit(tx: Tx, meter: Meter) -> None:
    """Gives the running minute's coins back to the payer.

    Runs as: service."""
    if (unit := await _held_unit(tx, meter)) is not None:
        await do_release_hold(tx, unit.hold_id)
        await _do_close_unit(tx, meter, unit, "released")


async def _do_close_unit(
    tx: Tx, meter: Meter, unit: _HeldUnit, status: str, earned: int = 0, transaction_id: UUID | None = None
) -> None:
    await tx.run(
        """
        update app.meter_units set status = $4, earned = $5, transaction_id = $6, settled_at = app.now()
        where tenant_id = $1 and meter_id = $2 and number = $3
        """,
        *(meter.id, unit.number, status, earned, transaction_id),
    )


async def bill_of(tx: Tx, meter: Meter) -> MeterBill:
    """The bill of the minutes paid so far."""
    total = await tx.one(
        _Sum,
        """
        select count(*)::integer as minutes, coalesce(sum(coins), 0)::bigint as paid,
            coalesce(sum(earned), 0)::bigint as earned
        from app.meter_units where tenant_id = $1 and meter_id = $2 and status = 'paid'
        """,
        meter.id,
    )
    reason = meter.end_reason or MeterEnd.hung_up
    return MeterBill(meter.id, reason, meter.used // 1000, total.minutes, total.paid, total.earned)
