"""Provider sync: applies the newest event of a provider's subscription to ours: period, renewal and plan.

Users change plans in stores. The plan follows the product at the time that the store names: at once, or with the next
period. A store may give the changed subscription a new id; it stays the same one here.
"""

from uuid import UUID

from meydan.integrations.payments.contract import Paid, SubscriptionChanged, SubscriptionState
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Tx
from meydan.kit.events import publish
from meydan.money.payments import Applied
from meydan.money.premium import acknowledgements, subscription_periods, subscriptions
from meydan.money.premium.enums import SubscriptionStatus
from meydan.money.premium.events import PremiumCancelled, PremiumRenewed
from meydan.money.premium.subscriptions import SubscriptionRow
from meydan.money.shop import products


async def do_change_reference(tx: Tx, name: ProviderName, event: Paid | SubscriptionChanged) -> None:
    """Stores the provider's new id of a subscription; if another user pays for the new one, the old one expires."""
    if event.replaces is None or event.subscription is None:
        return
    before = await subscriptions.lock_by_reference(tx, name, event.replaces)
    if before is None or await subscriptions.lock_by_reference(tx, name, event.subscription) is not None:
        return
    payer = event.payment_id and await tx.maybe(
        UUID, "select user_id from app.payments where tenant_id = $1 and id = $2", event.payment_id
    )
    if payer not in (None, before.user_id):
        await subscriptions.do_expire(tx, before)
        await subscriptions.do_send_update(tx, before.id)
        return
    await tx.run(
        "update app.subscriptions set provider_subscription_id = $3 where tenant_id = $1 and id = $2",
        before.id,
        event.subscription,
    )


async def do_synchronise(tx: Tx, name: ProviderName, event: SubscriptionChanged) -> Applied | None:
    """Applies the provider's state, unless a newer one is known; None where the subscription is unknown.

    Locks: the subscription.
    Runs as: service."""
    known = await subscriptions.lock_by_reference(tx, name, event.subscription)
    if known is None:
        return None
    if event.happened_at < known.changed_at or (known.revoked and event.state is not SubscriptionState.expired):
        return Applied()
    grows = event.period_ends_at > known.period_ends_at and event.state is not SubscriptionState.expired
    if grows and await subscription_periods.is_clawed_back(tx, known.id, event.period_ends_at):
        return Applied()
    problem = await _do_apply_product(tx, known, event)
    await _do_apply_state(tx, known, event)
    if event.claim is not None:
        await acknowledgements.do_request_acknowledgement(tx, known.id, event.claim)
    if known.is_running or event.state is not SubscriptionState.expired:
        await subscriptions.do_send_update(tx, known.id)
    return Applied(problem=problem)


async def _do_apply_state(tx: Tx, known: SubscriptionRow, event: SubscriptionChanged) -> None:
    match event.state:
        case SubscriptionState.active:
            await _do_apply_active(tx, known, event)
        case SubscriptionState.cancelled:
            await subscriptions.do_change(
                tx,
                known,
                status=SubscriptionStatus.cancelled,
                period_ends_at=event.period_ends_at,
                renews=False,
                changed_at=event.happened_at,
            )
            if known.renews and known.pending_action != "cancel":
                await publish(tx, PremiumCancelled(known.user_id, event.period_ends_at))
        case SubscriptionState.grace:
            await subscriptions.do_begin_grace(
                tx,
                known,
                ends_at=event.grace_ends_at or event.period_ends_at + await subscriptions.grace_period(tx),
                changed_at=event.happened_at,
            )
        case SubscriptionState.expired:
            await subscriptions.do_expire(tx, known, changed_at=event.happened_at)


async def do_apply_due_plans(tx: Tx) -> None:
    """Applies announced changes of plan that are due.

    Runs as: service."""
    changed = await tx.all(
        UUID,
        """
        update app.subscriptions set plan_id = next_plan_id, next_plan_id = null, next_plan_at = null
        where tenant_id = $1 and next_plan_at <= app.now() returning id
        """,
    )
    for subscription_id in changed:
        await subscriptions.do_send_update(tx, subscription_id)


async def _do_apply_active(tx: Tx, known: SubscriptionRow, event: SubscriptionChanged) -> None:
    leaving = known.pending_action == "cancel"  # not performed at the provider yet
    await subscriptions.do_change(
        tx,
        known,
        status=SubscriptionStatus.cancelled if leaving else SubscriptionStatus.active,
        period_ends_at=event.period_ends_at,
        renews=not leaving,
        changed_at=event.happened_at,
    )
    if event.period_ends_at > known.period_ends_at or not known.is_running:
        await publish(tx, PremiumRenewed(known.user_id, event.period_ends_at))


async def _do_apply_product(tx: Tx, known: SubscriptionRow, event: SubscriptionChanged) -> str | None:
    """Applies the product that the provider names, now or next, and answers a problem code if it is unknown."""
    if event.product_id is None or event.state is SubscriptionState.expired:
        return None
    plan = await products.plan_of_product(tx, event.product_id)
    if plan is None:
        return "unknown_product"
    if plan.id != known.plan_id:
        await subscriptions.do_change_plan(tx, known.id, plan.id, event.product_since)
    elif event.next_product_id is not None:
        coming = await products.plan_of_product(tx, event.next_product_id)
        if coming is None:
            return "unknown_product"
        await tx.run(
            "update app.subscriptions set next_plan_id = $3, next_plan_at = null where tenant_id = $1 and id = $2",
            *(known.id, None if coming.id == plan.id or event.state is SubscriptionState.cancelled else coming.id),
        )
    return None
