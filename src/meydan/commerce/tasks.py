"""What commerce does by itself, and the errands that speak to providers."""

from meydan.commerce import acknowledging, checkouts, notices, one_membership, premium, reconciliation, refunds, upkeep
from meydan.commerce.payments import CHECK_PAYMENT, OPEN_CHECKOUT
from meydan.commerce.subscriptions import STOP_CHARGING, TELL_PROVIDER
from meydan.kit import jobs
from meydan.kit.database import Tx

jobs.errand(OPEN_CHECKOUT)(checkouts.open_checkout)
jobs.errand(CHECK_PAYMENT)(checkouts.check_payment)
jobs.errand(notices.READ_NOTICE)(notices.read_notice)
jobs.errand(refunds.ASK_REFUND)(refunds.ask_refund)
jobs.errand(acknowledging.ACKNOWLEDGE)(acknowledging.acknowledge)
jobs.errand(acknowledging.ACKNOWLEDGE_CHANGE)(acknowledging.acknowledge_change)
jobs.errand(TELL_PROVIDER)(upkeep.tell_provider)
jobs.errand(STOP_CHARGING)(upkeep.stop_charging)
jobs.errand(premium.CHECK_SUBSCRIPTION)(upkeep.check_subscription)
jobs.errand(reconciliation.RECONCILE)(reconciliation.reconcile)
jobs.job(one_membership.RETURN_PAYMENT)(refunds.do_return)


@jobs.every("* * * * *")
async def pass_time(tx: Tx) -> None:
    await premium.do_pass_time(tx)


@jobs.every("*/5 * * * *")
async def sweep(tx: Tx) -> None:
    await checkouts.do_sweep(tx)
    await acknowledging.do_sweep(tx)
    await notices.do_sweep(tx)


@jobs.every("17 * * * *")
async def compare_books(tx: Tx) -> None:
    await reconciliation.do_queue(tx)


@jobs.every("41 3 * * *")
async def forget_old(tx: Tx) -> None:
    await notices.do_forget_old(tx)
