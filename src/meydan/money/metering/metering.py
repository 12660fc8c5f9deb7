"""Metering of paid time between two users, minute by minute, while the server's heartbeats report media.

The payer's coins for the running minute are held. A used-up minute is paid and the next one held; if that fails, the meter
ends. The last minute is free unless at least half of it was used. Every step is one transaction under the meter's row
lock. Neither a crash nor a repetition loses a minute or bills it twice.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from meydan import tenants
from meydan.kit import clock, realtime
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.events import publish
from meydan.money.metering import units
from meydan.money.metering.events import MeterEnded, MeterWarned
from meydan.money.metering.meters import METER, MINUTE, Meter, MeterBill, MeterEnd, MeterEndedFrame, MeterWarning
from meydan.money.metering.settings import MeteringSettings
from meydan.money.wallet import BalanceTooLow, DebtBlocks, IdempotencyKeyReused, WalletBlocked

log = logging.getLogger(__name__)

_BATCH = 200


async def do_start_meter(
    tx: Tx, *, payer: UUID, payee: UUID, coins_per_minute: int, subject_id: UUID, key: str
) -> Meter:
    """Starts a meter and holds the first minute's coins. Idempotent by ``key``.

    Raises: BalanceTooLow, WalletBlocked, DebtBlocks, IdempotencyKeyReused.
    Runs as: service.
    """
    settings = await tenants.settings(tx, MeteringSettings)
    meter = await tx.maybe(
        Meter,
        f"""
        insert into app.meters (tenant_id, payer_user_id, payee_user_id, coins_per_minute, share_percent, subject_id,
            idempotency_key) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning {METER}
        """,
        *(payer, payee, coins_per_minute, settings.call_share_percent, subject_id, key),
    )
    if meter is None:
        known = await tx.one(
            Meter, f"select {METER} from app.meters where tenant_id = $1 and idempotency_key = $2", key
        )
        started = (known.payer_user_id, known.payee_user_id, known.coins_per_minute, known.subject_id)
        if started != (payer, payee, coins_per_minute, subject_id):
            raise IdempotencyKeyReused
        return known
    await units.do_hold_unit(tx, meter)
    await _do_warn(tx, meter.id)
    return meter


async def do_record_heartbeat(tx: Tx, meter_id: UUID, at: datetime) -> bool:
    """Records a heartbeat of the call's media and bills; returns False if the meter has ended.

    Duplicate and out-of-order heartbeats are ignored.

    Raises: NotFound.
    Runs as: service.
    """
    meter = await _lock_meter(tx, meter_id)
    gap = timedelta(seconds=(await tenants.settings(tx, MeteringSettings)).heartbeat_gap_seconds)
    if meter.ended_at is not None:
        return False
    if at > clock.now() + gap or (meter.seen_at is not None and at <= meter.seen_at):
        return True
    between = at - meter.seen_at if meter.seen_at is not None else None
    billable = between // timedelta(milliseconds=1) if between is not None and between <= gap else 0
    meter = await tx.one(
        Meter,
        f"update app.meters set used = used + $3, seen_at = $4 where tenant_id = $1 and id = $2 returning {METER}",
        *(meter_id, billable, at),
    )
    return (await _do_bill(tx, meter)).ended_at is None


async def do_stop_meter(tx: Tx, meter_id: UUID, reason: MeterEnd) -> MeterBill:
    """Ends the meter and returns its bill. Idempotent.

    Raises: NotFound.
    Runs as: service.
    """
    meter = await _do_bill(tx, await _lock_meter(tx, meter_id))
    if meter.ended_at is None:
        meter = await _do_end(tx, meter, reason)
    return await units.bill_of(tx, meter)


async def do_end_meters_of(tx: Tx, user_id: UUID) -> None:
    """Ends all meters in which the user pays or earns.

    Locks: meters, ledger accounts.
    Runs as: service.
    """
    running = await tx.all(
        UUID,
        """
        select id from app.meters where tenant_id = $1 and ended_at is null and $2 in (payer_user_id, payee_user_id)
        order by id for update
        """,
        user_id,
    )
    await _lock_accounts(tx, running)
    for meter_id in running:
        await do_stop_meter(tx, meter_id, MeterEnd.lost)


async def do_advance_meters(tx: Tx) -> None:
    """Bills used-up minutes, warns payers, and ends meters without heartbeats.

    Skips meters that another transaction holds. A failure of one meter is logged and stops no other.

    Locks: meters, ledger accounts.
    Runs as: service.
    """
    lost_after = timedelta(seconds=(await tenants.settings(tx, MeteringSettings)).timeout_seconds)
    unseen_since = clock.now() - lost_after
    meters = await tx.all(
        Meter,
        f"""
        select {METER} from app.meters where tenant_id = $1 and ended_at is null
            and (used >= unit * $2 or coalesce(seen_at, created_at) < $3) order by id limit $4 for update skip locked
        """,
        *(MINUTE, unseen_since, _BATCH),
    )
    await _lock_accounts(tx, [meter.id for meter in meters])
    for meter in meters:
        try:
            async with tx.savepoint():
                billed = await _do_bill(tx, meter)
                if billed.ended_at is None and (billed.seen_at or billed.created_at) < unseen_since:
                    await _do_end(tx, billed, MeterEnd.lost)
        except (asyncpg.PostgresError, Refused):
            log.exception("the meter %s could not be billed; it will be tried again", meter.id)
    await _do_warn(tx)


async def _lock_accounts(tx: Tx, meter_ids: list[UUID]) -> None:
    """Locks the accounts of several meters in one order before any is billed, to prevent deadlock.

    Locks: ledger accounts.
    """
    if len(meter_ids) > 1:
        await tx.run("select app.lock_meter_accounts($1, $2)", meter_ids)


async def _lock_meter(tx: Tx, meter_id: UUID) -> Meter:
    """The meter, under its row lock.

    Locks: meters.
    """
    return await tx.one(Meter, f"select {METER} from app.meters where tenant_id = $1 and id = $2 for update", meter_id)


async def _do_bill(tx: Tx, meter: Meter) -> Meter:
    """Pays for used-up minutes and holds the running one. The caller has locked the meter."""
    while meter.ended_at is None and meter.remaining_in_unit <= 0:
        await units.do_pay_unit(tx, meter)
        following = await tx.one(
            Meter,
            f"update app.meters set unit = unit + 1, warned_at = null where tenant_id = $1 and id = $2 returning {METER}",
            meter.id,
        )
        try:
            async with tx.savepoint():
                await units.do_hold_unit(tx, following)
        except BalanceTooLow:
            return await _do_end(tx, following, MeterEnd.no_coins)
        except (WalletBlocked, DebtBlocks):
            return await _do_end(tx, following, MeterEnd.refused)
        await _do_warn(tx, meter.id)
        meter = following
    return meter


async def _do_warn(tx: Tx, meter_id: UUID | None = None) -> None:
    """Warns payers whose coins end with the running minute, of one meter or of all; once per minute.

    Locks: meters.
    """
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
        seconds_left = -(-meter.remaining_in_unit // 1000)
        await realtime.send_frame(tx, meter.payer_user_id, MeterWarning(meter.id, meter.subject_id, seconds_left))
        await publish(tx, MeterWarned(meter.id, meter.payer_user_id))


async def _do_end(tx: Tx, meter: Meter, reason: MeterEnd) -> Meter:
    if meter.remaining_in_unit * 2 <= MINUTE:
        await units.do_pay_unit(tx, meter)
    else:
        await units.do_release_unit(tx, meter)
    ended = await tx.one(
        Meter,
        f"""
        update app.meters set ended_at = app.now(), end_reason = $3 where tenant_id = $1 and id = $2
        returning {METER}
        """,
        *(meter.id, reason),
    )
    bill = await units.bill_of(tx, ended)
    facts = meter.id, meter.subject_id, reason, bill.seconds
    await realtime.send_frame(tx, meter.payer_user_id, MeterEndedFrame(*facts, paid=bill.paid))
    await realtime.send_frame(tx, meter.payee_user_id, MeterEndedFrame(*facts, earned=bill.earned))
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
