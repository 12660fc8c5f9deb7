"""Applies providers' events. Only verified webhooks and server-side checks reach it, repeatedly and in any order.

Each event is applied under the payment's row lock, and idempotent. ``Paid`` is known by its charge, a refund by the
total, a dispute by its id and time. An event that comes before its payment is deferred.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import msgspec

from meydan.integrations.payments import APP_STORES
from meydan.integrations.payments.contract import (
    Awaited,
    Declined,
    Disputed,
    EventBase,
    Failed,
    Paid,
    ProviderEvent,
    Refunded,
    SubscriptionChanged,
)
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import clock
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.events import publish
from meydan.money.payments import fulfilment, orders, payment_rows, provider_accounts, review
from meydan.money.payments.enums import DUPLICATE, PaymentStatus
from meydan.money.payments.events import PaymentHeld, PaymentSettled
from meydan.money.payments.fulfilment import Applied
from meydan.money.payments.settlement import (
    acknowledgements,
    attribution,
    clawbacks,
    deferred_events,
    provider_subscriptions,
)

Event = TypeVar("Event", bound=EventBase)
_CLOCK_SKEW = timedelta(minutes=5)


class NotHeld(Refused):
    code, status, title = "payment_not_held", 409, "This payment is not held back."


async def do_apply_all(
    tx: Tx, name: ProviderName, events: Sequence[ProviderEvent], *, receipt_of: UUID | None = None
) -> list[Applied]:
    """Applies events of one provider, in their order.

    ``receipt_of`` is the order that a receipt was handed in for. It counts only where the event names no order.

    Locks: the events' subjects, then their payments.
    Runs as: service."""
    await _lock_subjects(tx, name, events)
    return [await _do_apply(tx, name, event, receipt_of) for event in events]


async def do_apply(tx: Tx, name: ProviderName, event: ProviderEvent) -> Applied:
    """Applies one event.

    Runs as: service."""
    return (await do_apply_all(tx, name, [event]))[0]


async def _do_apply(tx: Tx, name: ProviderName, event: ProviderEvent, receipt_of: UUID | None) -> Applied:
    match event:
        case Paid():
            return await _do_pay(tx, name, event, receipt_of)
        case Failed():
            return await _do_fail(tx, name, event)
        case Awaited():
            return await _do_mark_pending(tx, name, event)
        case Declined():
            return await _do_decline(tx, name, event)
        case Refunded() | Disputed():
            return await _do_claw_back(tx, name, _with_capped_time(event))
        case SubscriptionChanged():
            await _do_change_reference(tx, name, event)
            return await _do_synchronise(tx, name, _with_capped_time(event))


def _with_capped_time(event: Event) -> Event:
    """Caps an event's time at now + 5 minutes. The newest event wins, and a wrong clock must not win forever."""
    latest = clock.now() + _CLOCK_SKEW
    return event if event.happened_at <= latest else msgspec.structs.replace(event, happened_at=latest)


async def _lock_subjects(tx: Tx, name: ProviderName, events: Sequence[ProviderEvent]) -> None:
    """Serialises the events of a subscription or a charge: none is deferred while its payment is being written.

    Sorted, subscriptions first, to prevent deadlock.

    Locks: every subscription and charge that the events name (advisory)."""
    subscribed = [event for event in events if isinstance(event, Paid | SubscriptionChanged)]
    subscriptions_of = {name for event in subscribed for name in (event.subscription, event.replaces)}
    charges = {event.charge for event in events if isinstance(event, Paid | Refunded | Disputed)}
    for subject in (*sorted(filter(None, subscriptions_of)), *sorted(charges)):
        await tx.run("select pg_advisory_xact_lock(hashtextextended($1::integer::text || $2, 9))", f" {name} {subject}")


async def do_release(tx: Tx, payment_id: UUID) -> orders.Payment:
    """Fulfils a held payment: its release time has come, or staff decided. Staff may also release a duplicate.

    Locks: the payment.
    Raises: NotHeld.
    Runs as: service."""
    row = await payment_rows.lock(tx, payment_id)
    if row is None or row.status is not PaymentStatus.held:
        raise NotHeld
    await _do_fulfil(tx, row, despite_duplicate=row.problem == DUPLICATE)
    return await orders.payment(tx, payment_id)


async def _do_pay(tx: Tx, name: ProviderName, event: Paid, receipt_of: UUID | None) -> Applied:
    if event.test and not await provider_accounts.is_sandbox(tx, name):
        return Applied(problem="test_money")
    await _do_change_reference(tx, name, event)
    known = await payment_rows.lock_by_charge(tx, name, event.charge)
    if known is None:
        target = await attribution.lock_payment_for(tx, name, event, receipt_of)
        if not isinstance(target, payment_rows.PaymentRow):
            return target
        known = target
    if known.paid_at is not None:
        return Applied(known.id)
    problem = await attribution.mismatch(tx, known, event)
    await _do_record_money(tx, known, event, problem)
    row = await payment_rows.lock_by_id(tx, known.id)
    if problem is None and row.agreement_id is not None:
        await review.reviewer().do_assess_renewal(tx, row.id, card=event.card)
    elif problem is None:
        problem = await _do_review(tx, row, event)
    if problem is None:
        await _do_fulfil(tx, row)
    else:
        await _do_announce_hold(tx, row, event, problem)
    await _do_apply_deferred(tx, name, event.charge)
    return Applied(row.id, problem)


async def _do_record_money(tx: Tx, known: payment_rows.PaymentRow, event: Paid, problem: str | None) -> None:
    """Records the money that arrived. The payment is held until its review."""
    await tx.run(
        """
        update app.payments set provider_charge_id = $3, paid_amount = $4, paid_currency = $5, paid_at = $6, period_ends_at = $7,
            period_begins_at = $8, provider_subscription_id = $9, status = 'held', problem = $10, problem_detail = null,
            release_at = null, ip_address = null, origin = null,
            amount = case when $11 then $4 else amount end, currency = case when $11 then $5 else currency end
        where tenant_id = $1 and id = $2
        """,
        *(known.id, event.charge, event.amount, event.currency, event.happened_at, event.period_ends_at),
        *(event.period_begins_at, event.subscription, problem, known.provider in APP_STORES),
    )


async def _do_announce_hold(tx: Tx, row: payment_rows.PaymentRow, event: Paid, problem: str) -> None:
    """Publishes that a payment is held. One of an erased account stays unfulfilled, so its store may refund it."""
    await publish(tx, PaymentHeld(row.id, row.user_id))
    await orders.do_send_update(tx, row.id)
    if problem != "account_erased":
        await acknowledgements.do_queue(tx, row.id, row.provider)
    elif event.subscription is not None:  # begun or renewed after the erasure
        await provider_subscriptions.do_stop_charging(tx, row.provider, event.subscription)


async def _do_review(tx: Tx, row: payment_rows.PaymentRow, event: Paid) -> str | None:
    """Holds the payment that its review does not allow, and answers the problem; None where it is allowed."""
    reviewed = await review.reviewer().do_assess(tx, row.id, card=event.card)
    if reviewed.allowed:
        return None
    await tx.run(
        "update app.payments set problem = 'under_review', release_at = $3 where tenant_id = $1 and id = $2",
        row.id,
        reviewed.release_at,
    )
    return "under_review"


async def _do_fulfil(tx: Tx, row: payment_rows.PaymentRow, *, despite_duplicate: bool = False) -> None:
    """Fulfils a held payment, once. The caller holds the row's lock."""
    if not await fulfilment.handler_of(row.kind).do_fulfil(tx, row, despite_duplicate=despite_duplicate):
        await orders.do_send_update(tx, row.id)
        return
    await tx.run(
        """
        update app.payments set settled_at = app.now(), status = 'paid', problem = null, release_at = null
        where tenant_id = $1 and id = $2
        """,
        row.id,
    )
    await publish(tx, PaymentSettled(row.id, row.user_id, row.kind, row.coins))
    await acknowledgements.do_queue(tx, row.id, row.provider)
    await clawbacks.do_apply_clawback(tx, await payment_rows.lock_by_id(tx, row.id), cause="release")
    if row.provider_subscription_id is not None:
        await _do_apply_deferred(tx, row.provider, row.provider_subscription_id)
    await orders.do_send_update(tx, row.id)


async def _do_change_reference(tx: Tx, name: ProviderName, event: Paid | SubscriptionChanged) -> None:
    for handler in fulfilment.handlers().values():
        await handler.do_change_reference(tx, name, event)


async def _do_synchronise(tx: Tx, name: ProviderName, event: SubscriptionChanged) -> Applied:
    """Synchronises the agreement by the kind that knows it; an event about an unknown one is deferred."""
    for handler in fulfilment.handlers().values():
        if (applied := await handler.do_synchronise(tx, name, event)) is not None:
            return applied
    return await deferred_events.do_defer(tx, name, event.subscription, event)


async def _do_claw_back(tx: Tx, name: ProviderName, event: Refunded | Disputed) -> Applied:
    row = await payment_rows.lock_by_charge(tx, name, event.charge)
    if row is None:
        return await deferred_events.do_defer(tx, name, event.charge, event)
    if isinstance(event, Refunded):
        return Applied(row.id, await clawbacks.do_apply_refund(tx, row, event))
    return Applied(row.id, await clawbacks.do_apply_dispute(tx, row, event))


async def _do_fail(tx: Tx, name: ProviderName, event: Failed) -> Applied:
    row = await _lock_order_of(tx, name, event)
    if row is None:
        return Applied(problem="unknown_payment")
    if event.expired:
        await orders.do_fail(tx, row.id, PaymentStatus.expired, "expired", event.reason)
    else:
        await orders.do_fail(tx, row.id, PaymentStatus.failed, "declined", event.reason)
    return Applied(row.id)


async def _do_mark_pending(tx: Tx, name: ProviderName, event: Awaited) -> Applied:
    row = await _lock_order_of(tx, name, event)
    if row is None:
        return Applied(problem="unknown_payment")
    await orders.do_mark_pending(tx, row.id)
    return Applied(row.id)


async def _do_decline(tx: Tx, name: ProviderName, event: Declined) -> Applied:
    row = await _lock_order_of(tx, name, event)
    if row is None:
        return Applied(problem="unknown_payment")
    await review.reviewer().do_record_card(tx, row.id, event.card)
    return Applied(row.id)


async def _lock_order_of(
    tx: Tx, name: ProviderName, event: Failed | Awaited | Declined
) -> payment_rows.PaymentRow | None:
    """The order that an event names by its id or its checkout.

    Locks: the payment."""
    if event.payment_id is not None:
        row = await payment_rows.lock(tx, event.payment_id)
    else:
        row = await payment_rows.lock_by_checkout(tx, name, event.checkout) if event.checkout is not None else None
    return row if row is not None and row.provider is name else None


async def _do_apply_deferred(tx: Tx, name: ProviderName, subject: str) -> None:
    """Applies the deferred events of this subject."""
    for event in await deferred_events.do_take_deferred(tx, name, subject):
        await do_apply(tx, name, event)
