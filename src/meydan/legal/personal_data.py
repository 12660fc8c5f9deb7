"""Personal data in legal: export and erasure."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan.kit import personal_data
from meydan.kit.database import Tx
from meydan.legal.enums import LegalKind
from meydan.tenants import Language

COLUMNS = {
    "legal_acceptances.user_id",
    "legal_texts.published_by_user_id",  # an id, kept as the record of who published what for the community
}


class AcceptanceRow(Struct, frozen=True):
    kind: LegalKind
    language: Language
    version: int
    body: str
    accepted_at: datetime


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    """Runs as: service."""
    accepted = await tx.all(
        AcceptanceRow,
        """
        select t.kind, t.language, t.version, t.body, a.accepted_at from app.legal_acceptances a
        join app.legal_texts t on t.tenant_id = a.tenant_id and t.id = a.text_id
        where a.tenant_id = $1 and a.user_id = $2 order by a.accepted_at, t.kind
        """,
        user_id,
    )
    return {"accepted_texts": msgspec.to_builtins(accepted)}


async def do_erase(tx: Tx, user_id: UUID) -> None:
    """Runs as: service."""
    await tx.run("delete from app.legal_acceptances where tenant_id = $1 and user_id = $2", user_id)


personal_data.register("legal", COLUMNS, export, do_erase)
