"""People say what somebody did to them; when enough different people say it of the same person, nobody has to decide."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import safety, tenants
from meydan.kit import jobs
from meydan.kit.database import Tx


class ReportReason(StrEnum):
    harassment = "harassment"
    sexual_content = "sexual_content"
    underage = "underage"
    spam = "spam"
    threat = "threat"
    other = "other"


class ModerationSettings(tenants.RoomSettings, frozen=True):
    room = "moderation"

    ban_after_reporters: int = 10
    """So many different people, each with a proved phone or e-mail; zero: nobody is banned by reports alone."""


class Report(Struct, frozen=True):
    id: UUID
    reason: ReportReason
    created_at: datetime


class JudgeReported(Struct, frozen=True):
    """Queued with every new report. It names the report: who was reported is nothing that a reporter's side may know."""

    report_id: UUID


class Judged(Struct, frozen=True):
    user_id: UUID
    reporters: int


async def do_report(
    tx: Tx, profile_id: UUID, reason: ReportReason, *, text: str = "", match_id: UUID | None = None
) -> Report:
    """Reporting the same profile again answers the first report.

    Raises NotFound for a profile that the active face never met, and for a match that was not with it.
    """
    if (known := await _mine(tx, profile_id)) is not None:
        return known
    await tx.run("select app.add_report($1, $2, $3, $4, $5)", profile_id, reason, text, match_id)
    report = await tx.one(Report, _MINE, profile_id, tx.me.user_id)
    # One job for each report and none for all of them: a job that is already counting does not see this row.
    await jobs.queue(tx, "judge_reported", JudgeReported(report.id))
    return report


async def do_judge(tx: Tx, report_id: UUID) -> None:
    """Ban whom this report is about, if enough different people reported them. A service transaction; safe to repeat.

    Counted are people with a proved phone or e-mail, each once, whichever faces were involved. What led to a ban that was
    lifted or is over leads to no other. The owner of a community is left to those above them: it would stand without one.
    """
    enough = (await tenants.settings(tx, ModerationSettings)).ban_after_reporters
    judged = await tx.maybe(Judged, _COUNT, report_id)
    if judged is not None and 0 < enough <= judged.reporters:
        await safety.do_ban(tx, judged.user_id, safety.BanReason.reports, reporters=judged.reporters)


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
