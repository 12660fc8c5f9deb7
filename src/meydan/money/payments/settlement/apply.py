"""What a provider's news does here. Only verified webhooks and server-side checks come this far, in any order and any number.

Each function is one transaction's work under the payment's lock, and does nothing the second time: ``Paid`` is known by
its charge, refunds by their total, a dispute by its id and time. What comes before the payment it is about waits for it.
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
from meydan.money.payments.enums import PAID_TWICE, PaymentStatus
from meydan.money.payments.events import PaymentHeld, PaymentSettled
from meydan.money.payments.fulfilment import Applied
from meydan.money.payments.settlement import (
    acknowledgements,
    attribution,
    clawbacks,
    deferred_events,
    provider_subscriptions,
)

News = TypeVar("News", bound=EventBase)
_AHEAD = timedelta(minutes=5)


class NotHeld(Refused):
    code, status, title = "payment_not_held", 409, "This payment is not held back."


async def do_apply_all(
    tx: Tx, name: ProviderName, events: Sequence[ProviderEvent], *, proof_of: UUID | None = None
) -> list[Applied]:
    """``proof_of``: the purchase a store's receipt was handed in for; it counts only where the store itself names none.

    A service transaction."""
    await _do_take_turns(tx, name, events)
    return [await _do_apply(tx, name, event, proof_of) for event in events]


async def do_apply(tx: Tx, name: ProviderName, event: ProviderEvent) -> Applied:
    """One of them."""
    return (await do_apply_all(tx, name, [event]))[0]


async def _do_apply(tx: Tx, name: ProviderName, event: ProviderEvent, proof_of: UUID | None) -> Applied:
    match event:
        case Paid():
            return await _do_pay(tx, name, event, proof_of)
        case Failed():
            return await _do_fail(tx, name, event)
        case Awaited():
            return await _do_await(tx, name, event)
        case Declined():
            return await _do_decline(tx, name, event)
        case Refunded() | Disputed():
            return await _do_take_back(tx, name, _of_our_time(event))
        case SubscriptionChanged():
            await _do_rename(tx, name, event)
            return await _do_synchronise(tx, name, _of_our_time(event))


def _of_our_time(event: News) -> News:
    """The newest news counts: told by a clock that runs years ahead, it would count for years."""
    latest = clock.now() + _AHEAD
    return event if event.happened_at <= latest else msgspec.structs.replace(event, happened_at=latest)


async def _do_take_turns(tx: Tx, name: ProviderName, events: Sequence[ProviderEvent]) -> None:
    """News of one subscription, and of one charge, is dealt with one after the other: what comes early would be kept
    beside what it waits for while that is being written. Subscriptions first, each in order: nobody waits in a circle."""
    subscribed = [event for event in events if isinstance(event, Paid | SubscriptionChanged)]
    subscriptions_of = {name for event in subscribed for name in (event.subscription, event.replaces)}
    charges = {event.charge for event in events if isinstance(event, Paid | Refunded | Disputed)}
    for subject in (*sorted(filter(None, subscriptions_of)), *sorted(charges)):
        await tx.run("select pg_advisory_xact_lock(hashtextextended($1::integer::text || $2, 9))", f" {name} {subject}")


async def do_release(tx: Tx, payment_id: UUID) -> orders.Payment:
    """Give what a held payment bought: its time came, or staff decided, who may also give a second membership.

    Raises NotHeld. A service transaction."""
    row = await payment_rows.lock(tx, payment_id)
    if row is None or row.status is not PaymentStatus.held:
        raise NotHeld
    await _do_give(tx, row, despite_duplicate=row.problem == PAID_TWICE)
    return await orders.payment(tx, payment_id)


async def _do_pay(tx: Tx, name: ProviderName, event: Paid, proof_of: UUID | None) -> Applied:
    if event.test and not await provider_accounts.is_sandbox(tx, name):
        return Applied(problem="test_money")
    await _do_rename(tx, name, event)
    known = await payment_rows.lock_by_charge(tx, name, event.charge)
    if known is None:
        target = await attribution.lock_payment_for(tx, name, event, proof_of)
        if not isinstance(target, payment_rows.PaymentRow):
            return target
        known = target
    if known.paid_at is not None:
        return Applied(known.id)
    problem = await attribution.mismatch(tx, known, event)
    await tx.run(
        """
        update app.payments set provider_charge_id = $3, paid_amount = $4, paid_currency = $5, paid_at = $6, period_ends_at = $7,
            period_begins_at = $8, provider_subscription_id = $9, status = 'held', problem = $10, problem_detail = null,
            release_at = null, ip_address = null, origin = null,
            amount = case when $11 then $4 else amount end, currency = case when $11 then $5 else currency end
        where tenant_id = $1 and id = $2
        """,
        *(known.id, event.charge, event.amount, event.currency, event.happened_at, event.period_ends_at),
        *(event.period_begins_at, event.subscription, problem, name in APP_STORES),
    )
    row = await payment_rows.lock_by_id(tx, known.id)
    if problem is None and row.agreement_id is not None:
        await review.reviewer().do_assess_renewal(tx, row.id, card=event.card)
    elif problem is None:
        problem = await _do_review(tx, row, event)
    if problem is None:
        await _do_give(tx, row)
    else:
        await publish(tx, PaymentHeld(row.id, row.user_id))
        await orders.tell(tx, row.id)
        if problem != "account_erased":  # nobody is there to be given it: the store may have it back
            await acknowledgements.do_queue(tx, row.id, name)
        if problem == "account_erased" and event.subscription is not None:  # begun or renewed after they had left
            await provider_subscriptions.do_stop_charging(tx, name, event.subscription)
    await _do_apply_early(tx, name, event.charge)
    return Applied(row.id, problem)


async def _do_review(tx: Tx, row: payment_rows.PaymentRow, event: Paid) -> str | None:
    """The problem that keeps the payment back after its review; None where it is allowed."""
    reviewed = await review.reviewer().do_assess(tx, row.id, card=event.card)
    if reviewed.allowed:
        return None
    await tx.run(
        "update app.payments set problem = 'under_review', release_at = $3 where tenant_id = $1 and id = $2",
        row.id,
        reviewed.release_at,
    )
    return "under_review"


async def _do_give(tx: Tx, row: payment_rows.PaymentRow, *, despite_duplicate: bool = False) -> None:
    """Gives what a held payment bought, once. The caller holds the row's lock."""
    if not await fulfilment.handler_of(row.kind).do_give(tx, row, despite_duplicate=despite_duplicate):
        await orders.tell(tx, row.id)
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
    await clawbacks.do_settle(tx, await payment_rows.lock_by_id(tx, row.id), cause="release")
    if row.provider_subscription_id is not None:
        await _do_apply_early(tx, row.provider, row.provider_subscription_id)
    await orders.tell(tx, row.id)


async def _do_rename(tx: Tx, name: ProviderName, event: Paid | SubscriptionChanged) -> None:
    for handler in fulfilment.handlers().values():
        await handler.do_rename(tx, name, event)


async def _do_synchronise(tx: Tx, name: ProviderName, event: SubscriptionChanged) -> Applied:
    """Lets the kind that knows the agreement follow it; an event about an unknown one is deferred."""
    for handler in fulfilment.handlers().values():
        if (applied := await handler.do_synchronise(tx, name, event)) is not None:
            return applied
    return await deferred_events.do_keep(tx, name, event.subscription, event)


async def _do_take_back(tx: Tx, name: ProviderName, event: Refunded | Disputed) -> Applied:
    row = await payment_rows.lock_by_charge(tx, name, event.charge)
    if row is None:
        return await deferred_events.do_keep(tx, name, event.charge, event)
    if isinstance(event, Refunded):
        return Applied(row.id, await clawbacks.do_refunded(tx, row, event))
    return Applied(row.id, await clawbacks.do_disputed(tx, row, event))


async def _do_fail(tx: Tx, name: ProviderName, event: Failed) -> Applied:
    row = await _named(tx, name, event)
    if row is None:
        return Applied(problem="unknown_payment")
    if event.expired:
        await orders.do_fail(tx, row.id, PaymentStatus.expired, "expired", event.reason)
    else:
        await orders.do_fail(tx, row.id, PaymentStatus.failed, "declined", event.reason)
    return Applied(row.id)


async def _do_await(tx: Tx, name: ProviderName, event: Awaited) -> Applied:
    row = await _named(tx, name, event)
    if row is None:
        return Applied(problem="unknown_payment")
    await orders.do_await(tx, row.id)
    return Applied(row.id)


async def _do_decline(tx: Tx, name: ProviderName, event: Declined) -> Applied:
    row = await _named(tx, name, event)
    if row is None:
        return Applied(problem="unknown_payment")
    await review.reviewer().do_record_card(tx, row.id, event.card)
    return Applied(row.id)


async def _named(tx: Tx, name: ProviderName, event: Failed | Awaited | Declined) -> payment_rows.PaymentRow | None:
    """Which order it is about."""
    if event.payment_id is not None:
        row = await payment_rows.lock(tx, event.payment_id)
    else:
        row = await payment_rows.lock_by_checkout(tx, name, event.checkout) if event.checkout is not None else None
    return row if row is not None and row.provider is name else None


async def _do_apply_early(tx: Tx, name: ProviderName, subject: str) -> None:
    """What waited for it is taken up now that it is known."""
    for event in await deferred_events.do_take(tx, name, subject):
        await do_apply(tx, name, event)
