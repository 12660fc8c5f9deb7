"""Reports of users about others. Enough reports by different users ban the reported user automatically."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import safety, tenants
from meydan.kit import jobs
from meydan.kit.database import Tx
from meydan.moderation.settings import ModerationSettings


class ReportReason(StrEnum):
    harassment = "harassment"
    sexual_content = "sexual_content"
    underage = "underage"
    spam = "spam"
    threat = "threat"
    other = "other"


class Report(Struct, frozen=True):
    id: UUID
    reason: ReportReason
    created_at: datetime


class ReviewReportedUser(Struct, frozen=True):
    """The job's payload, queued with each new report. Holds no reported user: a reporter's transaction must not know."""

    report_id: UUID


class ReportedUser(Struct, frozen=True):
    user_id: UUID
    reporters: int


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


async def do_review_reported_user(tx: Tx, report_id: UUID) -> None:
    """Bans the user whom this report is about, if enough different users reported them. Idempotent.

    Counts users with a proved phone or e-mail, each once, across all faces. Reports before an ended ban no longer count.
    Never bans an owner, because the tenant would be left without one.

    Runs as: service.
    """
    threshold = (await tenants.settings(tx, ModerationSettings)).ban_after_reporters
    reported = await tx.maybe(ReportedUser, _COUNT, report_id)
    if reported is not None and 0 < threshold <= reported.reporters:
        await safety.do_ban(tx, reported.user_id, safety.BanReason.reports, reporters=reported.reporters)


async def _mine(tx: Tx, profile_id: UUID) -> Report | None:
    return await tx.maybe(Report, _MINE, profile_id, tx.me.user_id)


_COUNT = """
    select about.reported_user_id as user_id, count(distinct said.reporter_user_id)::integer as reporters
    from app.reports about
    join app.users reported on reported.tenant_id = about.tenant_id and reported.id = about.reported_user_id
    join app.reports said on said.tenant_id = about.tenant_id and said.reported_user_id = about.reported_user_id
    join app.users reporter on reporter.tenant_id = said.tenant_id and reporter.id = said.reporter_user_id
    where about.tenant_id = $1 and about.id = $2
        and reported.role <> 'owner'
        and (reporter.phone is not null or reporter.email is not null)
        and said.created_at > coalesce(
            (select max(ban.lifted_at) from app.bans ban
             where ban.tenant_id = about.tenant_id and ban.user_id = about.reported_user_id),
            '-infinity'
        )
    group by about.reported_user_id
"""
_MINE = """
    select id, reason, created_at from app.reports
    where tenant_id = $1 and reported_profile_id = $2 and reporter_user_id = $3
"""
