"""Reports over HTTP."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from litestar import post
from msgspec import Meta, Struct

from meydan.kit import rate_limits
from meydan.kit.database import Database
from meydan.kit.identity import Identity
from meydan.moderation import reports

_REPORTS = rate_limits.Limit("reports", timedelta(days=1), 30)


class ReportProfileRequest(Struct, frozen=True, forbid_unknown_fields=True):
    profile_id: UUID
    reason: reports.ReportReason
    text: Annotated[str, Meta(max_length=1000)] = ""
    match_id: UUID | None = None


@post("/api/reports", tags=["moderation"], summary="Report somebody you met")
async def report(db: Database, me: Identity, data: ReportProfileRequest) -> reports.Report:
    """Reporting the same profile again answers the first report."""
    await rate_limits.take(_REPORTS, me.user_id)
    async with db.as_user(me) as tx:
        return await reports.do_report(tx, data.profile_id, data.reason, text=data.text.strip(), match_id=data.match_id)


ROUTES = [report]
