"""Cancels subscriptions at providers that no user here has any more, so that they are not charged again."""

from meydan import tenants
from meydan.integrations.payments import APP_STORES
from meydan.integrations.payments.contract import ProviderLocked, ProviderRefused, ProviderUnavailable
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import jobs
from meydan.kit.database import Database, Tx
from meydan.kit.jobs import retries
from meydan.money.payments import provider_accounts

STOP_CHARGING = "payments.stop_charging"


class StopCharging(retries.RetryableJob, frozen=True):
    """Payload of the external job that cancels a subscription at its provider."""

    provider: ProviderName
    provider_subscription_id: str


async def do_stop_charging(tx: Tx, name: ProviderName, reference: str) -> None:
    """Queues the cancellation. In an app store only the account's holder can cancel, so nothing is queued there."""
    if name not in APP_STORES:
        await jobs.queue(
            tx,
            STOP_CHARGING,
            StopCharging(provider=name, provider_subscription_id=reference),
            dedupe_key=f"{name}:{reference}",
        )


async def stop_charging(db: Database, tenant_id: int, job: StopCharging) -> None:
    """Cancels at the provider, for a user who left or has the money back. A failure that lasts leaves the job held."""
    try:
        async with provider_accounts.opened(db, tenant_id, job.provider) as provider:
            await provider.do_cancel(job.provider_subscription_id)
    except (ProviderUnavailable, ProviderLocked):
        async with db.as_service(tenant_id) as tx:
            key = f"{job.provider}:{job.provider_subscription_id}"
            if not await retries.do_retry(tx, STOP_CHARGING, job, retries.PATIENTLY, dedupe_key=key):
                raise  # held, and seen by `meydan doctor`: the provider goes on charging
    except (ProviderRefused, provider_accounts.ProviderNotConnected) as error:
        async with db.as_service(tenant_id) as tx:
            await tenants.do_record(
                tx,
                "subscription_change_refused",
                provider=job.provider,
                reference=job.provider_subscription_id,
                wish="cancel",
                problem=str(error)[:500],
            )
