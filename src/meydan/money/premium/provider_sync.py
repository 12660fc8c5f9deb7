"""A membership is what its provider's newest news says: until when it runs, whether it is renewed, and which plan it is of.

People change plans in stores. The plan follows the product, at the time the store says: at once, or with the next period.
A store may give the changed one a new name; it stays the same membership here.
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
from meydan.money.premium.subscriptions import Row
from meydan.money.shop import products


async def do_rename(tx: Tx, name: ProviderName, event: Paid | SubscriptionChanged) -> None:
    """What goes on under another name is known by that from now on, unless somebody else here pays for it now."""
    if event.replaces is None or event.subscription is None:
        return
    before = await subscriptions.by_reference(tx, name, event.replaces)
    if before is None or await subscriptions.by_reference(tx, name, event.subscription) is not None:
        return
    payer = event.payment_id and await tx.maybe(
        UUID, "select user_id from app.payments where tenant_id = $1 and id = $2", event.payment_id
    )
    if payer not in (None, before.user_id):
        await subscriptions.do_expire(tx, before)
        await subscriptions.tell(tx, before.id)
        return
    await tx.run(
        "update app.subscriptions set provider_subscription_id = $3 where tenant_id = $1 and id = $2",
        before.id,
        event.subscription,
    )


async def do_follow(tx: Tx, name: ProviderName, event: SubscriptionChanged) -> Applied | None:
    """Follows the provider, unless something newer is known; None where the subscription is unknown. Runs as: service."""
    known = await subscriptions.by_reference(tx, name, event.subscription)
    if known is None:
        return None
    if event.happened_at < known.changed_at or (known.revoked and event.state is not SubscriptionState.expired):
        return Applied()
    grows = event.period_ends_at > known.period_ends_at and event.state is not SubscriptionState.expired
    if grows and await subscription_periods.is_taken_back(tx, known.id, event.period_ends_at):
        return Applied()
    problem = await _do_follow_product(tx, known, event)
    await _do_follow_state(tx, known, event)
    if event.claim is not None:
        await acknowledgements.do_claim(tx, known.id, event.claim)
    if known.is_running or event.state is not SubscriptionState.expired:
        await subscriptions.tell(tx, known.id)
    return Applied(problem=problem)


async def _do_follow_state(tx: Tx, known: Row, event: SubscriptionChanged) -> None:
    match event.state:
        case SubscriptionState.active:
            await _do_follow_active(tx, known, event)
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
            await subscriptions.do_grace(
                tx,
                known,
                ends_at=event.grace_ends_at or event.period_ends_at + await subscriptions.grace(tx),
                changed_at=event.happened_at,
            )
        case SubscriptionState.expired:
            await subscriptions.do_expire(tx, known, changed_at=event.happened_at)


async def do_pass_time(tx: Tx) -> None:
    """Plans whose time has come. A service transaction."""
    changed = await tx.all(
        UUID,
        "update app.subscriptions set plan_id = next_plan_id, next_plan_id = null, next_plan_at = null "
        "where tenant_id = $1 and next_plan_at <= app.now() returning id",
    )
    for subscription_id in changed:
        await subscriptions.tell(tx, subscription_id)


async def _do_follow_active(tx: Tx, known: Row, event: SubscriptionChanged) -> None:
    leaving = known.pending_action == "cancel"  # the provider has not heard of it yet
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


async def _do_follow_product(tx: Tx, known: Row, event: SubscriptionChanged) -> str | None:
    """Why it could not be followed, if so."""
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
