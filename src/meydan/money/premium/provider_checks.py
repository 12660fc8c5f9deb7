"""Calls to providers about subscriptions: cancels or resumes them, and checks those whose webhook did not come."""

import logging
from uuid import UUID

from msgspec import Struct

from meydan import tenants
from meydan.integrations.payments.contract import ProviderLocked, ProviderRefused, ProviderUnavailable
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Database, Tx
from meydan.kit.jobs import retries
from meydan.money.payments import provider_accounts, settlement
from meydan.money.premium import subscriptions
from meydan.money.premium.enums import SubscriptionStatus
from meydan.money.premium.membership import CheckSubscription
from meydan.money.premium.subscriptions import TELL_PROVIDER, TellProvider

log = logging.getLogger(__name__)


class _PendingAction(Struct, frozen=True):
    provider: ProviderName
    provider_subscription_id: str
    pending_action: str


class _NewestPayment(Struct, frozen=True):
    provider: ProviderName
    provider_subscription_id: str
    provider_charge_id: str


async def tell_provider(db: Database, tenant_id: int, job: TellProvider) -> None:
    """Performs the subscription's pending action at the provider, if there is one still."""
    async with db.as_service(tenant_id) as tx:
        pending = await tx.maybe(
            _PendingAction,
            """
            select provider, provider_subscription_id, pending_action from app.subscriptions
            where tenant_id = $1 and id = $2 and pending_action is not null and provider is not null and provider_subscription_id is not null
            """,
            job.subscription_id,
        )
    if pending is None:
        return
    try:
        async with provider_accounts.opened(db, tenant_id, pending.provider) as provider:
            await (provider.do_cancel if pending.pending_action == "cancel" else provider.do_resume)(
                pending.provider_subscription_id
            )
    except (ProviderUnavailable, ProviderLocked) as error:
        async with db.as_service(tenant_id) as tx:
            key = f"{job.subscription_id}:{pending.pending_action}"
            if not await retries.do_retry(tx, TELL_PROVIDER, job, retries.PATIENTLY, dedupe_key=key):
                await _do_revert_action(tx, job.subscription_id, pending.pending_action, str(error))
        return
    except (ProviderRefused, provider_accounts.ProviderNotConnected) as error:
        async with db.as_service(tenant_id) as tx:
            await _do_revert_action(tx, job.subscription_id, pending.pending_action, str(error))
        return
    async with db.as_service(tenant_id) as tx:
        await _do_mark_told(tx, job.subscription_id, pending.pending_action)


async def check_subscription(db: Database, tenant_id: int, job: CheckSubscription) -> None:
    """Asks the provider for a subscription whose period is over and whose renewal did not come."""
    async with db.as_service(tenant_id) as tx:
        newest = await tx.maybe(
            _NewestPayment,
            """
            select known.provider, known.provider_subscription_id, payment.provider_charge_id from app.subscriptions known
            join app.payments payment on payment.tenant_id = known.tenant_id and payment.agreement_id = known.id
            where known.tenant_id = $1 and known.id = $2 and known.provider_subscription_id is not null and payment.provider_charge_id is not null
            order by payment.paid_at desc limit 1
            """,
            job.subscription_id,
        )
    if newest is None:
        return
    try:
        async with provider_accounts.opened(db, tenant_id, newest.provider) as provider:
            events = await provider.subscription(newest.provider_subscription_id, newest.provider_charge_id)
    except (ProviderUnavailable, ProviderRefused, provider_accounts.ProviderNotConnected) as error:
        log.warning("subscription %s could not be checked: %s", job.subscription_id, error)  # its grace goes on
        return
    async with db.as_service(tenant_id) as tx:
        await settlement.do_apply_all(tx, newest.provider, events)


async def _do_mark_told(tx: Tx, subscription_id: UUID, action: str) -> None:
    """Clears the pending action that the provider has performed; repeats the newest one if the provider was slow."""
    known = await subscriptions.lock_by_id(tx, subscription_id)
    if known.pending_action == action:
        # Events from before the provider performed it are older than the action.
        await tx.run(
            """
            update app.subscriptions set pending_action = null, changed_at = greatest(changed_at, app.now())
            where tenant_id = $1 and id = $2
            """,
            subscription_id,
        )
    elif (
        known.pending_action is None
        and known.status is not SubscriptionStatus.expired
        and known.renews is (action == "cancel")
    ):
        # A slow provider may have performed a later action before this one. The later is repeated, so that it comes last.
        await subscriptions.do_set_pending_action(tx, subscription_id, "resume" if known.renews else "cancel")


async def _do_revert_action(tx: Tx, subscription_id: UUID, action: str, reason: str) -> None:
    """Reverts an action that the provider refused: the user sees the old state again, staff the reason."""
    known = await subscriptions.lock_by_id(tx, subscription_id)
    if known.pending_action != action:
        return
    await tx.run("update app.subscriptions set pending_action = null where tenant_id = $1 and id = $2", subscription_id)
    if known.status in (SubscriptionStatus.active, SubscriptionStatus.cancelled):
        renews = action == "cancel"
        await tx.run(
            "update app.subscriptions set status = $3, renews = $4 where tenant_id = $1 and id = $2",
            *(subscription_id, "active" if renews else "cancelled", renews),
        )
        await subscriptions.do_send_update(tx, subscription_id)
    await tenants.do_record(
        tx,
        "subscription_change_refused",
        user_id=known.user_id,
        subscription_id=subscription_id,
        wish=action,
        problem=reason[:500],
    )
