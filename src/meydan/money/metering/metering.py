"""Time that one person pays another for, minute by minute, while the server sees media flow between them.

The payer's coins for the minute that runs are held. A minute used up is paid, and the next one held; where it cannot be,
the time is over. Of the last minute half must have been used, or it costs nothing. All of it stands in the database and
every step is one transaction under the meter's row lock: whoever dies, whoever comes twice, nothing is paid twice or lost.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from msgspec import Struct

from meydan import tenants
from meydan.kit import clock, realtime
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.events import publish
from meydan.money.metering.events import MeterEnded, MeterWarned
from meydan.money.metering.meters import METER, MINUTE, Meter, MeterBill, MeterEnd, MeterEndedFrame, MeterWarning
from meydan.money.metering.settings import MeteringSettings
from meydan.money.wallet import (
    TENANT_REVENUE,
    BalanceTooLow,
    DebtBlocks,
    Entry,
    HoldOver,
    IdempotencyKeyReused,
    TransactionType,
    WalletIsFrozen,
    do_commit_hold,
    do_hold,
    do_release_hold,
    earnings_of,
)

log = logging.getLogger(__name__)

_HELD_FOR = timedelta(hours=24)  # long after the tick has ended a meter that nobody sees any more
_AT_ONCE = 200


class _Unit(Struct, frozen=True):
    number: int
    hold_id: UUID


class _Sum(Struct, frozen=True):
    minutes: int
    paid: int
    earned: int


async def do_start_meter(
    tx: Tx, *, payer: UUID, payee: UUID, coins_per_minute: int, subject_id: UUID, key: str
) -> Meter:
    """Hold the first minute's coins. The same key again answers the same meter. A service transaction.

    Raises BalanceTooLow, WalletIsFrozen, DebtBlocks: nobody is called then. IdempotencyKeyReused.
    """
    settings = await tenants.settings(tx, MeteringSettings)
    meter = await tx.maybe(
        Meter,
        "insert into app.meters (tenant_id, payer_user_id, payee_user_id, coins_per_minute, share_percent, subject_id, "
        f"idempotency_key) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning {METER}",
        *(payer, payee, coins_per_minute, settings.call_share_percent, subject_id, key),
    )
    if meter is None:
        known = await tx.one(
            Meter, f"select {METER} from app.meters where tenant_id = $1 and idempotency_key = $2", key
        )
        said = (known.payer_user_id, known.payee_user_id, known.coins_per_minute, known.subject_id)
        if said != (payer, payee, coins_per_minute, subject_id):
            raise IdempotencyKeyReused
        return known
    await _hold(tx, meter)
    await _warn(tx, meter.id)
    return meter


async def do_see_media(tx: Tx, meter_id: UUID, at: datetime) -> bool:
    """Media was seen to flow at this time; false: the meter has ended. Signs may come twice and in any order.

    Raises NotFound. A service transaction.
    """
    meter = await _locked(tx, meter_id)
    gap = timedelta(seconds=(await tenants.settings(tx, MeteringSettings)).heartbeat_gap_seconds)
    if meter.ended_at is not None:
        return False
    if at > clock.now() + gap or (meter.seen_at is not None and at <= meter.seen_at):
        return True
    between = at - meter.seen_at if meter.seen_at is not None else None
    counts = between // timedelta(milliseconds=1) if between is not None and between <= gap else 0
    meter = await tx.one(
        Meter,
        f"update app.meters set used = used + $3, seen_at = $4 where tenant_id = $1 and id = $2 returning {METER}",
        *(meter_id, counts, at),
    )
    return (await _settle(tx, meter)).ended_at is None


async def do_stop_meter(tx: Tx, meter_id: UUID, reason: MeterEnd) -> MeterBill:
    """Stopping again answers the same bill. Raises NotFound. A service transaction."""
    meter = await _settle(tx, await _locked(tx, meter_id))
    if meter.ended_at is None:
        meter = await _end(tx, meter, reason)
    return await _bill(tx, meter)


async def do_end_all_of(tx: Tx, user_id: UUID) -> None:
    """Whoever is gone neither pays nor earns any more. A service transaction."""
    running = await tx.all(
        UUID,
        "select id from app.meters where tenant_id = $1 and ended_at is null and $2 in (payer_user_id, payee_user_id) "
        "order by id for update",
        user_id,
    )
    await _lock_accounts(tx, running)
    for meter_id in running:
        await do_stop_meter(tx, meter_id, MeterEnd.lost)


async def do_tick_meters(tx: Tx) -> None:
    """Look after what needs it: minutes used up, payers to be warned, meters that nobody sees any more.

    A meter that somebody else is looking after at this moment is left to them; one that fails keeps no other waiting.
    A service transaction.
    """
    lost_after = timedelta(seconds=(await tenants.settings(tx, MeteringSettings)).timeout_seconds)
    unseen_since = clock.now() - lost_after
    meters = await tx.all(
        Meter,
        f"select {METER} from app.meters where tenant_id = $1 and ended_at is null "
        "and (used >= unit * $2 or coalesce(seen_at, created_at) < $3) order by id limit $4 for update skip locked",
        *(MINUTE, unseen_since, _AT_ONCE),
    )
    await _lock_accounts(tx, [meter.id for meter in meters])
    for meter in meters:
        try:
            async with tx.savepoint():
                settled = await _settle(tx, meter)
                if settled.ended_at is None and (settled.seen_at or settled.created_at) < unseen_since:
                    await _end(tx, settled, MeterEnd.lost)
        except (asyncpg.PostgresError, Refused):
            log.exception("the meter %s could not be settled; it will be tried again", meter.id)
    await _warn(tx)


async def _lock_accounts(tx: Tx, meter_ids: list[UUID]) -> None:
    """Of several meters, before any of them is settled: nobody waits in a circle."""
    if len(meter_ids) > 1:
        await tx.run("select app.lock_meter_accounts($1, $2)", meter_ids)


async def _locked(tx: Tx, meter_id: UUID) -> Meter:
    return await tx.one(Meter, f"select {METER} from app.meters where tenant_id = $1 and id = $2 for update", meter_id)


async def _settle(tx: Tx, meter: Meter) -> Meter:
    """Pay for the minutes that are used up and hold the one that runs; the meter is locked."""
    while meter.ended_at is None and meter.left_of_unit <= 0:
        await _pay(tx, meter)
        following = await tx.one(
            Meter,
            f"update app.meters set unit = unit + 1, warned_at = null where tenant_id = $1 and id = $2 returning {METER}",
            meter.id,
        )
        try:
            async with tx.savepoint():
                await _hold(tx, following)
        except BalanceTooLow:
            return await _end(tx, following, MeterEnd.no_coins)
        except (WalletIsFrozen, DebtBlocks):
            return await _end(tx, following, MeterEnd.refused)
        await _warn(tx, meter.id)
        meter = following
    return meter


async def _hold(tx: Tx, meter: Meter) -> None:
    hold = await do_hold(
        tx,
        meter.payer_user_id,
        meter.coins_per_minute,
        key=f"meter:{meter.id}:{meter.unit}:hold",
        purpose="call",
        subject_id=meter.subject_id,
        expires_at=clock.now() + _HELD_FOR,
    )
    await tx.run(
        "insert into app.meter_units (tenant_id, meter_id, number, hold_id, coins) values ($1, $2, $3, $4, $5)",
        *(meter.id, meter.unit, hold.id, meter.coins_per_minute),
    )


async def _held(tx: Tx, meter: Meter) -> _Unit | None:
    return await tx.maybe(
        _Unit,
        "select number, hold_id from app.meter_units where tenant_id = $1 and meter_id = $2 and status = 'held'",
        meter.id,
    )


async def _pay(tx: Tx, meter: Meter) -> None:
    """What is held for the minute that runs."""
    unit = await _held(tx, meter)
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
    except HoldOver:  # nobody looked after this meter for a day: the coins are the payer's again
        log.warning("minute %s of meter %s was held too long and stays unpaid", unit.number, meter.id)
        await _release(tx, meter)
        return
    await _settled(tx, meter, unit, "paid", earned, transaction.id)


async def _release(tx: Tx, meter: Meter) -> None:
    if (unit := await _held(tx, meter)) is not None:
        await do_release_hold(tx, unit.hold_id)
        await _settled(tx, meter, unit, "released")


async def _settled(
    tx: Tx, meter: Meter, unit: _Unit, status: str, earned: int = 0, transaction_id: UUID | None = None
) -> None:
    await tx.run(
        "update app.meter_units set status = $4, earned = $5, transaction_id = $6, settled_at = app.now() "
        "where tenant_id = $1 and meter_id = $2 and number = $3",
        *(meter.id, unit.number, status, earned, transaction_id),
    )


async def _warn(tx: Tx, meter_id: UUID | None = None) -> None:
    """Tell payers whose coins pay for nothing after the minute that runs: of this meter, or of all. Once for each minute."""
    last = await tx.all(
        Meter,
        f"""
        with last as (
            select meter.id from app.meters meter
            join app.ledger_balances coins on coins.tenant_id = $1 and coins.stripe = 0
                and coins.account_id = app.ledger_account_id('person_coins', meter.payer_user_id, null, null)
            where meter.tenant_id = $1 and meter.ended_at is null and meter.warned_at is null
                and ($2::uuid is null or meter.id = $2)
                and (coins.frozen or coins.balance - coins.held < meter.coins_per_minute)
            for update of meter skip locked
        )
        update app.meters set warned_at = app.now()
        where tenant_id = $1 and id = any(array(select last.id from last)) returning {METER}
        """,
        meter_id,
    )
    for meter in last:
        seconds_left = -(-meter.left_of_unit // 1000)
        await realtime.send_frame(tx, meter.payer_user_id, MeterWarning(meter.id, meter.subject_id, seconds_left))
        await publish(tx, MeterWarned(meter.id, meter.payer_user_id))


async def _end(tx: Tx, meter: Meter, reason: MeterEnd) -> Meter:
    if meter.left_of_unit * 2 <= MINUTE:
        await _pay(tx, meter)
    else:
        await _release(tx, meter)
    ended = await tx.one(
        Meter,
        "update app.meters set ended_at = app.now(), end_reason = $3 where tenant_id = $1 and id = $2 "
        f"returning {METER}",
        *(meter.id, reason),
    )
    bill = await _bill(tx, ended)
    told = meter.id, meter.subject_id, reason, bill.seconds
    await realtime.send_frame(tx, meter.payer_user_id, MeterEndedFrame(*told, paid=bill.paid))
    await realtime.send_frame(tx, meter.payee_user_id, MeterEndedFrame(*told, earned=bill.earned))
    await publish(
        tx,
        MeterEnded(
            meter_id=meter.id,
            payer_user_id=meter.payer_user_id,
            payee_user_id=meter.payee_user_id,
            reason=reason,
            seconds=bill.seconds,
            paid=bill.paid,
        ),
    )
    return ended


async def _bill(tx: Tx, meter: Meter) -> MeterBill:
    total = await tx.one(
        _Sum,
        "select count(*)::integer as minutes, coalesce(sum(coins), 0)::bigint as paid, "
        "coalesce(sum(earned), 0)::bigint as earned "
        "from app.meter_units where tenant_id = $1 and meter_id = $2 and status = 'paid'",
        meter.id,
    )
    reason = meter.end_reason or MeterEnd.hung_up
    return MeterBill(meter.id, reason, meter.used // 1000, total.minutes, total.paid, total.earned)
