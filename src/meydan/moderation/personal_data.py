"""Personal data in moderation: export and erasure."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan.kit import personal_data
from meydan.kit.database import Tx
from meydan.moderation.reports import ReportReason

COLUMNS = {
    "reports.reporter_user_id",
    "reports.reporter_profile_id",
    "reports.reported_user_id",
    "reports.reported_profile_id",
    "reports.text",
}


class ReportRow(Struct, frozen=True):
    reported_profile_id: UUID
    reason: ReportReason
    text: str
    created_at: datetime


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    """Exports the user's own reports. Reports about the user could reveal their authors.

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
    return {"reports": msgspec.to_builtins(reports)}


async def do_erase(tx: Tx, user_id: UUID) -> None:
    """Blanks the texts of the user's reports. The reports stay, because they protect other users.

    Runs as: service.
    """
    await tx.run(
        "update app.reports set text = '' where tenant_id = $1 and reporter_user_id = $2 and text <> ''", user_id
    )


personal_data.register("moderation", COLUMNS, export, do_erase)
