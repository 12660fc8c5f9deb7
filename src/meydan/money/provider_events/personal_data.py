"""Personal data of provider events: the id of the staff member who explained a difference, which the books keep."""

from typing import Any
from uuid import UUID

from meydan.kit import personal_data
from meydan.kit.database import Tx

COLUMNS = {"reconciliation_differences.explained_by_user_id"}


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:  # noqa: ARG001 -- it says nothing about the user
    return {}


async def erase(tx: Tx, user_id: UUID) -> None:
    """Keeps the id: after erasure it names nobody."""


personal_data.register("provider_events", COLUMNS, export, erase)
