"""Membership as a user requests it: subscribe with money or coins, cancel, resume; and the renewals that time brings."""

import logging
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import accounts
from meydan.integrations.payments import APP_STORES, RECURRING
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import clock, jobs
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.events import listen, publish
from meydan.money import wallet
from meydan.money.payments import OrderedFrom, billing_customers, orders
from meydan.money.premium import billing_periods, duplicate_subscriptions, provider_sync, subscriptions
from meydan.money.premium.entitlements import Entitlements, entitlements_of
from meydan.money.premium.enums import SubscriptionStatus
from meydan.money.premium.events import PremiumRenewed, PremiumStarted
from meydan.money.premium.fulfilment import PREMIUM, product_of
from meydan.money.premium.subscriptions import COLUMNS, Subscription, SubscriptionRow
from meydan.money.shop import products

log = logging.getLogger(__name__)

CHECK_SUBSCRIPTION = "premium.check_subscription"
LATE = timedelta(hours=1)
"""Longest delay of a provider's webhook about a renewal; after that the renewal counts as failed until it comes."""
_AT_ONCE = 100


class PayWith(StrEnum):
    money = "money"
    coins = "coins"


class Premium(Struct, frozen=True):
    plans: list[products.Plan]
    entitlements: Entitlements
    subscription: Subscription | None = None
    second: Subscription | None = None
    """Another subscription that renews beside it. Bought in a store, where only the user can cancel it."""


class SubscriptionOrder(Struct, frozen=True):
    """The subscription paid with coins, or the payment with which one begins."""

    subscription: Subscription | None = None
    payment: orders.Payment | None = None


class CheckSubscription(Struct, frozen=True):
    subscription_id: UUID


class NotPremium(Refused):
    code, status, title = "not_premium", 409, "There is no premium that this could change."


class NotForCoins(Refused):
    code, status, title = "plan_not_for_coins", 409, "This plan is not sold for coins."


class InTheStore(Refused):
    """``provider`` names the store."""

    code, status, title = "premium_in_store", 409, "This was bought in an app store, and is changed there."


class CannotResume(Refused):
    code, status, title = (
        "premium_cannot_resume",
        409,
        "This period ends and is not renewed; buy the next one near its end.",
    )


async def premium(tx: Tx) -> Premium:
    """The caller's premium, and the plans for sale.

    Runs as: user."""
    mine = await subscriptions.running_of(tx, tx.me.user_id)
    return Premium(
        plans=await products.plans(tx),
        entitlements=await entitlements_of(tx, tx.me.user_id),
        subscription=mine,
        second=await subscriptions.second_renewing(tx, tx.me.user_id, mine.id) if mine else None,
    )


async def do_subscribe_with_money(
    tx: Tx, user_id: UUID, plan_id: UUID, provider: ProviderName | None, key: str, ordered: OrderedFrom
) -> SubscriptionOrder:
    """Orders a plan for money; the same key answers the first order.

    Raises: NotFound, AlreadyPremium, PremiumOnItsWay, IdempotencyKeyReused and what ``orders.do_order`` raises.
    Runs as: service."""
    known = await orders.lock_order_with_key(tx, user_id, key, PREMIUM, plan_id, provider)
    if known is None:
        if await _coin_order_with_key(tx, user_id, key) is not None:
            raise wallet.IdempotencyKeyReused
        await duplicate_subscriptions.check_no_duplicate(tx, user_id, plan_id)
        product = product_of(await products.plan_for_sale(tx, plan_id))
        known = await orders.do_order(tx, user_id, PREMIUM, product, provider, key, ordered, reuses_open=True)
    return SubscriptionOrder(payment=known)


async def do_subscribe_with_coins(tx: Tx, user_id: UUID, plan_id: UUID, key: str) -> SubscriptionOrder:
    """Begins a subscription paid with coins; the same key answers the first one.

    Raises: NotFound, NotForCoins, AlreadyPremium, PremiumOnItsWay, IdempotencyKeyReused and what ``wallet.do_transfer`` raises.
    Runs as: service."""
    if await orders.lock_order_with_key(tx, user_id, key, PREMIUM, plan_id, None) is not None:
        raise wallet.IdempotencyKeyReused
    known = await _coin_order_with_key(tx, user_id, key)
    if known is not None:
        if known.plan_id != plan_id:
            raise wallet.IdempotencyKeyReused
        return SubscriptionOrder(subscription=await subscriptions.subscription(tx, known.id))
    plan = await products.plan_for_sale(tx, plan_id)
    if plan.coin_price is None:
        raise NotForCoins
    begins_at = await duplicate_subscriptions.check_no_duplicate(tx, user_id, plan_id)
    ends_at = billing_periods.after(plan.period, begins_at, begins_at)
    subscription_id = await tx.one(
        UUID,
        """
        insert into app.subscriptions (tenant_id, user_id, plan_id, status, coin_price, renews, period_ends_at, idempotency_key,
            created_at) values ($1, $2, $3, 'active', $4, true, $5, $6, $7) returning id
        """,
        *(user_id, plan_id, plan.coin_price, ends_at, key, begins_at),
    )
    await _do_pay_coins(tx, subscription_id, user_id, plan.coin_price, begins_at)
    await publish(tx, PremiumStarted(user_id, ends_at))
    await subscriptions.do_send_update(tx, subscription_id)
    return SubscriptionOrder(subscription=await subscriptions.subscription(tx, subscription_id))


async def do_cancel(tx: Tx, user_id: UUID) -> Subscription:
    """Cancels at the period's end. Idempotent.

    Raises: NotPremium, InTheStore.
    Runs as: service."""
    mine = await _lock_running(tx, user_id)
    if mine.status is SubscriptionStatus.cancelled or not mine.renews:
        return await subscriptions.subscription(tx, mine.id)
    if mine.provider in APP_STORES:
        raise InTheStore(provider=mine.provider)
    await subscriptions.do_cancel_or_resume(tx, mine, "cancel")
    return await subscriptions.subscription(tx, mine.id)


async def do_resume(tx: Tx, user_id: UUID) -> Subscription:
    """Resumes a cancelled subscription: it renews again. Idempotent.

    Raises: NotPremium, InTheStore, CannotResume.
    Runs as: service."""
    mine = await _lock_running(tx, user_id)
    if mine.renews:
        return await subscriptions.subscription(tx, mine.id)
    if mine.provider in APP_STORES:
        raise InTheStore(provider=mine.provider)
    if mine.provider is not None and (mine.provider_subscription_id is None or mine.provider not in RECURRING):
        raise CannotResume
    await subscriptions.do_cancel_or_resume(tx, mine, "resume")
    return await subscriptions.subscription(tx, mine.id)


@listen(accounts.UserBanned)
async def stop_renewing(tx: Tx, event: accounts.UserBanned) -> None:
    """Stops renewals into a ban: a banned user could neither use nor cancel them. A store lets only the user cancel."""
    for known in await subscriptions.lock_renewing(tx, event.user_id):
        if known.provider not in APP_STORES and (event.until is None or event.until > known.period_ends_at):
            await subscriptions.do_stop_renewing(tx, known)


async def do_run_renewals(tx: Tx) -> None:
    """Renews, checks and expires the subscriptions whose period is over.

    Locks: those subscriptions.
    Runs as: service."""
    await provider_sync.do_apply_due_plans(tx)
    due = await tx.all(
        SubscriptionRow,
        f"""
        select {COLUMNS} from app.subscriptions
        where tenant_id = $1 and status <> 'expired' and period_ends_at <= app.now() and (
            not renews                                                        -- over
            or grace_ends_at <= app.now()                                     -- over
            or coalesce(checked_at, '-infinity') < period_ends_at             -- its end was not checked yet
            or (status = 'active' and period_ends_at <= app.now() - $2::interval)
            or (status = 'grace' and checked_at <= app.now() - interval '1 day')
        )
        order by period_ends_at limit $3 for update skip locked
        """,
        LATE,
        _AT_ONCE,
    )
    for known in due:
        try:
            async with tx.savepoint():
                await _do_renew_or_expire(tx, known)
        except Exception:  # logged, and tried again in a minute, so that the others need not wait
            log.exception("subscription %s could not be renewed or expired", known.id)


async def _do_renew_or_expire(tx: Tx, known: SubscriptionRow) -> None:
    now = clock.now()
    is_grace = known.status is SubscriptionStatus.grace
    if not known.renews or (is_grace and known.grace_ends_at and known.grace_ends_at <= now):
        await subscriptions.do_expire(tx, known)
        await subscriptions.do_send_update(tx, known.id)
    elif known.coin_price is not None:
        await _do_renew(tx, known, known.coin_price)
    else:
        await tx.run("update app.subscriptions set checked_at = app.now() where tenant_id = $1 and id = $2", known.id)
        await jobs.queue(tx, CHECK_SUBSCRIPTION, CheckSubscription(known.id), dedupe_key=str(known.id))
        if known.status is SubscriptionStatus.active and known.period_ends_at <= now - LATE:
            await _do_begin_grace(tx, known)


async def _do_renew(tx: Tx, known: SubscriptionRow, coins: int) -> None:
    """Pays the next period with coins; without enough of them, grace begins."""
    plan = await products.plan(tx, known.plan_id)
    try:
        async with tx.savepoint():
            await _do_pay_coins(tx, known.id, known.user_id, coins, known.period_ends_at)
    except (wallet.BalanceTooLow, wallet.WalletBlocked, wallet.DebtBlocks):
        await _do_begin_grace(tx, known)
        return
    # After a standstill of the worker, the first end in the future: a period that is over is not charged.
    latest = max(known.period_ends_at, clock.now() - _grace(known))
    ends_at = billing_periods.after(plan.period, known.created_at, latest)
    await tx.run(
        """
        update app.subscriptions set status = 'active', period_ends_at = $3, grace_ends_at = null, checked_at = app.now()
        where tenant_id = $1 and id = $2
        """,
        *(known.id, ends_at),
    )
    await publish(tx, PremiumRenewed(known.user_id, ends_at))
    await subscriptions.do_send_update(tx, known.id)


def _grace(known: SubscriptionRow) -> timedelta:
    """The length of the grace, which is part of the period that pays it: premium ran in it."""
    return (known.grace_ends_at - known.period_ends_at) if known.grace_ends_at else timedelta()


async def _do_begin_grace(tx: Tx, known: SubscriptionRow) -> None:
    """Begins the grace, once. While it lasts the renewal is tried again every day."""
    if known.status is SubscriptionStatus.grace:
        await tx.run("update app.subscriptions set checked_at = app.now() where tenant_id = $1 and id = $2", known.id)
        return
    ends_at = known.period_ends_at + await subscriptions.grace_period(tx)
    await subscriptions.do_begin_grace(tx, known, ends_at=ends_at)
    await subscriptions.do_send_update(tx, known.id)


async def _do_pay_coins(tx: Tx, subscription_id: UUID, user_id: UUID, coins: int, begins_at: datetime) -> None:
    """Pays a period with coins, once: the idempotency key holds the period's beginning."""
    await wallet.do_transfer(
        tx,
        wallet.TransactionType.premium,
        [wallet.Entry(wallet.coins_of(user_id), -coins), wallet.Entry(wallet.TENANT_REVENUE, coins)],
        key=f"premium:{subscription_id}:{begins_at.isoformat()}",
        user_id=user_id,
        subject_id=subscription_id,
    )
    await wallet.do_send_wallet(tx, user_id)


async def _coin_order_with_key(tx: Tx, user_id: UUID, key: str) -> "_CoinOrder | None":
    """The subscription that this key paid with coins before."""
    return await tx.maybe(
        _CoinOrder,
        "select id, plan_id from app.subscriptions where tenant_id = $1 and user_id = $2 and idempotency_key = $3",
        user_id,
        key,
    )


async def _lock_running(tx: Tx, user_id: UUID) -> SubscriptionRow:
    """The user's running subscription, serialised with their orders: a resumed one and a new one would both renew.

    Locks: the user's billing customer, then the subscription.
    Raises: NotPremium."""
    await billing_customers.lock_billing_customer(tx, user_id)
    running = await subscriptions.running_of(tx, user_id)
    if running is None:
        raise NotPremium
    mine = await subscriptions.lock_by_id(tx, running.id)
    if not mine.is_running:  # it ended while we waited for the lock: expired or refunded
        raise NotPremium
    return mine


class _CoinOrder(Struct, frozen=True):
    id: UUID
    plan_id: UUID
