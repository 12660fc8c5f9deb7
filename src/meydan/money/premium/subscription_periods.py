"""Subscription periods: each settled payment begins or lengthens one; its refund or dispute ends one."""

from datetime import datetime
from uuid import UUID

from meydan.integrations.payments import APP_STORES, RECURRING
from meydan.integrations.payments.enums import Period
from meydan.kit import clock
from meydan.kit.database import Tx
from meydan.kit.events import publish
from meydan.money.payments import orders, payment_rows
from meydan.money.premium import billing_periods, subscriptions
from meydan.money.premium.enums import SubscriptionStatus
from meydan.money.premium.events import PremiumRenewed, PremiumStarted
from meydan.money.premium.subscriptions import COLUMNS, RUNNING, SubscriptionRow
from meydan.money.shop import products


async def do_pay_period(tx: Tx, payment: payment_rows.PaymentRow) -> None:
    """Begins a subscription with a settled payment, or lengthens the one it pays for.

    Runs as: service."""
    plan = await products.plan(tx, payment.product_id)
    known = await lock_subscription_of(tx, payment)
    if known is not None and known.user_id != payment.user_id:
        known = await _do_transfer(tx, known, payment)
    if known is None:
        subscription_id, ends_at = await _do_begin(tx, payment, plan)
    else:
        subscription_id, ends_at = known.id, await _do_lengthen(tx, known, payment, plan)
    await orders.do_link_agreement(tx, payment.id, subscription_id, ends_at)
    await subscriptions.do_send_update(tx, subscription_id)


async def _do_begin(tx: Tx, payment: payment_rows.PaymentRow, plan: products.StaffPlan) -> tuple[UUID, datetime]:
    """Begins a subscription. Answers its id and the end of its first period."""
    ends_at = payment.period_ends_at or await _end_of_first_period(tx, payment.user_id, plan.period)
    subscription_id = await tx.one(
        UUID,
        """
        insert into app.subscriptions (tenant_id, user_id, plan_id, status, provider, provider_subscription_id, renews, period_ends_at,
            changed_at) values ($1, $2, $3, 'active', $4, $5, $6, $7, $8) returning id
        """,
        *(payment.user_id, plan.id, payment.provider.value, payment.provider_subscription_id),
        *(payment.provider_subscription_id is not None and payment.provider in RECURRING, ends_at),
        _effective_at(payment),
    )
    await publish(tx, PremiumStarted(payment.user_id, ends_at))
    return subscription_id, ends_at


async def _do_lengthen(
    tx: Tx, known: SubscriptionRow, payment: payment_rows.PaymentRow, plan: products.StaffPlan
) -> datetime:
    """Moves the end of a subscription to that of the paid period, unless the payment is stale. Answers that end."""
    if payment.period_ends_at is not None:
        ends_at = payment.period_ends_at
    else:
        ends_at = billing_periods.after(plan.period, known.created_at, max(known.period_ends_at, clock.now()))
    changes = plan.id != known.plan_id
    is_newest = not changes or not await _is_stale(tx, known, payment)
    if is_newest and (changes or ends_at > known.period_ends_at or known.revoked):
        # The newer of the cancellation and the payment counts; a pending action is newer than both.
        stays_cancelled = known.status is SubscriptionStatus.cancelled and (
            known.pending_action == "cancel" or payment.paid_at is None or known.changed_at > payment.paid_at
        )
        await subscriptions.do_change(
            tx,
            known,
            status=SubscriptionStatus.cancelled if stays_cancelled else SubscriptionStatus.active,
            period_ends_at=ends_at,
            renews=known.provider_subscription_id is not None and not stays_cancelled,
            changed_at=max(known.changed_at, _effective_at(payment)),
        )
        if changes:
            await subscriptions.do_change_plan(tx, known.id, plan.id, payment.period_begins_at)
        await publish(tx, PremiumRenewed(known.user_id, ends_at))
    return ends_at


def _effective_at(payment: payment_rows.PaymentRow) -> datetime:
    """The earlier of ``paid_at`` and now.

    Stores date a renewal at its period's start, hours ahead, and later events must not look older than it."""
    return min(payment.paid_at or clock.now(), clock.now())


async def _is_stale(tx: Tx, known: SubscriptionRow, payment: payment_rows.PaymentRow) -> bool:
    """True for a payment that arrived after a newer payment or a newer state of the same subscription."""
    if payment.paid_at is None or payment.paid_at < known.changed_at:
        return True
    return await tx.one(
        bool,
        """
        select exists (select from app.payments where tenant_id = $1 and agreement_id = $2 and id <> $3
            and settled_at is not null and paid_at > $4)
        """,
        *(known.id, payment.id, payment.paid_at),
    )


async def _end_of_first_period(tx: Tx, user_id: UUID, period: Period) -> datetime:
    """The end of a first period where we count the time. It begins when the running subscription ends."""
    running = await subscriptions.running_of(tx, user_id)
    begins_at = max(clock.now(), running.period_ends_at) if running else clock.now()
    return billing_periods.after(period, begins_at, begins_at)


async def _do_transfer(tx: Tx, known: SubscriptionRow, payment: payment_rows.PaymentRow) -> SubscriptionRow:
    """Moves a subscription to the user who paid last.

    Apple's id belongs to the Apple account, and two of our users may share one."""
    if known.status is not SubscriptionStatus.expired:
        await subscriptions.do_expire(tx, known)
        await subscriptions.do_send_update(tx, known.id)
    await tx.run(
        """
        update app.subscriptions set user_id = $3, plan_id = $4, period_ends_at = least(period_ends_at, app.now())
        where tenant_id = $1 and id = $2
        """,
        *(known.id, payment.user_id, payment.product_id),
    )
    return await subscriptions.lock_by_id(tx, known.id)


async def lock_subscription_of(tx: Tx, payment: payment_rows.PaymentRow) -> SubscriptionRow | None:
    """The subscription that a payment renews or lengthens; None where it begins one.

    Locks: the subscription."""
    if payment.agreement_id is not None:
        return await subscriptions.lock_by_id(tx, payment.agreement_id)
    if payment.provider_subscription_id is not None:
        return await subscriptions.lock_by_reference(tx, payment.provider, payment.provider_subscription_id)
    # Bought period by period: another period of the same plan lengthens the running one.
    return await tx.maybe(
        SubscriptionRow,
        f"""
        select {COLUMNS} from app.subscriptions where tenant_id = $1 and user_id = $2 and plan_id = $3 and provider = $4
            and provider_subscription_id is null and {RUNNING} order by period_ends_at desc limit 1 for update
        """,
        *(payment.user_id, payment.product_id, payment.provider.value),
    )


async def do_revoke(tx: Tx, subscription_id: UUID, payment_id: UUID, period_ends_at: datetime) -> bool:
    """Ends the period whose payment was refunded or disputed, and answers whether the subscription ended by it.

    A period before the present one changes nothing."""
    known = await subscriptions.lock_by_id(tx, subscription_id)
    if known.status is SubscriptionStatus.expired or period_ends_at < known.period_ends_at:
        return False
    if period_ends_at > known.period_ends_at and await _was_overtaken(tx, subscription_id, payment_id):
        return False
    paid_until = await tx.maybe(
        datetime,
        """
        select max(period_ends_at) from app.payments where tenant_id = $1 and agreement_id = $2 and settled_at is not null
            and period_ends_at < $3 and refunded < paid_amount and status not in ('disputed', 'charged_back')
        """,
        subscription_id,
        period_ends_at,
    )
    if paid_until is not None and paid_until > clock.now():
        await subscriptions.do_change(
            tx,
            known,
            status=SubscriptionStatus.cancelled,
            period_ends_at=paid_until,
            renews=False,
            changed_at=known.changed_at,
        )
        if known.renews and known.provider_subscription_id is not None and known.provider not in APP_STORES:
            await subscriptions.do_set_pending_action(tx, subscription_id, "cancel")
        await subscriptions.do_send_update(tx, subscription_id)
        return False
    await subscriptions.do_expire(tx, known, revoked=True)
    if known.renews and known.provider_subscription_id is not None:  # else the provider would charge again
        await subscriptions.do_set_pending_action(tx, subscription_id, "cancel")
    await subscriptions.do_send_update(tx, subscription_id)
    return True


async def _was_overtaken(tx: Tx, subscription_id: UUID, payment_id: UUID) -> bool:
    """True where a later payment for another plan replaced this period by a shorter one."""
    return await tx.one(
        bool,
        """
        select exists (
            select from app.payments newer join app.payments this on this.tenant_id = newer.tenant_id and this.id = $3
            where newer.tenant_id = $1 and newer.agreement_id = $2 and newer.settled_at is not null
                and newer.paid_at > this.paid_at and newer.product_id <> this.product_id
        )
        """,
        *(subscription_id, payment_id),
    )


async def is_clawed_back(tx: Tx, subscription_id: UUID, period_ends_at: datetime) -> bool:
    """True where every payment of the period was clawed back. The provider may still count the period as paid."""
    return await tx.one(
        bool,
        """
        select coalesce(bool_and(status in ('refunded', 'disputed', 'charged_back')), false) from app.payments
        where tenant_id = $1 and agreement_id = $2 and period_ends_at >= $3
        """,
        subscription_id,
        period_ends_at,
    )


async def do_restore(tx: Tx, subscription_id: UUID, period_ends_at: datetime) -> None:
    """Restores the rest of a period whose dispute was won. It is not renewed."""
    known = await subscriptions.lock_by_id(tx, subscription_id)
    if period_ends_at <= clock.now() or (not known.revoked and period_ends_at <= known.period_ends_at):
        return
    await subscriptions.do_change(
        tx,
        known,
        status=SubscriptionStatus.cancelled,
        period_ends_at=period_ends_at,
        renews=False,
        changed_at=known.changed_at,
    )
    if known.status is SubscriptionStatus.expired:
        await publish(tx, PremiumStarted(known.user_id, period_ends_at))
    await subscriptions.do_send_update(tx, subscription_id)
