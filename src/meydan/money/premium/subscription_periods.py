"""What payments give of a membership, and what goes with their money."""

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
from meydan.money.premium.subscriptions import COLUMNS, RUNNING, Row
from meydan.money.shop import products


async def do_pay_period(tx: Tx, payment: payment_rows.PaymentRow) -> None:
    """What a settled payment gives: a new subscription, or more of one. A service transaction."""
    plan = await products.plan(tx, payment.product_id)
    known = await paid_for(tx, payment)
    if known is not None and known.user_id != payment.user_id:
        known = await _do_hand_over(tx, known, payment)
    if known is None:
        ends_at = payment.period_ends_at or await _end_of_first(tx, payment.user_id, plan.period)
        subscription_id = await tx.one(
            UUID,
            "insert into app.subscriptions (tenant_id, user_id, plan_id, status, provider, provider_subscription_id, renews, period_ends_at, "
            "changed_at) values ($1, $2, $3, 'active', $4, $5, $6, $7, $8) returning id",
            *(payment.user_id, plan.id, payment.provider.value, payment.provider_subscription_id),
            *(payment.provider_subscription_id is not None and payment.provider in RECURRING, ends_at),
            _told_at(payment),
        )
        await publish(tx, PremiumStarted(payment.user_id, ends_at))
    else:
        subscription_id = known.id
        if payment.period_ends_at is not None:
            ends_at = payment.period_ends_at
        else:
            ends_at = billing_periods.after(plan.period, known.created_at, max(known.period_ends_at, clock.now()))
        changes = plan.id != known.plan_id
        is_news = not changes or not await _is_history(tx, known, payment)
        if is_news and (changes or ends_at > known.period_ends_at or known.revoked):
            # Cancelled after this was paid, or before? The newer of the two is right; a wish that the provider has not heard
            # of is newer than what it does.
            stays_cancelled = known.status is SubscriptionStatus.cancelled and (
                known.pending_action == "cancel" or payment.paid_at is None or known.changed_at > payment.paid_at
            )
            await subscriptions.do_change(
                tx,
                known,
                status=SubscriptionStatus.cancelled if stays_cancelled else SubscriptionStatus.active,
                period_ends_at=ends_at,
                renews=known.provider_subscription_id is not None and not stays_cancelled,
                changed_at=max(known.changed_at, _told_at(payment)),
            )
            if changes:
                await subscriptions.do_change_plan(tx, known.id, plan.id, payment.period_begins_at)
            await publish(tx, PremiumRenewed(known.user_id, ends_at))
    await orders.do_link_agreement(tx, payment.id, subscription_id, ends_at)
    await subscriptions.tell(tx, subscription_id)


def _told_at(payment: payment_rows.PaymentRow) -> datetime:
    """A renewal may be dated hours ahead, at its period's beginning; what is said until then is news all the same."""
    return min(payment.paid_at or clock.now(), clock.now())


async def _is_history(tx: Tx, known: Row, payment: payment_rows.PaymentRow) -> bool:
    """A payment for the plan of before, told after what came of it: by a newer payment, or by the provider's word."""
    if payment.paid_at is None or payment.paid_at < known.changed_at:
        return True
    return await tx.one(
        bool,
        "select exists (select from app.payments where tenant_id = $1 and agreement_id = $2 and id <> $3 "
        "and settled_at is not null and paid_at > $4)",
        *(known.id, payment.id, payment.paid_at),
    )


async def _end_of_first(tx: Tx, user_id: UUID, period: Period) -> datetime:
    """Where we count the time, it begins when what runs ends: nobody pays for the same days twice."""
    running = await subscriptions.of(tx, user_id)
    begins_at = max(clock.now(), running.period_ends_at) if running else clock.now()
    return billing_periods.after(period, begins_at, begins_at)


async def _do_hand_over(tx: Tx, known: Row, payment: payment_rows.PaymentRow) -> Row:
    """Apple names a subscription by the store's account, whoever uses that here: it is theirs who paid for it last."""
    if known.status is not SubscriptionStatus.expired:
        await subscriptions.do_expire(tx, known)
        await subscriptions.tell(tx, known.id)
    await tx.run(
        "update app.subscriptions set user_id = $3, plan_id = $4, period_ends_at = least(period_ends_at, app.now()) "
        "where tenant_id = $1 and id = $2",
        *(known.id, payment.user_id, payment.product_id),
    )
    return await subscriptions.by_id(tx, known.id)


async def paid_for(tx: Tx, payment: payment_rows.PaymentRow) -> Row | None:
    """What a payment renews or lengthens; None where it begins something. Locked."""
    if payment.agreement_id is not None:
        return await subscriptions.by_id(tx, payment.agreement_id)
    if payment.provider_subscription_id is not None:
        return await subscriptions.by_reference(tx, payment.provider, payment.provider_subscription_id)
    # Bought period by period: another one of the same plan lengthens what is running.
    return await tx.maybe(
        Row,
        f"select {COLUMNS} from app.subscriptions where tenant_id = $1 and user_id = $2 and plan_id = $3 and provider = $4 "
        f"and provider_subscription_id is null and {RUNNING} order by period_ends_at desc limit 1 for update",
        *(payment.user_id, payment.product_id, payment.provider.value),
    )


async def do_revoke(tx: Tx, subscription_id: UUID, payment_id: UUID, period_ends_at: datetime) -> bool:
    """The money of the period that ends then is gone. Whether premium ended by that: an older period's money is history."""
    known = await subscriptions.by_id(tx, subscription_id)
    if known.status is SubscriptionStatus.expired or period_ends_at < known.period_ends_at:
        return False
    if period_ends_at > known.period_ends_at and await _was_overtaken(tx, subscription_id, payment_id):
        return False
    before = await tx.maybe(
        datetime,
        "select max(period_ends_at) from app.payments where tenant_id = $1 and agreement_id = $2 and settled_at is not null "
        "and period_ends_at < $3 and refunded < paid_amount and status not in ('disputed', 'charged_back')",
        subscription_id,
        period_ends_at,
    )
    if before is not None and before > clock.now():
        await subscriptions.do_change(
            tx,
            known,
            status=SubscriptionStatus.cancelled,
            period_ends_at=before,
            renews=False,
            changed_at=known.changed_at,
        )
        if known.renews and known.provider_subscription_id is not None and known.provider not in APP_STORES:
            await subscriptions.do_tell_provider(tx, subscription_id, "cancel")
        await subscriptions.tell(tx, subscription_id)
        return False
    await subscriptions.do_expire(tx, known, revoked=True)
    if known.renews and known.provider_subscription_id is not None:  # or it would be charged for again
        await subscriptions.do_tell_provider(tx, subscription_id, "cancel")
    await subscriptions.tell(tx, subscription_id)
    return True


async def _was_overtaken(tx: Tx, subscription_id: UUID, payment_id: UUID) -> bool:
    """Whether a later payment changed a long period into a shorter one of another plan."""
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


async def is_taken_back(tx: Tx, subscription_id: UUID, period_ends_at: datetime) -> bool:
    """Whether the period that ends then was paid for and its money is gone: the provider may count it as before."""
    return await tx.one(
        bool,
        "select coalesce(bool_and(status in ('refunded', 'disputed', 'charged_back')), false) from app.payments "
        "where tenant_id = $1 and agreement_id = $2 and period_ends_at >= $3",
        subscription_id,
        period_ends_at,
    )


async def do_restore(tx: Tx, subscription_id: UUID, period_ends_at: datetime) -> None:
    """The money of the period came back: a dispute was won. What is left of it is given; it is not renewed."""
    known = await subscriptions.by_id(tx, subscription_id)
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
    await subscriptions.tell(tx, subscription_id)
