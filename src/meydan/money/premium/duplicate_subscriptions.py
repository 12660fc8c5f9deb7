"""Duplicate subscriptions: a user has one membership at a time, however many pay pages were open.

The rule holds for an order and again when its money arrives: pay pages stay open, and webhooks are late.

- A membership that renews blocks every other; one that does not blocks its own plan until its last week.
- A duplicate payment is refunded, and its subscription is cancelled at the provider.
- Of two plans, the one ordered later stays, and the earlier is stopped.
- Where the provider cannot refund, the other membership is stopped. In a store only the user can, and is told where.
"""

from datetime import datetime, timedelta
from uuid import UUID

from meydan.integrations.payments import APP_STORES, REFUNDABLE
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import clock
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.events import publish
from meydan.money.payments import billing_customers, orders, payment_rows, provider_subscriptions
from meydan.money.premium import subscription_periods, subscriptions
from meydan.money.premium.events import DuplicateSubscriptionPaid
from meydan.money.premium.subscriptions import COLUMNS, RUNNING, SubscriptionRow

REORDER_WINDOW = timedelta(days=7)
"""A membership that does not renew may be ordered again so long before its end."""
_REFUNDED_UNTIL = timedelta(days=2)
"""A stopped membership is refunded up to this age. An older one has been used, and runs to its period's end."""


class AlreadyPremium(Refused):
    code, status, title = "already_premium", 409, "You have premium already."


class PremiumOnItsWay(Refused):
    """``payment_id`` names the payment."""

    code, status, title = (
        "premium_on_its_way",
        409,
        "You have paid for premium already; it begins when the payment has arrived and been looked at.",
    )


async def check_no_duplicate(tx: Tx, user_id: UUID, plan_id: UUID) -> datetime:
    """The time at which a membership ordered now would begin, where we count its time. The caller has locked the buyer.

    Raises: AlreadyPremium, PremiumOnItsWay."""
    on_its_way = await tx.maybe(
        UUID,
        """
        select id from app.payments where tenant_id = $1 and user_id = $2 and kind = 'premium' and agreement_id is null
            and ((status = 'held' and problem = 'under_review') or (status = 'pending' and problem = 'on_its_way')) limit 1
        """,
        user_id,
    )
    if on_its_way is not None:
        raise PremiumOnItsWay(payment_id=on_its_way)
    running = await _running(tx, user_id)
    for subscription in running:
        if _blocks(subscription, plan_id):
            raise AlreadyPremium(period_ends_at=subscription.period_ends_at)
    return max((subscription.period_ends_at for subscription in running), default=clock.now())


async def do_refund_duplicate(tx: Tx, payment: payment_rows.PaymentRow) -> bool:
    """Queues the refund of a duplicate payment, and answers True; else stops the memberships it replaces.

    The payment is held, and locked by the caller.

    Locks: the user's billing customer, then the subscription that it pays.
    Runs as: service."""
    # Serialises two payments of one user. Before the subscription's row: everything that changes one locks in this order.
    await billing_customers.lock_billing_customer(tx, payment.user_id)
    known = await subscription_periods.lock_subscription_of(tx, payment)
    is_theirs = known is None or known.user_id == payment.user_id
    if known is not None and known.provider_subscription_id is not None and known.is_running and is_theirs:
        return False  # it renews what there is
    others = [
        other
        for other in await _running(tx, payment.user_id)
        if _blocks(other, payment.product_id)
        and (known is None or known.provider_subscription_id is None or other.id != known.id)
    ]
    if not others:
        return False
    # A store's first period may be free, and another user's subscription is theirs: neither is refundable.
    refundable = payment.provider in REFUNDABLE and payment.paid > 0 and is_theirs
    if refundable and not all([await _is_superseded(tx, other, payment) for other in others]):
        await _do_refund(tx, payment, known)
        return True
    for other in others:
        await _do_stop_renewal(tx, other)
    return False


async def _running(tx: Tx, user_id: UUID) -> list[SubscriptionRow]:
    return await tx.all(
        SubscriptionRow,
        f"""
        select {COLUMNS} from app.subscriptions where tenant_id = $1 and user_id = $2 and {RUNNING}
        order by renews desc, period_ends_at desc
        """,
        user_id,
    )


def _blocks(running: SubscriptionRow, plan_id: UUID | None) -> bool:
    return running.renews or (running.plan_id == plan_id and running.period_ends_at > clock.now() + REORDER_WINDOW)


async def _is_superseded(tx: Tx, running: SubscriptionRow, payment: payment_rows.PaymentRow) -> bool:
    """True for another plan that was ordered before this payment. A renewal supersedes nothing: its order is older."""
    if running.plan_id == payment.product_id or payment.agreement_id is not None:
        return False
    ordered_at = await tx.maybe(
        datetime,
        "select min(created_at) from app.payments where tenant_id = $1 and agreement_id = $2",
        running.id,
    )
    return (ordered_at or running.created_at) < payment.created_at


async def _do_refund(tx: Tx, payment: payment_rows.PaymentRow, known: SubscriptionRow | None) -> None:
    """Refunds a duplicate. Its subscription is stored as revoked, so that a later event of it begins nothing."""
    subscription_id = known.id if known is not None and known.provider_subscription_id is not None else None
    if subscription_id is not None:
        await tx.run("update app.subscriptions set revoked = true where tenant_id = $1 and id = $2", subscription_id)
    elif payment.provider_subscription_id is not None:
        subscription_id = await tx.one(
            UUID,
            """
            insert into app.subscriptions (tenant_id, user_id, plan_id, status, provider, provider_subscription_id, renews, period_ends_at,
                changed_at, revoked, ended_at) values ($1, $2, $3, 'expired', $4, $5, false, app.now(), app.now(), true, app.now())
            returning id
            """,
            *(payment.user_id, payment.product_id, payment.provider.value, payment.provider_subscription_id),
        )
    await orders.do_hold_duplicate(tx, payment.id, subscription_id)
    if payment.provider_subscription_id is not None:
        await provider_subscriptions.do_stop_charging(tx, payment.provider, payment.provider_subscription_id)
    await publish(tx, DuplicateSubscriptionPaid(payment.user_id, payment.id, None))


async def _do_stop_renewal(tx: Tx, running: SubscriptionRow) -> None:
    """Stops a superseded membership: it is not renewed, and its last payment is refunded if it is young enough."""
    refunded = None
    if running.provider in REFUNDABLE:
        refunded = await tx.maybe(
            UUID,
            """
            select id from app.payments where tenant_id = $1 and agreement_id = $2 and status = 'paid' and paid_amount > 0
                and paid_at > app.now() - $3::interval order by paid_at desc limit 1
            """,
            running.id,
            _REFUNDED_UNTIL,
        )
    if refunded is not None:
        await orders.do_refund_duplicate(tx, refunded)
    cancel_at: ProviderName | None = None
    if running.provider not in APP_STORES:
        await subscriptions.do_stop_renewing(tx, running)
    elif refunded is None and running.renews:
        cancel_at = running.provider
    await publish(tx, DuplicateSubscriptionPaid(running.user_id, refunded, cancel_at))
