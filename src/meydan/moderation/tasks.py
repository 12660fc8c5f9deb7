"""Jobs of moderation."""

from meydan.kit.database import Tx
from meydan.kit.jobs import job
from meydan.moderation import reports


@job("judge_reported")
async def judge_reported(tx: Tx, payload: reports.JudgeReported) -> None:
    await reports.do_judge(tx, payload.report_id)
