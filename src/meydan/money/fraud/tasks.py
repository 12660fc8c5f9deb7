"""Jobs of fraud."""

from meydan import tenants
from meydan.kit.database import Tx
from meydan.kit.jobs import every, job
from meydan.money.fraud import cases, fingerprints, rings
from meydan.money.fraud.settings import FraudSettings


@job("fraud.release_delayed")
async def release_delayed(tx: Tx, payload: cases.ReleaseDelayed) -> None:
    await cases.do_release_delayed(tx, payload.case_id)


@every("* * * * *", due="tenants_with_held_payments")
async def queue_releases(tx: Tx) -> None:
    await cases.do_queue_releases(tx)


@every("*/10 * * * *")
async def assess_gifts(tx: Tx) -> None:
    await rings.do_assess_gifts(tx)


@every("40 3 * * *")
async def purge_fingerprints(tx: Tx) -> None:
    settings = await tenants.settings(tx, FraudSettings)
    await fingerprints.do_purge(tx, max(settings.fingerprint_window_days, settings.refund_lookback_days))
