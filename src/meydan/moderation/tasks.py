"""Jobs of moderation."""

from meydan.kit.database import Tx
from meydan.kit.jobs import job
from meydan.moderation import cases, reports


@job("moderation.review_reported_user")
async def review_reported_user(tx: Tx, payload: reports.ReviewReportedUser) -> None:
    await cases.do_review_reported_user(tx, payload.report_id)
