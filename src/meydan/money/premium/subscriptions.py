"""Subscriptions: their rows and states, the frames about them, and the actions that providers have to perform.

The newest event decides about a provider's subscription (``changed_at``); the worker renews one paid with coins.
"""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from meydan import tenants
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import clock, jobs, realtime
from meydan.kit.database import Tx
from meydan.kit.events import publish
from meydan.kit.jobs import retries
from meydan.money.premium.enums import SubscriptionStatus
from meydan.money.premium.events import PremiumCancelled, PremiumEnded, PremiumInGrace
from meydan.money.premium.settings import PremiumSettings

TELL_PROVIDER = "premium.tell_provider"
_CLOCK_SKEW = timedelta(minutes=10)
"""A change of plan that begins so soon at the provider is applied at once."""


class Subscription(Struct, frozen=True):
    id: UUID
    plan_id: UUID
    status: SubscriptionStatus
    period_ends_at: datetime
    renews: bool
    created_at: datetime
    provider: ProviderName | None = None
    """Absent for a subscription paid with coins."""
    coin_price: Annotated[int, Meta(ge=1)] | None = None
    """Price of each period, if it is paid with coins."""
    grace_ends_at: datetime | None = None
    next_plan_id: UUID | None = None
    """Plan from the next renewal on, chosen at the provider."""


class SubscriptionFrame(realtime.Frame, frozen=True, tag="subscription"):
    """Sent when premium begins, changes or ends."""

    subscription: Subscription


class TellProvider(retries.RetryableJob, frozen=True):
    """Payload of the external job that cancels or resumes a subscription at its provider."""

    subscription_id: UUID


class SubscriptionRow(Struct, frozen=True):
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
        """True while it entitles to anything; ``RUNNING`` is the same in SQL."""
        return self.status is not SubscriptionStatus.expired and (self.renews or self.period_ends_at > clock.now())


_SHOWN = "id, plan_id, status, period_ends_at, renews, created_at, provider, coin_price, grace_ends_at, next_plan_id"
COLUMNS = (
    "id, user_id, plan_id, status, provider, provider_subscription_id, coin_price, renews, period_ends_at, grace_ends_at, changed_at, "
    "checked_at, pending_action, revoked, created_at"
)
RUNNING = "status <> 'expired' and (renews or period_ends_at > app.now())"


async def running_of(tx: Tx, user_id: UUID) -> Subscription | None:
    """The user's running subscription; of several, one that renews before the one that lasts longest."""
    return await tx.maybe(
        Subscription,
        f"""
        select {_SHOWN} from app.subscriptions where tenant_id = $1 and user_id = $2 and {RUNNING}
        order by renews desc, period_ends_at desc limit 1
        """,
        user_id,
    )


async def lock_renewing(tx: Tx, user_id: UUID) -> list[SubscriptionRow]:
    """The user's subscriptions that renew.

    Locks: those subscriptions."""
    return await tx.all(
        SubscriptionRow,
        f"""
        select {COLUMNS} from app.subscriptions where tenant_id = $1 and user_id = $2 and {RUNNING} and renews
        order by id for update
        """,
        user_id,
    )


async def second_renewing(tx: Tx, user_id: UUID, first: UUID) -> Subscription | None:
    """Another subscription of the user that renews as well."""
    return await tx.maybe(
        Subscription,
        f"""
        select {_SHOWN} from app.subscriptions where tenant_id = $1 and user_id = $2 and {RUNNING} and renews and id <> $3
        order by period_ends_at desc limit 1
        """,
        user_id,
        first,
    )


async def subscription(tx: Tx, subscription_id: UUID) -> Subscription:
    return await tx.one(
        Subscription, f"select {_SHOWN} from app.subscriptions where tenant_id = $1 and id = $2", subscription_id
    )


async def lock_by_id(tx: Tx, subscription_id: UUID) -> SubscriptionRow:
    """The subscription, which must exist.

    Locks: the subscription.
    Raises: NotFound."""
    return await tx.one(
        SubscriptionRow,
        f"select {COLUMNS} from app.subscriptions where tenant_id = $1 and id = $2 for update",
        subscription_id,
    )


async def lock_by_reference(tx: Tx, name: ProviderName, reference: str) -> SubscriptionRow | None:
    """The subscription with the provider's id, if it is known.

    Locks: the subscription."""
    return await tx.maybe(
        SubscriptionRow,
        f"select {COLUMNS} from app.subscriptions where tenant_id = $1 and provider = $2 and provider_subscription_id = $3 for update",
        name.value,
        reference,
    )


async def price(tx: Tx, subscription_id: UUID) -> tuple[int, str] | None:
    """Amount and currency of its newest paid period."""
    paid = await tx.maybe(
        _Price,
        """
        select paid_amount as amount, paid_currency as currency from app.payments
        where tenant_id = $1 and agreement_id = $2 and paid_amount > 0 and problem is null
        order by paid_at desc limit 1
        """,
        subscription_id,
    )
    return (paid.amount, paid.currency) if paid else None


class _Price(Struct, frozen=True):
    amount: int
    currency: str


async def do_change_plan(tx: Tx, subscription_id: UUID, plan_id: UUID, since: datetime | None) -> None:
    """Changes the plan at once, or announces it for the time at which its period begins."""
    if since is not None and since > clock.now() + _CLOCK_SKEW:
        await tx.run(
            "update app.subscriptions set next_plan_id = $3, next_plan_at = $4 where tenant_id = $1 and id = $2",
            *(subscription_id, plan_id, since),
        )
    else:
        await tx.run(
            """
            update app.subscriptions set plan_id = $3, next_plan_id = null, next_plan_at = null
            where tenant_id = $1 and id = $2
            """,
            *(subscription_id, plan_id),
        )


async def do_begin_grace(
    tx: Tx, known: SubscriptionRow, *, ends_at: datetime, changed_at: datetime | None = None
) -> None:
    """Begins or moves the grace after a failed renewal: premium stays until ``ends_at``."""
    await tx.run(
        """
        update app.subscriptions set status = 'grace', renews = true, grace_ends_at = $3, ended_at = null, changed_at = $4, checked_at = app.now()
        where tenant_id = $1 and id = $2
        """,
        *(known.id, ends_at, changed_at or known.changed_at),
    )
    if known.status is not SubscriptionStatus.grace:
        await publish(tx, PremiumInGrace(known.user_id, ends_at))


async def do_expire(
    tx: Tx, known: SubscriptionRow, *, changed_at: datetime | None = None, revoked: bool = False
) -> None:
    """Ends a subscription; ``revoked`` for one whose money is gone."""
    await tx.run(
        """
        update app.subscriptions set status = 'expired', renews = false, ended_at = coalesce(ended_at, app.now()),
            grace_ends_at = null, pending_action = null, changed_at = $3, revoked = revoked or $4 where tenant_id = $1 and id = $2
        """,
        *(known.id, changed_at or known.changed_at, revoked),
    )
    if known.status is not SubscriptionStatus.expired and await running_of(tx, known.user_id) is None:
        await publish(tx, PremiumEnded(known.user_id))


async def do_cancel_or_resume(tx: Tx, known: SubscriptionRow, action: str) -> None:
    """Cancels or resumes a subscription here, and queues the same at its provider."""
    cancel = action == "cancel"
    await tx.run(
        "update app.subscriptions set status = $3, renews = $4 where tenant_id = $1 and id = $2",
        *(known.id, "cancelled" if cancel else "active", not cancel),
    )
    if known.provider is not None:
        await do_set_pending_action(tx, known.id, action)
    if cancel:
        await publish(tx, PremiumCancelled(known.user_id, known.period_ends_at))
    await do_send_update(tx, known.id)


async def do_stop_renewing(tx: Tx, known: SubscriptionRow) -> None:
    """Cancels a subscription that the user did not cancel. The paid period stays."""
    if known.renews:
        await tx.run(
            """
            update app.subscriptions set status = 'cancelled', renews = false, grace_ends_at = null
            where tenant_id = $1 and id = $2
            """,
            known.id,
        )
        if known.provider_subscription_id is not None:
            await do_set_pending_action(tx, known.id, "cancel")
        await do_send_update(tx, known.id)


async def do_set_pending_action(tx: Tx, subscription_id: UUID, action: str) -> None:
    """Stores an action for the provider, ``cancel`` or ``resume``, and queues the job that performs it."""
    await tx.run(
        "update app.subscriptions set pending_action = $3 where tenant_id = $1 and id = $2", subscription_id, action
    )
    await jobs.queue(
        tx, TELL_PROVIDER, TellProvider(subscription_id=subscription_id), dedupe_key=f"{subscription_id}:{action}"
    )


async def do_send_update(tx: Tx, subscription_id: UUID) -> None:
    """Sends the subscription's present state to its owner."""
    user_id = await tx.one(
        UUID, "select user_id from app.subscriptions where tenant_id = $1 and id = $2", subscription_id
    )
    await realtime.send_frame(tx, user_id, SubscriptionFrame(await subscription(tx, subscription_id)))


async def do_change(
    tx: Tx,
    known: SubscriptionRow,
    *,
    status: SubscriptionStatus,
    period_ends_at: datetime,
    renews: bool,
    changed_at: datetime,
) -> None:
    """Makes a subscription run, in any state before."""
    await tx.run(
        """
        update app.subscriptions set status = $3, period_ends_at = $4, renews = $5, changed_at = $6, grace_ends_at = null,
            ended_at = null, revoked = false where tenant_id = $1 and id = $2
        """,
        *(known.id, status.value, period_ends_at, renews, changed_at),
    )


async def grace_period(tx: Tx) -> timedelta:
    """The tenant's length of the grace after a failed renewal."""
    return timedelta(days=(await tenants.settings(tx, PremiumSettings)).grace_days)
