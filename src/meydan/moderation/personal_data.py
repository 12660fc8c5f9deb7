"""Personal data in moderation: export and erasure."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan import accounts
from meydan.kit import personal_data
from meydan.kit.database import Tx
from meydan.moderation.cases import CaseDecision
from meydan.moderation.enums import ReportReason

COLUMNS = {
    "reports.reporter_user_id",
    "reports.reporter_profile_id",
    "reports.reported_user_id",
    "reports.reported_profile_id",
    "reports.text",
    "report_cases.user_id",
    "report_cases.note",
    "report_cases.decided_by_user_id",
}


class ReportRow(Struct, frozen=True):
    reported_profile_id: UUID
    reason: ReportReason
    text: str
    created_at: datetime


class CaseRow(Struct, frozen=True):
    """A case that the user has felt. The time at which it opened would tell who reported first."""

    suspended_at: datetime | None
    suspended_until: datetime | None
    decision: CaseDecision | None
    decided_at: datetime | None


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    """Exports the user's own reports, and cases about the user that suspended or banned them.

    Reports about the user could reveal their authors, and so could a case that they never felt.

    Runs as: service.
    """
    reports = await tx.all(
        ReportRow,
        """
        select reported_profile_id, reason, text, created_at from app.reports
        where tenant_id = $1 and reporter_user_id = $2 order by id
        """,
        user_id,
    )
    cases = await tx.all(
        CaseRow,
        """
        select suspended_at, suspended_until, decision, decided_at from app.report_cases
        where tenant_id = $1 and user_id = $2 and (suspended_at is not null or decision = 'ban') order by id
        """,
        user_id,
    )
    return {"reports": msgspec.to_builtins(reports), "cases": msgspec.to_builtins(cases)}


async def do_erase(tx: Tx, user_id: UUID) -> None:
    """Blanks the texts of the user's reports, and closes and blanks cases about the user.

    The reports stay, because they protect other users. A case that suspends the user now stays open, so that leaving
    escapes no decision.

    Runs as: service.
    """
    await accounts.lock_for_erasure(tx, user_id)
    await tx.run(
        """
        update app.report_cases set status = 'closed', note = '', decision = coalesce(decision, 'person_left'),
            decided_at = coalesce(decided_at, app.now())
        where tenant_id = $1 and user_id = $2
            and (status = 'closed' or suspended_until is null or suspended_until <= app.now())
        """,
        user_id,
    )
    await tx.run(
        "update app.reports set text = '' where tenant_id = $1 and reporter_user_id = $2 and text <> ''", user_id
    )


personal_data.register("moderation", COLUMNS, export, do_erase)
