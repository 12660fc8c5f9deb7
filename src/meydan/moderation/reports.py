"""Reports of users about others. A job puts each into a case."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from meydan.kit import jobs
from meydan.kit.database import Tx
from meydan.moderation.enums import ReportReason


class Report(Struct, frozen=True):
    id: UUID
    reason: ReportReason
    created_at: datetime


class ReviewReportedUser(Struct, frozen=True):
    """The job's payload, queued with each new report. Holds no reported user: a reporter's transaction must not know."""

    report_id: UUID


async def do_report(
    tx: Tx, profile_id: UUID, reason: ReportReason, *, text: str = "", match_id: UUID | None = None
) -> Report:
    """Reports a profile that the active face has met. Returns the first report when repeated.

    Raises: NotFound (never met, or a match with another profile).
    """
    if (known := await _mine(tx, profile_id)) is not None:
        return known
    await tx.run("select app.add_report($1, $2, $3, $4, $5)", profile_id, reason, text, match_id)
    report = await tx.one(Report, _MINE, profile_id, tx.me.user_id)
    # No de-duplication of jobs: one that is counting now does not see this row.
    await jobs.queue(tx, "moderation.review_reported_user", ReviewReportedUser(report.id))
    return report


async def _mine(tx: Tx, profile_id: UUID) -> Report | None:
    return await tx.maybe(Report, _MINE, profile_id, tx.me.user_id)


_MINE = """
    select id, reason, created_at from app.reports
    where tenant_id = $1 and reported_profile_id = $2 and reporter_user_id = $3
"""
