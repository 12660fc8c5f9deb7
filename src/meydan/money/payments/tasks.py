"""Jobs of payments, most of them external: they speak to providers."""

from meydan.kit import jobs
from meydan.kit.database import Tx
from meydan.money.payments import (
    acknowledgements,
    checkouts,
    provider_subscriptions,
    reconciliation,
    refunds,
    webhook_events,
)
from meydan.money.payments.orders import CHECK_PAYMENT, OPEN_CHECKOUT, RETURN_PAYMENT

jobs.errand(OPEN_CHECKOUT)(checkouts.open_checkout)
jobs.errand(CHECK_PAYMENT)(checkouts.check_payment)
jobs.errand(webhook_events.READ_NOTICE)(webhook_events.read_notice)
jobs.errand(refunds.ASK_REFUND)(refunds.ask_refund)
jobs.errand(acknowledgements.ACKNOWLEDGE)(acknowledgements.acknowledge)
jobs.errand(reconciliation.RECONCILE)(reconciliation.reconcile)
jobs.errand(provider_subscriptions.STOP_CHARGING)(provider_subscriptions.stop_charging)
jobs.job(RETURN_PAYMENT)(refunds.do_return)


@jobs.every("*/5 * * * *")
async def sweep(tx: Tx) -> None:
    await checkouts.do_sweep(tx)
    await acknowledgements.do_sweep(tx)
    await webhook_events.do_sweep(tx)


@jobs.every("17 * * * *")
async def compare_books(tx: Tx) -> None:
    await reconciliation.do_queue(tx)


@jobs.every("41 3 * * *")
async def forget_old(tx: Tx) -> None:
    await webhook_events.do_forget_old(tx)
