"""Reports over HTTP, and the pages on which staff decide about them."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import Parameter
from msgspec import Meta, Struct

from meydan import accounts
from meydan.kit import rate_limits
from meydan.kit.database import Database
from meydan.kit.identity import Identity
from meydan.moderation import case_queue, cases, reports
from meydan.moderation.enums import ReportReason

_REPORTS = rate_limits.Limit("reports", timedelta(days=1), 30)
_STAFF = [accounts.staff_only(*cases.DECIDERS)]

Limit = Annotated[int, Parameter(ge=1, le=100)]
Reason = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\S")]
"""Kept in the audit log."""


class ReportProfileRequest(Struct, frozen=True, forbid_unknown_fields=True):
    profile_id: UUID
    reason: ReportReason
    text: Annotated[str, Meta(max_length=1000)] = ""
    match_id: UUID | None = None


class DecideReportCaseRequest(Struct, frozen=True, forbid_unknown_fields=True):
    decision: cases.ReportChoice
    reason: Reason
    ban_reason: ReportReason = ReportReason.other
    """Told to a banned person."""
    days: Annotated[int, Meta(ge=1, le=3650)] | None = None
    """Length of a ban; absent: for good."""


class LiftBanRequest(Struct, frozen=True, forbid_unknown_fields=True):
    reason: Reason


@post("/api/reports", tags=["moderation"], summary="Report somebody you met")
async def report(db: Database, me: Identity, data: ReportProfileRequest) -> reports.Report:
    """Reporting the same profile again answers the first report."""
    await rate_limits.take(_REPORTS, me.user_id)
    async with db.as_user(me) as tx:
        return await reports.do_report(tx, data.profile_id, data.reason, text=data.text.strip(), match_id=data.match_id)


@get("/api/staff/reports", tags=["staff"], guards=_STAFF, summary="Reported people, a case each")
async def list_report_cases(
    db: Database,
    me: Identity,
    queue: case_queue.CaseQueue = case_queue.CaseQueue.suspended,
    cursor: UUID | None = None,
    limit: Limit = 20,
) -> case_queue.ReportCasePage:
    """Newest first. Says how many reported and with which weight, never who."""
    async with db.as_service(me.tenant_id) as tx:
        return await case_queue.page(tx, me.user_id, queue, cursor, limit)


@post(
    "/api/staff/reports/{case_id:uuid}/decide",
    status_code=200,
    tags=["staff"],
    guards=_STAFF,
    summary="Decide about a reported person",
)
async def decide_report_case(
    db: Database, me: Identity, case_id: UUID, data: DecideReportCaseRequest
) -> case_queue.ReportCase:
    """Decides a case once; a second decision is refused with the first one (409 ``report_case_decided``)."""
    verdict = cases.Verdict(data.decision, data.reason.strip(), data.ban_reason, data.days)
    async with db.as_service(me.tenant_id) as tx:
        await cases.do_decide(tx, case_id, verdict, me.user_id)
        return await case_queue.case(tx, case_id, me.user_id)


@post("/api/staff/bans/{ban_id:uuid}/lift", status_code=204, tags=["staff"], guards=_STAFF, summary="Lift a ban")
async def lift_ban(db: Database, me: Identity, ban_id: UUID, data: LiftBanRequest) -> None:
    """A ban that is over or lifted already is refused (409 ``ban_over``)."""
    async with db.as_service(me.tenant_id) as tx:
        await cases.do_lift_ban(tx, ban_id, data.reason.strip(), me.user_id)


ROUTES = [report, list_report_cases, decide_report_case, lift_ban]
