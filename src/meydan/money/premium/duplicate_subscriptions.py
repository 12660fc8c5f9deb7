"""One membership at a time: nobody pays for two each month, however many pay pages they had open.

The same rule holds when somebody orders and when their money arrives, for pages stay open and news is slow: there is no
room for another while one renews, nor for more of the same plan while it has long to run. Money for which there is no room
goes back by itself, and what it began is stopped at the provider. Two plans on two pages are a change of mind: the one
ordered later stays. Where a store lets us give nothing back, the other membership gives way if it can, and else the person
is told where to cancel.
"""

from datetime import datetime, timedelta
from uuid import UUID

from meydan.integrations.payments import APP_STORES, REFUNDABLE
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import clock
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.events import publish
from meydan.money.payments import orders, payment_rows, provider_subscriptions
from meydan.money.premium import subscription_periods, subscriptions
from meydan.money.premium.events import PaidTwice
from meydan.money.premium.subscriptions import COLUMNS, RUNNING, Row

AGAIN_WITHIN = timedelta(days=7)
"""What does not renew may be bought again so long before its end."""
_BOUGHT_TOGETHER = timedelta(days=2)
"""A membership that gives way is paid back only if it is so young: an older one has been used, and stays to its end."""


class AlreadyPremium(Refused):
    code, status, title = "already_premium", 409, "You have premium already."


class PremiumOnItsWay(Refused):
    """``payment_id`` says by what."""

    code, status, title = (
        "premium_on_its_way",
        409,
        "You have paid for premium already; it begins when the payment has arrived and been looked at.",
    )


async def check_room(tx: Tx, user_id: UUID, plan_id: UUID) -> datetime:
    """When a membership ordered now would begin, where we count its time. Whoever asks holds the person's reference.

    Raises AlreadyPremium, PremiumOnItsWay."""
    on_its_way = await tx.maybe(
        UUID,
        "select id from app.payments where tenant_id = $1 and user_id = $2 and kind = 'premium' and agreement_id is null "
        "and ((status = 'held' and problem = 'under_review') or (status = 'pending' and problem = 'on_its_way')) limit 1",
        user_id,
    )
    if on_its_way is not None:
        raise PremiumOnItsWay(payment_id=on_its_way)
    running = await _running(tx, user_id)
    for one in running:
        if _leaves_no_room(one, plan_id):
            raise AlreadyPremium(period_ends_at=one.period_ends_at)
    return max((one.period_ends_at for one in running), default=clock.now())


async def do_give_back(tx: Tx, payment: payment_rows.PaymentRow) -> bool:
    """Whether there is no room for what this pays: then it goes back. The payment is locked, and held. A service transaction."""
    # Two that arrive at once come one after the other. Before the membership's row, as whoever changes one does.
    await orders.lock_billing_customer(tx, payment.user_id)
    known = await subscription_periods.paid_for(tx, payment)
    is_theirs = known is None or known.user_id == payment.user_id
    if known is not None and known.provider_subscription_id is not None and known.is_running and is_theirs:
        return False  # it renews what there is
    others = [
        one
        for one in await _running(tx, payment.user_id)
        if _leaves_no_room(one, payment.product_id)
        and (known is None or known.provider_subscription_id is None or one.id != known.id)
    ]
    if not others:
        return False
    # A store's first period may be free, and what somebody else began is theirs: neither is ours to give back.
    returnable = payment.provider in REFUNDABLE and payment.paid > 0 and is_theirs
    if returnable and not all([await _gives_way(tx, one, payment) for one in others]):
        await _do_return(tx, payment, known)
        return True
    for one in others:
        await _do_stop(tx, one)
    return False


async def _running(tx: Tx, user_id: UUID) -> list[Row]:
    return await tx.all(
        Row,
        f"select {COLUMNS} from app.subscriptions where tenant_id = $1 and user_id = $2 and {RUNNING} "
        "order by renews desc, period_ends_at desc",
        user_id,
    )


def _leaves_no_room(running: Row, plan_id: UUID | None) -> bool:
    return running.renews or (running.plan_id == plan_id and running.period_ends_at > clock.now() + AGAIN_WITHIN)


async def _gives_way(tx: Tx, running: Row, payment: payment_rows.PaymentRow) -> bool:
    """Two pages for two plans: what was ordered later is what the person wants. A renewal was ordered long ago."""
    if running.plan_id == payment.product_id or payment.agreement_id is not None:
        return False
    ordered_at = await tx.maybe(
        datetime,
        "select min(created_at) from app.payments where tenant_id = $1 and agreement_id = $2",
        running.id,
    )
    return (ordered_at or running.created_at) < payment.created_at


async def _do_return(tx: Tx, payment: payment_rows.PaymentRow, known: Row | None) -> None:
    """The membership it would have begun is known as ended, so that whatever its provider says of it begins nothing."""
    subscription_id = known.id if known is not None and known.provider_subscription_id is not None else None
    if subscription_id is not None:
        await tx.run("update app.subscriptions set revoked = true where tenant_id = $1 and id = $2", subscription_id)
    elif payment.provider_subscription_id is not None:
        subscription_id = await tx.one(
            UUID,
            "insert into app.subscriptions (tenant_id, user_id, plan_id, status, provider, provider_subscription_id, renews, period_ends_at, "
            "changed_at, revoked, ended_at) values ($1, $2, $3, 'expired', $4, $5, false, app.now(), app.now(), true, app.now()) "
            "returning id",
            *(payment.user_id, payment.product_id, payment.provider.value, payment.provider_subscription_id),
        )
    await orders.do_hold_duplicate(tx, payment.id, subscription_id)
    if payment.provider_subscription_id is not None:
        await provider_subscriptions.do_stop_charging(tx, payment.provider, payment.provider_subscription_id)
    await publish(tx, PaidTwice(payment.user_id, payment.id, None))


async def _do_stop(tx: Tx, running: Row) -> None:
    """It gives way: it is not renewed, and paid back if it was bought just now."""
    young = None
    if running.provider in REFUNDABLE:
        young = await tx.maybe(
            UUID,
            "select id from app.payments where tenant_id = $1 and agreement_id = $2 and status = 'paid' and paid_amount > 0 "
            "and paid_at > app.now() - $3::interval order by paid_at desc limit 1",
            running.id,
            _BOUGHT_TOGETHER,
        )
    if young is not None:
        await orders.do_return_duplicate(tx, young)
    where: ProviderName | None = None
    if running.provider not in APP_STORES:
        await subscriptions.do_leave(tx, running)
    elif young is None and running.renews:
        where = running.provider
    await publish(tx, PaidTwice(running.user_id, young, where))
