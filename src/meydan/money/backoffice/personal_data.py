"""Personal data of the back office: adjustments of a person's coins, and their reasons."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan import accounts
from meydan.kit import personal_data
from meydan.kit.database import Tx

COLUMNS = {"coin_adjustments.user_id", "coin_adjustments.acted_by_user_id", "coin_adjustments.reason"}


class AdjustmentLine(Struct, frozen=True):
    coins: int
    reason: str
    created_at: datetime


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    """Exports adjustments without the staff member who made them."""
    adjustments = await tx.all(
        AdjustmentLine,
        "select coins, reason, created_at from app.coin_adjustments where tenant_id = $1 and user_id = $2 order by id",
        user_id,
    )
    return {"adjustments": msgspec.to_builtins(adjustments)}


async def do_erase(tx: Tx, user_id: UUID) -> None:
    """Deletes the reasons; the adjustments stay in the books.

    Runs as: service."""
    await accounts.lock_for_erasure(tx, user_id)
    await tx.run(
        "update app.coin_adjustments set reason = '' where tenant_id = $1 and user_id = $2 and reason <> ''", user_id
    )


personal_data.register("backoffice", COLUMNS, export, do_erase)
