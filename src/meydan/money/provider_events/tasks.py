"""Jobs of provider events: webhooks are read, books compared, old events purged."""

from meydan.kit import jobs
from meydan.kit.database import Tx
from meydan.money.provider_events import reconciliation, webhook_events

jobs.external_job(webhook_events.READ_WEBHOOK_EVENT)(webhook_events.read_webhook_event)
jobs.external_job(reconciliation.RECONCILE)(reconciliation.reconcile)


@jobs.every("*/5 * * * *")
async def sweep(tx: Tx) -> None:
    await webhook_events.do_sweep(tx)


@jobs.every("17 * * * *")
async def queue_reconciliations(tx: Tx) -> None:
    await reconciliation.do_queue_all(tx)


@jobs.every("41 3 * * *")
async def purge_old(tx: Tx) -> None:
    await webhook_events.do_purge_old(tx)
