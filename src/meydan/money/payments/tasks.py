"""Jobs of payments, most of them external jobs that call providers."""

from meydan.kit import jobs
from meydan.kit.database import Tx
from meydan.money.payments import checkouts, provider_accounts, refunds
from meydan.money.payments.orders import CHECK_PAYMENT, OPEN_CHECKOUT, RETURN_PAYMENT
from meydan.money.payments.settlement import acknowledgements, deferred_events, provider_subscriptions

jobs.external_job(OPEN_CHECKOUT)(checkouts.open_checkout)
jobs.external_job(CHECK_PAYMENT)(checkouts.check_payment)
jobs.external_job(refunds.ASK_REFUND)(refunds.ask_refund)
jobs.external_job(acknowledgements.ACKNOWLEDGE)(acknowledgements.acknowledge)
jobs.external_job(provider_subscriptions.STOP_CHARGING)(provider_subscriptions.stop_charging)
jobs.job(RETURN_PAYMENT)(refunds.do_refund_in_full)


@jobs.every("*/5 * * * *")
async def sweep(tx: Tx) -> None:
    await checkouts.do_sweep(tx)
    await acknowledgements.do_sweep(tx)


@jobs.every("43 3 * * *")
async def purge_deferred_events(tx: Tx) -> None:
    await deferred_events.do_purge_old(tx)


@jobs.every("47 3 * * *")
async def reseal_provider_accounts(tx: Tx) -> None:
    await provider_accounts.do_reseal(tx)
