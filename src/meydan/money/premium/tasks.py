"""Jobs of premium, among them the external jobs that call providers about subscriptions."""

from meydan.kit import jobs
from meydan.kit.database import Tx
from meydan.money.premium import acknowledgements, membership, provider_checks
from meydan.money.premium.subscriptions import TELL_PROVIDER

jobs.external_job(acknowledgements.ACKNOWLEDGE_CHANGE)(acknowledgements.acknowledge_change)
jobs.external_job(TELL_PROVIDER)(provider_checks.tell_provider)
jobs.external_job(membership.CHECK_SUBSCRIPTION)(provider_checks.check_subscription)


@jobs.every("* * * * *", due="tenants_with_due_subscriptions")
async def run_renewals(tx: Tx) -> None:
    await membership.do_run_renewals(tx)


@jobs.every("*/5 * * * *")
async def sweep(tx: Tx) -> None:
    await acknowledgements.do_sweep(tx)
