"""Jobs about suspicion."""

from meydan import tenants
from meydan.kit.database import Tx
from meydan.kit.jobs import every, job
from meydan.money.fraud import cases, fingerprints, rings
from meydan.money.fraud.settings import FraudSettings


@job("fraud.release_delayed")
async def release_delayed(tx: Tx, payload: cases.ReleaseDelayed) -> None:
    await cases.do_release_delayed(tx, payload.case_id)


@every("* * * * *")
async def look_at_delayed(tx: Tx) -> None:
    await cases.do_look_at_delayed(tx)


@every("*/10 * * * *")
async def judge_gifts(tx: Tx) -> None:
    await rings.do_judge_gifts(tx)


@every("40 3 * * *")
async def tidy_marks(tx: Tx) -> None:
    settings = await tenants.settings(tx, FraudSettings)
    await fingerprints.do_tidy(tx, max(settings.fingerprint_window_days, settings.refund_lookback_days))
