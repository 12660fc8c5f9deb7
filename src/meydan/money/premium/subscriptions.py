"""Premium, as long as it runs: begun and renewed by payments or coins, followed where a provider renews it, ended in time.

A provider's subscription is what its newest news says (``changed_at``); one for coins is renewed by the worker.
"""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from meydan import tenants
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import clock, jobs, realtime, retries
from meydan.kit.database import Tx
from meydan.kit.events import publish
from meydan.money.premium.enums import SubscriptionStatus
from meydan.money.premium.events import PremiumCancelled, PremiumEnded, PremiumInGrace
from meydan.money.premium.settings import PremiumSettings

TELL_PROVIDER = "premium.tell_provider"
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


class TellProvider(retries.RetryableJob, frozen=True):
    """That the person wants it cancelled, or not any more."""

    subscription_id: UUID


class Row(Struct, frozen=True):
    id: UUID
    user_id: UUID
    plan_id: UUID
    status: SubscriptionStatus
    provider: ProviderName | None
    provider_subscription_id: str | None
    coin_price: int | None
    renews: bool
    period_ends_at: datetime
    grace_ends_at: datetime | None
    changed_at: datetime
    checked_at: datetime | None
    pending_action: str | None
    revoked: bool
    created_at: datetime

    @property
    def is_running(self) -> bool:
        """Whether it unlocks anything now; ``limits`` asks the database the same."""
        return self.status is not SubscriptionStatus.expired and (self.renews or self.period_ends_at > clock.now())


_SHOWN = "id, plan_id, status, period_ends_at, renews, created_at, provider, coin_price, grace_ends_at, next_plan_id"
COLUMNS = (
    "id, user_id, plan_id, status, provider, provider_subscription_id, coin_price, renews, period_ends_at, grace_ends_at, changed_at, "
    "checked_at, pending_action, revoked, created_at"
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
        f"select {COLUMNS} from app.subscriptions where tenant_id = $1 and provider = $2 and provider_subscription_id = $3 for update",
        name.value,
        reference,
    )


async def price(tx: Tx, subscription_id: UUID) -> tuple[int, str] | None:
    """What its newest period cost."""
    paid = await tx.maybe(
        _Price,
        "select paid_amount as amount, paid_currency as currency from app.payments "
        "where tenant_id = $1 and agreement_id = $2 and paid_amount > 0 and problem is null "
        "order by paid_at desc limit 1",
        subscription_id,
    )
    return (paid.amount, paid.currency) if paid else None


class _Price(Struct, frozen=True):
    amount: int
    currency: str


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
        "grace_ends_at = null, pending_action = null, changed_at = $3, revoked = revoked or $4 where tenant_id = $1 and id = $2",
        *(known.id, changed_at or known.changed_at, revoked),
    )
    if known.status is not SubscriptionStatus.expired and await of(tx, known.user_id) is None:
        await publish(tx, PremiumEnded(known.user_id))


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
        if known.provider_subscription_id is not None:
            await do_tell_provider(tx, known.id, "cancel")
        await tell(tx, known.id)


async def do_tell_provider(tx: Tx, subscription_id: UUID, wish: str) -> None:
    """After this transaction, until it has heard it."""
    await tx.run(
        "update app.subscriptions set pending_action = $3 where tenant_id = $1 and id = $2", subscription_id, wish
    )
    await jobs.queue(
        tx, TELL_PROVIDER, TellProvider(subscription_id=subscription_id), dedupe_key=f"{subscription_id}:{wish}"
    )


async def tell(tx: Tx, subscription_id: UUID) -> None:
    user_id = await tx.one(
        UUID, "select user_id from app.subscriptions where tenant_id = $1 and id = $2", subscription_id
    )
    await realtime.send_frame(tx, user_id, SubscriptionFrame(await shown(tx, subscription_id)))


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
    return timedelta(days=(await tenants.settings(tx, PremiumSettings)).grace_days)
