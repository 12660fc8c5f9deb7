"""What a provider's news does here. Only verified webhooks and server-side checks come this far, in any order and any number.

Each function is one transaction's work under the payment's lock, and does nothing the second time: ``Paid`` is known by
its charge, refunds by their total, a dispute by its id and time. What comes before the payment it is about waits for it.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from meydan import wallet
from meydan.commerce import accounts, fraud, payments, rows, shop, subscriptions, takebacks
from meydan.commerce.events import PaymentHeld, PaymentSettled
from meydan.commerce.kinds import PaymentKind, PaymentStatus, ProviderName
from meydan.commerce.providers import STORES
from meydan.commerce.providers.contract import (
    Declined,
    Disputed,
    Failed,
    Paid,
    ProviderEvent,
    Refunded,
    SubscriptionChanged,
)
from meydan.commerce.retries import Errand
from meydan.kit import jobs
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.events import publish

ACKNOWLEDGE = "commerce.acknowledge"


class Acknowledge(Errand, frozen=True):
    payment_id: UUID


class Applied(NamedTuple):
    payment_id: UUID | None = None
    problem: str | None = None
    """Why it changed nothing, for staff."""


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
        case Declined():
            return await _do_decline(tx, name, event)
        case Refunded() | Disputed():
            return await _do_take_back(tx, name, event)
        case SubscriptionChanged():
            if await subscriptions.do_follow(tx, name, event):
                return Applied()
            return await _do_keep_early(tx, name, event.subscription, event)


async def _do_take_turns(tx: Tx, name: ProviderName, events: Sequence[ProviderEvent]) -> None:
    """News of one subscription, and of one charge, is dealt with one after the other: what comes early would be kept
    beside what it waits for while that is being written. Subscriptions first, each in order: nobody waits in a circle."""
    subscriptions_of = {event.subscription for event in events if isinstance(event, Paid | SubscriptionChanged)} - {
        None
    }
    charges = {event.charge for event in events if isinstance(event, Paid | Refunded | Disputed)}
    for subject in (*sorted(filter(None, subscriptions_of)), *sorted(charges)):
        await tx.run("select pg_advisory_xact_lock(hashtextextended($1::integer::text || $2, 9))", f" {name} {subject}")


async def do_release(tx: Tx, payment_id: UUID) -> payments.Payment:
    """Give what a held payment bought: its time came, or staff decided. Raises NotHeld. A service transaction."""
    row = await rows.locked(tx, payment_id)
    if row is None or row.status is not PaymentStatus.held:
        raise NotHeld
    await _do_give(tx, row)
    return await payments.payment(tx, payment_id)


async def _do_pay(tx: Tx, name: ProviderName, event: Paid, proof_of: UUID | None) -> Applied:
    if event.test and not await accounts.is_sandbox(tx, name):
        return Applied(problem="test_money")
    known = await rows.by_charge(tx, name, event.charge)
    if known is None:
        target = await _target(tx, name, event, proof_of)
        if not isinstance(target, rows.Row):
            return target
        known = target
    if known.paid_at is not None:
        return Applied(known.id)
    problem = await _differs(tx, known, event)
    await tx.run(
        """
        update app.payments set charge = $3, paid_amount = $4, paid_currency = $5, paid_at = $6, period_ends_at = $7,
            subscription_reference = $8, status = 'held', problem = $9, problem_detail = null, release_at = null,
            address = null, origin = null,
            amount = case when $10 then $4 else amount end, currency = case when $10 then $5 else currency end
        where tenant_id = $1 and id = $2
        """,
        *(known.id, event.charge, event.amount, event.currency, event.happened_at, event.period_ends_at),
        *(event.subscription, problem, name in STORES),
    )
    row = await rows.by_id(tx, known.id)
    if problem is None and row.subscription_id is not None:
        await fraud.do_look_at_renewal(tx, row.id, card=event.card)
    elif problem is None:
        problem = await _do_judge(tx, row, event)
    if problem is None:
        await _do_give(tx, row)
    else:
        await publish(tx, PaymentHeld(row.id, row.user_id))
        await payments.tell(tx, row.id)
        if problem == "account_erased" and event.subscription is not None:  # begun or renewed after they had left
            await subscriptions.do_stop_charging(tx, name, event.subscription)
    await _do_apply_early(tx, name, event.charge)
    return Applied(row.id, problem)


async def _target(tx: Tx, name: ProviderName, event: Paid, proof_of: UUID | None) -> rows.Row | Applied:
    """Which payment this money is for. Locked, so that whoever else brings the same news waits, and then knows it."""
    row = await _ordered(tx, name, event, proof_of)
    if row is not None and row.charge in (None, event.charge):
        return row
    renewed = event.subscription and await subscriptions.by_reference(tx, name, event.subscription)
    if renewed:
        return await _do_make(tx, name, event, renewed.user_id, plan_id=renewed.plan_id, subscription_id=renewed.id)
    if row is not None:  # the same order was paid a second time: the money is there
        return await _do_make(tx, name, event, row.user_id, package_id=row.package_id, plan_id=row.plan_id)
    if event.buyer is not None and event.product_id is not None:
        return await _of_buyer(tx, name, event, event.buyer, event.product_id)
    if event.subscription is not None:
        return await _do_keep_early(tx, name, event.subscription, event)
    return Applied(problem="unknown_payment")


async def _ordered(tx: Tx, name: ProviderName, event: Paid, proof_of: UUID | None) -> rows.Row | None:
    """The purchase that the provider names; else the one a receipt was handed in for, if it names nobody at all."""
    if event.payment_id is not None:
        row = await rows.locked(tx, event.payment_id)
    elif event.checkout is not None:
        row = await rows.by_checkout(tx, name, event.checkout)
    elif event.buyer is None and proof_of is not None and not await _renews(tx, name, event):
        row = await rows.locked(tx, proof_of)
    else:
        row = None
    return row if row is not None and row.provider is name else None


async def _renews(tx: Tx, name: ProviderName, event: Paid) -> bool:
    """A renewal names nobody, and belongs to whom its subscription belongs to, whoever brings the receipt."""
    return event.subscription is not None and await subscriptions.by_reference(tx, name, event.subscription) is not None


async def _of_buyer(tx: Tx, name: ProviderName, event: Paid, buyer: UUID, product_id: str) -> rows.Row | Applied:
    """Bought entirely in a store: who and what is all it says."""
    user_id = await tx.maybe(
        UUID, "select user_id from app.billing_references where tenant_id = $1 and reference = $2", buyer
    )
    thing = await shop.of_product(tx, product_id)
    if user_id is None or thing is None:
        return Applied(problem="unknown_buyer" if user_id is None else "unknown_product")
    package_id = thing.id if isinstance(thing, shop.StaffPackage) else None
    plan_id = None if package_id else thing.id
    begun = await tx.maybe(
        rows.Row,
        f"select {rows.COLUMNS} from app.payments where tenant_id = $1 and user_id = $2 and provider = $3 and charge is null "
        "and coalesce(package_id, plan_id) = $4 and created_at > app.now() - interval '1 day' "
        "order by id limit 1 for update",
        user_id,
        name.value,
        thing.id,
    )
    return begun or await _do_make(tx, name, event, user_id, package_id=package_id, plan_id=plan_id)


async def _do_make(
    tx: Tx,
    name: ProviderName,
    event: Paid,
    user_id: UUID,
    *,
    package_id: UUID | None = None,
    plan_id: UUID | None = None,
    subscription_id: UUID | None = None,
) -> rows.Row:
    """A payment nobody announced. Two who make it at once end with the same one."""
    thing = await shop.bought(tx, package_id, plan_id)
    coins = thing.coins + thing.bonus if isinstance(thing, shop.StaffPackage) else 0
    price = thing.price, thing.currency
    if subscription_id is not None:  # renewals cost what the subscription cost, whatever the plan costs now
        price = await subscriptions.price(tx, subscription_id) or price
    await tx.run(
        "insert into app.payments (tenant_id, user_id, kind, status, provider, package_id, plan_id, subscription_id, coins, "
        "amount, currency, charge) values ($1, $2, $3, 'pending', $4, $5, $6, $7, $8, $9, $10, $11) "
        "on conflict (tenant_id, provider, charge) do nothing",
        *(user_id, PaymentKind.coins.value if package_id else PaymentKind.premium.value, name.value),
        *(package_id, plan_id, subscription_id, coins, *price, event.charge),
    )
    return await rows.of_charge(tx, name, event.charge)


async def _differs(tx: Tx, row: rows.Row, event: Paid) -> str | None:
    """What keeps this money from being what was ordered. A store sets its own prices: there the product counts."""
    if await tx.maybe(
        bool, "select true from app.users where tenant_id = $1 and id = $2 and erased_at is not null", row.user_id
    ):
        return "account_erased"
    if row.provider not in STORES:
        return None if (event.amount, event.currency) == (row.amount, row.currency) else "amount_differs"
    if event.product_id is None or row.subscription_id is not None:
        return None
    ordered = await shop.bought(tx, row.package_id, row.plan_id)
    return None if ordered.store_product_id == event.product_id else "product_differs"


async def _do_judge(tx: Tx, row: rows.Row, event: Paid) -> str | None:
    """Whether to wait with what was bought, and until when: the word for it."""
    verdict = await fraud.do_judge(tx, row.id, card=event.card)
    if verdict.outcome is fraud.Outcome.allow:
        return None
    await tx.run(
        "update app.payments set problem = 'under_review', release_at = $3 where tenant_id = $1 and id = $2",
        row.id,
        verdict.release_at,
    )
    return "under_review"


async def _do_give(tx: Tx, row: rows.Row) -> None:
    """What was bought, once: whoever calls holds the row, and it is held."""
    if row.kind is PaymentKind.coins:
        await wallet.do_credit(
            tx,
            row.user_id,
            row.coins,
            source=row.clearing,
            type=wallet.TransactionType.purchased,
            key=f"payment:{row.id}",
            subject_id=row.id,
        )
    else:
        await subscriptions.do_pay_period(tx, row)
    await tx.run(
        "update app.payments set settled_at = app.now(), status = 'paid', problem = null, release_at = null "
        "where tenant_id = $1 and id = $2",
        row.id,
    )
    await publish(tx, PaymentSettled(row.id, row.user_id, row.kind, row.coins))
    if row.provider in STORES:
        await jobs.queue(tx, ACKNOWLEDGE, Acknowledge(payment_id=row.id), once_key=str(row.id))
    await takebacks.do_settle(tx, await rows.by_id(tx, row.id), cause="release")
    if row.kind is PaymentKind.premium and row.subscription_reference is not None:
        await _do_apply_early(tx, row.provider, row.subscription_reference)
    await payments.tell(tx, row.id)


async def _do_take_back(tx: Tx, name: ProviderName, event: Refunded | Disputed) -> Applied:
    row = await rows.by_charge(tx, name, event.charge)
    if row is None:
        return await _do_keep_early(tx, name, event.charge, event)
    if isinstance(event, Refunded):
        return Applied(row.id, await takebacks.do_refunded(tx, row, event))
    return Applied(row.id, await takebacks.do_disputed(tx, row, event))


async def _do_fail(tx: Tx, name: ProviderName, event: Failed) -> Applied:
    row = await _named(tx, name, event)
    if row is None:
        return Applied(problem="unknown_payment")
    await payments.do_fail(tx, row.id, PaymentStatus.failed, "declined", event.reason)
    return Applied(row.id)


async def _do_decline(tx: Tx, name: ProviderName, event: Declined) -> Applied:
    row = await _named(tx, name, event)
    if row is None:
        return Applied(problem="unknown_payment")
    await fraud.do_see_card(tx, row.id, event.card)
    return Applied(row.id)


async def _named(tx: Tx, name: ProviderName, event: Failed | Declined) -> rows.Row | None:
    """Which order it is about."""
    if event.payment_id is not None:
        row = await rows.locked(tx, event.payment_id)
    else:
        row = await rows.by_checkout(tx, name, event.checkout) if event.checkout is not None else None
    return row if row is not None and row.provider is name else None


async def _do_keep_early(tx: Tx, name: ProviderName, subject: str, event: ProviderEvent) -> Applied:
    await tx.run(
        "insert into app.payment_early_events (tenant_id, provider, subject, event_id, event) values ($1, $2, $3, $4, $5) "
        "on conflict do nothing",
        *(name.value, subject, event.event_id, msgspec.to_builtins(event)),
    )
    return Applied(problem="waits_for_payment")


async def _do_apply_early(tx: Tx, name: ProviderName, subject: str) -> None:
    """Now that it is known what they are about, in the order in which they happened."""
    waiting = await tx.all(
        dict[str, Any],
        "delete from app.payment_early_events where tenant_id = $1 and provider = $2 and subject = $3 returning event",
        name.value,
        subject,
    )
    events = [msgspec.convert(event, ProviderEvent) for event in waiting]
    for event in sorted(events, key=lambda event: event.happened_at):
        await do_apply(tx, name, event)
