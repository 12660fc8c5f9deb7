"""Premium, as long as it runs: begun and renewed by payments or coins, followed where a provider renews it, ended in time.

A provider's subscription is what its newest news says (``changed_at``); one for coins is renewed by the worker.
"""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from meydan import tenants
from meydan.commerce import periods, retries, rows, shop
from meydan.commerce.events import PremiumCancelled, PremiumEnded, PremiumInGrace, PremiumRenewed, PremiumStarted
from meydan.commerce.kinds import Period, ProviderName, SubscriptionStatus
from meydan.commerce.providers import RENEWING, STORES
from meydan.commerce.settings import CommerceSettings
from meydan.kit import clock, jobs, realtime
from meydan.kit.database import Tx
from meydan.kit.events import publish

TELL_PROVIDER = "commerce.tell_provider"
STOP_CHARGING = "commerce.stop_charging"
_CLOCKS_DIFFER = timedelta(minutes=10)
"""What begins so soon at the provider has begun."""


class Subscription(Struct, frozen=True):
    id: UUID
    plan_id: UUID
    status: SubscriptionStatus
    period_ends_at: datetime
    renews: bool
    created_at: datetime
    provider: ProviderName | None = None
    """Absent where it is paid with coins."""
    coin_price: Annotated[int, Meta(ge=1)] | None = None
    """What each period costs then."""
    grace_ends_at: datetime | None = None
    next_plan_id: UUID | None = None
    """Another plan was chosen at the provider: it comes with the next renewal."""


class SubscriptionFrame(realtime.Frame, frozen=True, tag="subscription"):
    """Premium began, changed or ended."""

    subscription: Subscription


class TellProvider(retries.Errand, frozen=True):
    """That the person wants it cancelled, or not any more."""

    subscription_id: UUID


class StopCharging(retries.Errand, frozen=True):
    """For a subscription that nobody is given."""

    provider: ProviderName
    reference: str


class Row(Struct, frozen=True):
    id: UUID
    user_id: UUID
    plan_id: UUID
    status: SubscriptionStatus
    provider: ProviderName | None
    reference: str | None
    coin_price: int | None
    renews: bool
    period_ends_at: datetime
    grace_ends_at: datetime | None
    changed_at: datetime
    checked_at: datetime | None
    wish: str | None
    revoked: bool
    created_at: datetime

    @property
    def is_running(self) -> bool:
        """Whether it unlocks anything now; ``limits`` asks the database the same."""
        return self.status is not SubscriptionStatus.expired and (self.renews or self.period_ends_at > clock.now())


_SHOWN = "id, plan_id, status, period_ends_at, renews, created_at, provider, coin_price, grace_ends_at, next_plan_id"
COLUMNS = (
    "id, user_id, plan_id, status, provider, reference, coin_price, renews, period_ends_at, grace_ends_at, changed_at, "
    "checked_at, wish, revoked, created_at"
)
RUNNING = "status <> 'expired' and (renews or period_ends_at > app.now())"


async def of(tx: Tx, user_id: UUID) -> Subscription | None:
    """What is running; the one that lasts longest if there are several."""
    return await tx.maybe(
        Subscription,
        f"select {_SHOWN} from app.subscriptions where tenant_id = $1 and user_id = $2 and {RUNNING} "
        "order by renews desc, period_ends_at desc limit 1",
        user_id,
    )


async def renewing(tx: Tx, user_id: UUID) -> list[Row]:
    """All that renew. Locked."""
    return await tx.all(
        Row,
        f"select {COLUMNS} from app.subscriptions where tenant_id = $1 and user_id = $2 and {RUNNING} and renews "
        "order by id for update",
        user_id,
    )


async def second(tx: Tx, user_id: UUID, first: UUID) -> Subscription | None:
    """Another one that renews as well."""
    return await tx.maybe(
        Subscription,
        f"select {_SHOWN} from app.subscriptions where tenant_id = $1 and user_id = $2 and {RUNNING} and renews and id <> $3 "
        "order by period_ends_at desc limit 1",
        user_id,
        first,
    )


async def shown(tx: Tx, subscription_id: UUID) -> Subscription:
    return await tx.one(
        Subscription, f"select {_SHOWN} from app.subscriptions where tenant_id = $1 and id = $2", subscription_id
    )


async def by_id(tx: Tx, subscription_id: UUID) -> Row:
    """Locked."""
    return await tx.one(
        Row, f"select {COLUMNS} from app.subscriptions where tenant_id = $1 and id = $2 for update", subscription_id
    )


async def by_reference(tx: Tx, name: ProviderName, reference: str) -> Row | None:
    """Locked."""
    return await tx.maybe(
        Row,
        f"select {COLUMNS} from app.subscriptions where tenant_id = $1 and provider = $2 and reference = $3 for update",
        name.value,
        reference,
    )


async def price(tx: Tx, subscription_id: UUID) -> tuple[int, str] | None:
    """What its newest period cost."""
    paid = await tx.maybe(
        _Price,
        "select paid_amount as amount, paid_currency as currency from app.payments "
        "where tenant_id = $1 and subscription_id = $2 and paid_amount > 0 and problem is null "
        "order by paid_at desc limit 1",
        subscription_id,
    )
    return (paid.amount, paid.currency) if paid else None


class _Price(Struct, frozen=True):
    amount: int
    currency: str


async def do_pay_period(tx: Tx, payment: rows.Row) -> None:
    """What a settled payment gives: a new subscription, or more of one. A service transaction."""
    plan = await shop.plan(tx, payment.plan_id)
    known = await paid_for(tx, payment)
    if known is not None and known.user_id != payment.user_id:
        known = await _do_hand_over(tx, known, payment)
    if known is None:
        ends_at = payment.period_ends_at or await _end_of_first(tx, payment.user_id, plan.period)
        subscription_id = await tx.one(
            UUID,
            "insert into app.subscriptions (tenant_id, user_id, plan_id, status, provider, reference, renews, period_ends_at, "
            "changed_at) values ($1, $2, $3, 'active', $4, $5, $6, $7, $8) returning id",
            *(payment.user_id, plan.id, payment.provider.value, payment.subscription_reference),
            *(payment.subscription_reference is not None and payment.provider in RENEWING, ends_at),
            _told_at(payment),
        )
        await publish(tx, PremiumStarted(payment.user_id, ends_at))
    else:
        subscription_id = known.id
        if payment.period_ends_at is not None:
            ends_at = payment.period_ends_at
        else:
            ends_at = periods.after(plan.period, known.created_at, max(known.period_ends_at, clock.now()))
        changes = plan.id != known.plan_id
        is_news = not changes or not await _is_history(tx, known, payment)
        if is_news and (changes or ends_at > known.period_ends_at or known.revoked):
            # Cancelled after this was paid, or before? The newer of the two is right; a wish that the provider has not heard
            # of is newer than what it does.
            stays_cancelled = known.status is SubscriptionStatus.cancelled and (
                known.wish == "cancel" or payment.paid_at is None or known.changed_at > payment.paid_at
            )
            await do_change(
                tx,
                known,
                status=SubscriptionStatus.cancelled if stays_cancelled else SubscriptionStatus.active,
                period_ends_at=ends_at,
                renews=known.reference is not None and not stays_cancelled,
                changed_at=max(known.changed_at, _told_at(payment)),
            )
            if changes:
                await do_change_plan(tx, known.id, plan.id, payment.period_begins_at)
            await publish(tx, PremiumRenewed(known.user_id, ends_at))
    await tx.run(
        "update app.payments set subscription_id = $3, period_ends_at = $4 where tenant_id = $1 and id = $2",
        *(payment.id, subscription_id, ends_at),
    )
    await tell(tx, subscription_id)


async def do_change_plan(tx: Tx, subscription_id: UUID, plan_id: UUID, since: datetime | None) -> None:
    """At once, or when what was paid already begins."""
    if since is not None and since > clock.now() + _CLOCKS_DIFFER:
        await tx.run(
            "update app.subscriptions set next_plan_id = $3, next_plan_at = $4 where tenant_id = $1 and id = $2",
            *(subscription_id, plan_id, since),
        )
    else:
        await tx.run(
            "update app.subscriptions set plan_id = $3, next_plan_id = null, next_plan_at = null "
            "where tenant_id = $1 and id = $2",
            *(subscription_id, plan_id),
        )


def _told_at(payment: rows.Row) -> datetime:
    """A renewal may be dated hours ahead, at its period's beginning; what is said until then is news all the same."""
    return min(payment.paid_at or clock.now(), clock.now())


async def _is_history(tx: Tx, known: Row, payment: rows.Row) -> bool:
    """A payment for the plan of before, told after what came of it: by a newer payment, or by the provider's word."""
    if payment.paid_at is None or payment.paid_at < known.changed_at:
        return True
    return await tx.one(
        bool,
        "select exists (select from app.payments where tenant_id = $1 and subscription_id = $2 and id <> $3 "
        "and settled_at is not null and paid_at > $4)",
        *(known.id, payment.id, payment.paid_at),
    )


async def _end_of_first(tx: Tx, user_id: UUID, period: Period) -> datetime:
    """Where we count the time, it begins when what runs ends: nobody pays for the same days twice."""
    running = await of(tx, user_id)
    begins_at = max(clock.now(), running.period_ends_at) if running else clock.now()
    return periods.after(period, begins_at, begins_at)


async def _do_hand_over(tx: Tx, known: Row, payment: rows.Row) -> Row:
    """Apple names a subscription by the store's account, whoever uses that here: it is theirs who paid for it last."""
    if known.status is not SubscriptionStatus.expired:
        await do_expire(tx, known)
        await tell(tx, known.id)
    await tx.run(
        "update app.subscriptions set user_id = $3, plan_id = $4, period_ends_at = least(period_ends_at, app.now()) "
        "where tenant_id = $1 and id = $2",
        *(known.id, payment.user_id, payment.plan_id),
    )
    return await by_id(tx, known.id)


async def paid_for(tx: Tx, payment: rows.Row) -> Row | None:
    """What a payment renews or lengthens; None where it begins something. Locked."""
    if payment.subscription_id is not None:
        return await by_id(tx, payment.subscription_id)
    if payment.subscription_reference is not None:
        return await by_reference(tx, payment.provider, payment.subscription_reference)
    # Bought period by period: another one of the same plan lengthens what is running.
    return await tx.maybe(
        Row,
        f"select {COLUMNS} from app.subscriptions where tenant_id = $1 and user_id = $2 and plan_id = $3 and provider = $4 "
        f"and reference is null and {RUNNING} order by period_ends_at desc limit 1 for update",
        *(payment.user_id, payment.plan_id, payment.provider.value),
    )


async def do_grace(tx: Tx, known: Row, *, ends_at: datetime, changed_at: datetime | None = None) -> None:
    """The renewal failed; what was bought stays until then."""
    await tx.run(
        "update app.subscriptions set status = 'grace', renews = true, grace_ends_at = $3, ended_at = null, changed_at = $4, checked_at = app.now() "
        "where tenant_id = $1 and id = $2",
        *(known.id, ends_at, changed_at or known.changed_at),
    )
    if known.status is not SubscriptionStatus.grace:
        await publish(tx, PremiumInGrace(known.user_id, ends_at))


async def do_expire(tx: Tx, known: Row, *, changed_at: datetime | None = None, revoked: bool = False) -> None:
    """It is over."""
    await tx.run(
        "update app.subscriptions set status = 'expired', renews = false, ended_at = coalesce(ended_at, app.now()), "
        "grace_ends_at = null, wish = null, changed_at = $3, revoked = revoked or $4 where tenant_id = $1 and id = $2",
        *(known.id, changed_at or known.changed_at, revoked),
    )
    if known.status is not SubscriptionStatus.expired and await of(tx, known.user_id) is None:
        await publish(tx, PremiumEnded(known.user_id))


async def do_revoke(tx: Tx, subscription_id: UUID, payment_id: UUID, period_ends_at: datetime) -> bool:
    """The money of the period that ends then is gone. Whether premium ended by that: an older period's money is history."""
    known = await by_id(tx, subscription_id)
    if known.status is SubscriptionStatus.expired or period_ends_at < known.period_ends_at:
        return False
    if period_ends_at > known.period_ends_at and await _was_overtaken(tx, subscription_id, payment_id):
        return False
    before = await tx.maybe(
        datetime,
        "select max(period_ends_at) from app.payments where tenant_id = $1 and subscription_id = $2 and settled_at is not null "
        "and period_ends_at < $3 and refunded < paid_amount and status not in ('disputed', 'charged_back')",
        subscription_id,
        period_ends_at,
    )
    if before is not None and before > clock.now():
        await do_change(
            tx,
            known,
            status=SubscriptionStatus.cancelled,
            period_ends_at=before,
            renews=False,
            changed_at=known.changed_at,
        )
        if known.renews and known.reference is not None and known.provider not in STORES:
            await do_tell_provider(tx, subscription_id, "cancel")
        await tell(tx, subscription_id)
        return False
    await do_expire(tx, known, revoked=True)
    if known.renews and known.reference is not None:  # or it would be charged for again
        await do_tell_provider(tx, subscription_id, "cancel")
    await tell(tx, subscription_id)
    return True


async def _was_overtaken(tx: Tx, subscription_id: UUID, payment_id: UUID) -> bool:
    """Whether a later payment changed a long period into a shorter one of another plan."""
    return await tx.one(
        bool,
        """
        select exists (
            select from app.payments newer join app.payments this on this.tenant_id = newer.tenant_id and this.id = $3
            where newer.tenant_id = $1 and newer.subscription_id = $2 and newer.settled_at is not null
                and newer.paid_at > this.paid_at and newer.plan_id <> this.plan_id
        )
        """,
        *(subscription_id, payment_id),
    )


async def is_taken_back(tx: Tx, subscription_id: UUID, period_ends_at: datetime) -> bool:
    """Whether the period that ends then was paid for and its money is gone: the provider may count it as before."""
    return await tx.one(
        bool,
        "select coalesce(bool_and(status in ('refunded', 'disputed', 'charged_back')), false) from app.payments "
        "where tenant_id = $1 and subscription_id = $2 and period_ends_at >= $3",
        subscription_id,
        period_ends_at,
    )


async def do_restore(tx: Tx, subscription_id: UUID, period_ends_at: datetime) -> None:
    """The money of the period came back: a dispute was won. What is left of it is given; it is not renewed."""
    known = await by_id(tx, subscription_id)
    if period_ends_at <= clock.now() or (not known.revoked and period_ends_at <= known.period_ends_at):
        return
    await do_change(
        tx,
        known,
        status=SubscriptionStatus.cancelled,
        period_ends_at=period_ends_at,
        renews=False,
        changed_at=known.changed_at,
    )
    if known.status is SubscriptionStatus.expired:
        await publish(tx, PremiumStarted(known.user_id, period_ends_at))
    await tell(tx, subscription_id)


async def do_wish(tx: Tx, known: Row, wish: str) -> None:
    """Cancel or resume, at once here; the provider is told after."""
    cancel = wish == "cancel"
    await tx.run(
        "update app.subscriptions set status = $3, renews = $4 where tenant_id = $1 and id = $2",
        *(known.id, "cancelled" if cancel else "active", not cancel),
    )
    if known.provider is not None:
        await do_tell_provider(tx, known.id, wish)
    if cancel:
        await publish(tx, PremiumCancelled(known.user_id, known.period_ends_at))
    await tell(tx, known.id)


async def do_leave(tx: Tx, known: Row) -> None:
    """It is not renewed, without the person's wish. What is paid for stays."""
    if known.renews:
        await tx.run(
            "update app.subscriptions set status = 'cancelled', renews = false, grace_ends_at = null "
            "where tenant_id = $1 and id = $2",
            known.id,
        )
        if known.reference is not None:
            await do_tell_provider(tx, known.id, "cancel")
        await tell(tx, known.id)


async def do_tell_provider(tx: Tx, subscription_id: UUID, wish: str) -> None:
    """After this transaction, until it has heard it."""
    await tx.run("update app.subscriptions set wish = $3 where tenant_id = $1 and id = $2", subscription_id, wish)
    await jobs.queue(
        tx, TELL_PROVIDER, TellProvider(subscription_id=subscription_id), once_key=f"{subscription_id}:{wish}"
    )


async def do_stop_charging(tx: Tx, name: ProviderName, reference: str) -> None:
    """After this transaction. A store's own account holder is the only one who can do that there."""
    if name not in STORES:
        await jobs.queue(
            tx, STOP_CHARGING, StopCharging(provider=name, reference=reference), once_key=f"{name}:{reference}"
        )


async def tell(tx: Tx, subscription_id: UUID) -> None:
    user_id = await tx.one(
        UUID, "select user_id from app.subscriptions where tenant_id = $1 and id = $2", subscription_id
    )
    await realtime.tell(tx, user_id, SubscriptionFrame(await shown(tx, subscription_id)))


async def do_change(
    tx: Tx, known: Row, *, status: SubscriptionStatus, period_ends_at: datetime, renews: bool, changed_at: datetime
) -> None:
    """It runs, whatever it was before."""
    await tx.run(
        "update app.subscriptions set status = $3, period_ends_at = $4, renews = $5, changed_at = $6, grace_ends_at = null, "
        "ended_at = null, revoked = false where tenant_id = $1 and id = $2",
        *(known.id, status.value, period_ends_at, renews, changed_at),
    )


async def grace(tx: Tx) -> timedelta:
    return timedelta(days=(await tenants.settings(tx, CommerceSettings)).grace_days)
