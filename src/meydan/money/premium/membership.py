"""Premium as a person asks for it: subscribe with money or coins, cancel at the period's end, take that back; and what time
does to it."""

import logging
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import accounts, tenants
from meydan.integrations.payments import APP_STORES, RECURRING
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import clock, jobs
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.events import listen, publish
from meydan.money import wallet
from meydan.money.payments import OrderedFrom, orders
from meydan.money.premium import billing_periods, duplicate_subscriptions, provider_sync, subscriptions
from meydan.money.premium.entitlements import Limits, limits
from meydan.money.premium.enums import SubscriptionStatus
from meydan.money.premium.events import PremiumRenewed, PremiumStarted
from meydan.money.premium.fulfilment import PREMIUM, product_of
from meydan.money.premium.settings import PremiumSettings
from meydan.money.premium.subscriptions import COLUMNS, Row, Subscription
from meydan.money.shop import products

log = logging.getLogger(__name__)

CHECK_SUBSCRIPTION = "premium.check_subscription"
LATE = timedelta(hours=1)
"""A provider's news of a renewal may take so long; then it counts as failed until it comes."""
_AT_ONCE = 100


class PayWith(StrEnum):
    money = "money"
    coins = "coins"


class Premium(Struct, frozen=True):
    plans: list[products.Plan]
    limits: Limits
    subscription: Subscription | None = None
    second: Subscription | None = None
    """Another one that renews beside it, each with its price: bought in a store, and only there it can be cancelled."""


class Subscribed(Struct, frozen=True):
    """With money there is a payment first; the subscription begins when it is paid."""

    subscription: Subscription | None = None
    payment: orders.Payment | None = None


class CheckSubscription(Struct, frozen=True):
    subscription_id: UUID


class NotPremium(Refused):
    code, status, title = "not_premium", 409, "There is no premium that this could change."


class NotForCoins(Refused):
    code, status, title = "plan_not_for_coins", 409, "This plan is not sold for coins."


class InTheStore(Refused):
    """``provider`` says which."""

    code, status, title = "premium_in_store", 409, "This was bought in an app store, and is changed there."


class CannotResume(Refused):
    code, status, title = (
        "premium_cannot_resume",
        409,
        "This period ends and is not renewed; buy the next one near its end.",
    )


async def premium(tx: Tx) -> Premium:
    """The caller's."""
    mine = await subscriptions.of(tx, tx.me.user_id)
    return Premium(
        plans=await products.plans(tx),
        limits=await limits(tx, tx.me.user_id),
        subscription=mine,
        second=await subscriptions.second(tx, tx.me.user_id, mine.id) if mine else None,
    )


async def do_subscribe_with_money(
    tx: Tx, user_id: UUID, plan_id: UUID, provider: ProviderName | None, key: str, ordered: OrderedFrom
) -> Subscribed:
    """Raises AlreadyPremium, PremiumOnItsWay and what ordering does. A service transaction."""
    known = await orders.lock_known(tx, user_id, key, PREMIUM, plan_id, provider)
    if known is None:
        if await _for_coins(tx, user_id, key) is not None:
            raise wallet.IdempotencyKeyReused
        await duplicate_subscriptions.check_room(tx, user_id, plan_id)
        product = product_of(await products.plan_for_sale(tx, plan_id))
        known = await orders.do_order(tx, user_id, PREMIUM, product, provider, key, ordered, reuses_open=True)
    return Subscribed(payment=known)


async def do_subscribe_with_coins(tx: Tx, user_id: UUID, plan_id: UUID, key: str) -> Subscribed:
    """Raises NotFound, NotForCoins, AlreadyPremium, PremiumOnItsWay, IdempotencyKeyReused, and what paying with coins does.

    A service transaction."""
    if await orders.lock_known(tx, user_id, key, PREMIUM, plan_id, None) is not None:
        raise wallet.IdempotencyKeyReused
    known = await _for_coins(tx, user_id, key)
    if known is not None:
        if known.plan_id != plan_id:
            raise wallet.IdempotencyKeyReused
        return Subscribed(subscription=await subscriptions.shown(tx, known.id))
    plan = await products.plan_for_sale(tx, plan_id)
    if plan.coin_price is None:
        raise NotForCoins
    begins_at = await duplicate_subscriptions.check_room(tx, user_id, plan_id)
    ends_at = billing_periods.after(plan.period, begins_at, begins_at)
    subscription_id = await tx.one(
        UUID,
        "insert into app.subscriptions (tenant_id, user_id, plan_id, status, coin_price, renews, period_ends_at, idempotency_key, "
        "created_at) values ($1, $2, $3, 'active', $4, true, $5, $6, $7) returning id",
        *(user_id, plan_id, plan.coin_price, ends_at, key, begins_at),
    )
    await _do_pay_coins(tx, subscription_id, user_id, plan.coin_price, begins_at)
    await publish(tx, PremiumStarted(user_id, ends_at))
    await subscriptions.tell(tx, subscription_id)
    return Subscribed(subscription=await subscriptions.shown(tx, subscription_id))


async def do_cancel(tx: Tx, user_id: UUID) -> Subscription:
    """At the period's end; cancelled already is cancelled. Raises NotPremium, InTheStore. A service transaction."""
    mine = await _mine(tx, user_id)
    if mine.status is SubscriptionStatus.cancelled or not mine.renews:
        return await subscriptions.shown(tx, mine.id)
    if mine.provider in APP_STORES:
        raise InTheStore(provider=mine.provider)
    await subscriptions.do_wish(tx, mine, "cancel")
    return await subscriptions.shown(tx, mine.id)


async def do_resume(tx: Tx, user_id: UUID) -> Subscription:
    """It renews again. Raises NotPremium, InTheStore, CannotResume. A service transaction."""
    mine = await _mine(tx, user_id)
    if mine.renews:
        return await subscriptions.shown(tx, mine.id)
    if mine.provider in APP_STORES:
        raise InTheStore(provider=mine.provider)
    if mine.provider is not None and (mine.provider_subscription_id is None or mine.provider not in RECURRING):
        raise CannotResume
    await subscriptions.do_wish(tx, mine, "resume")
    return await subscriptions.shown(tx, mine.id)


@listen(accounts.UserBanned)
async def stop_renewing(tx: Tx, event: accounts.UserBanned) -> None:
    """Nobody is charged for a period in which they are not let in, and cannot cancel. A store lets only them do that."""
    for one in await subscriptions.renewing(tx, event.user_id):
        if one.provider not in APP_STORES and (event.until is None or event.until > one.period_ends_at):
            await subscriptions.do_leave(tx, one)


async def do_pass_time(tx: Tx) -> None:
    """Renew, wait for, and end what its time has come for. A service transaction."""
    await provider_sync.do_pass_time(tx)
    due = await tx.all(
        Row,
        f"""
        select {COLUMNS} from app.subscriptions
        where tenant_id = $1 and status <> 'expired' and period_ends_at <= app.now() and (
            not renews                                                        -- over
            or grace_ends_at <= app.now()                                     -- over
            or coalesce(checked_at, '-infinity') < period_ends_at             -- its end was not looked at yet
            or (status = 'active' and period_ends_at <= app.now() - $2::interval)
            or (status = 'grace' and checked_at <= app.now() - interval '1 day')
        )
        order by period_ends_at limit $3 for update skip locked
        """,
        LATE,
        _AT_ONCE,
    )
    for one in due:
        try:
            async with tx.savepoint():
                await _do_pass(tx, one)
        except Exception:  # logged, and looked at again in a minute: it keeps nobody else waiting
            log.exception("subscription %s could not be looked after", one.id)


async def _do_pass(tx: Tx, one: Row) -> None:
    now = clock.now()
    if not one.renews or (one.status is SubscriptionStatus.grace and one.grace_ends_at and one.grace_ends_at <= now):
        await subscriptions.do_expire(tx, one)
        await subscriptions.tell(tx, one.id)
    elif one.coin_price is not None:
        await _do_renew(tx, one, one.coin_price)
    else:
        await tx.run("update app.subscriptions set checked_at = app.now() where tenant_id = $1 and id = $2", one.id)
        await jobs.queue(tx, CHECK_SUBSCRIPTION, CheckSubscription(one.id), dedupe_key=str(one.id))
        if one.status is SubscriptionStatus.active and one.period_ends_at <= now - LATE:
            await _do_wait(tx, one)


async def _do_renew(tx: Tx, one: Row, coins: int) -> None:
    plan = await products.plan(tx, one.plan_id)
    try:
        async with tx.savepoint():
            await _do_pay_coins(tx, one.id, one.user_id, coins, one.period_ends_at)
    except (wallet.BalanceTooLow, wallet.WalletIsFrozen, wallet.DebtBlocks):
        await _do_wait(tx, one)
        return
    # After a long standstill of the worker the first end that is still to come, or somebody pays for the past.
    ends_at = billing_periods.after(plan.period, one.created_at, max(one.period_ends_at, clock.now() - _patience(one)))
    await tx.run(
        "update app.subscriptions set status = 'active', period_ends_at = $3, grace_ends_at = null, checked_at = app.now() "
        "where tenant_id = $1 and id = $2",
        *(one.id, ends_at),
    )
    await publish(tx, PremiumRenewed(one.user_id, ends_at))
    await subscriptions.tell(tx, one.id)


def _patience(one: Row) -> timedelta:
    """The days of grace were premium too: they are part of the period that pays them."""
    return (one.grace_ends_at - one.period_ends_at) if one.grace_ends_at else timedelta()


async def _do_wait(tx: Tx, one: Row) -> None:
    """Grace, once; tried again every day while it lasts."""
    if one.status is SubscriptionStatus.grace:
        await tx.run("update app.subscriptions set checked_at = app.now() where tenant_id = $1 and id = $2", one.id)
        return
    days = (await tenants.settings(tx, PremiumSettings)).grace_days
    await subscriptions.do_grace(tx, one, ends_at=one.period_ends_at + timedelta(days=days))
    await subscriptions.tell(tx, one.id)


async def _do_pay_coins(tx: Tx, subscription_id: UUID, user_id: UUID, coins: int, begins_at: datetime) -> None:
    """Each period once: its beginning is in the key."""
    await wallet.do_transfer(
        tx,
        wallet.TransactionType.premium,
        [wallet.Entry(wallet.coins_of(user_id), -coins), wallet.Entry(wallet.TENANT_REVENUE, coins)],
        key=f"premium:{subscription_id}:{begins_at.isoformat()}",
        user_id=user_id,
        subject_id=subscription_id,
    )
    await wallet.tell_wallet(tx, user_id)


async def _for_coins(tx: Tx, user_id: UUID, key: str) -> "_Known | None":
    """What this key paid for with coins."""
    return await tx.maybe(
        _Known,
        "select id, plan_id from app.subscriptions where tenant_id = $1 and user_id = $2 and idempotency_key = $3",
        user_id,
        key,
    )


async def _mine(tx: Tx, user_id: UUID) -> Row:
    # Whoever resumes one while they begin the next would have both, and pay for both.
    await orders.lock_billing_customer(tx, user_id)
    running = await subscriptions.of(tx, user_id)
    if running is None:
        raise NotPremium
    mine = await subscriptions.by_id(tx, running.id)
    if not mine.is_running:  # it ended while we waited for its row: its time was over, or its money went back
        raise NotPremium
    return mine


class _Known(Struct, frozen=True):
    id: UUID
    plan_id: UUID
