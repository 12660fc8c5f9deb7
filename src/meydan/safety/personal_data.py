"""What this room keeps of a person, and what stays of it when they leave."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan.kit import personal_data
from meydan.kit.database import Tx
from meydan.safety.bans import BanReason

COLUMNS = {
    "blocks.blocker_user_id",
    "blocks.blocker_profile_id",
    "blocks.blocked_user_id",
    "blocks.blocked_profile_id",
    "bans.user_id",
    "bans.banned_by",
    "bans.lifted_by",
}


class BlockRow(Struct, frozen=True):
    blocker_profile_id: UUID
    blocked_profile_id: UUID
    created_at: datetime


class BanRow(Struct, frozen=True):
    reason: BanReason
    until: datetime | None
    lifted_at: datetime | None
    created_at: datetime


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    """Whom they blocked and how they were banned; never who blocked them: that is the other person's."""
    blocks = await tx.all(
        BlockRow,
        """
        select blocker_profile_id, blocked_profile_id, created_at from app.blocks
        where tenant_id = $1 and blocker_user_id = $2 order by id
        """,
        user_id,
    )
    bans = await tx.all(
        BanRow,
        "select reason, until, lifted_at, created_at from app.bans where tenant_id = $1 and user_id = $2 order by id",
        user_id,
    )
    return {"blocks": msgspec.to_builtins(blocks), "bans": msgspec.to_builtins(bans)}


async def do_erase(tx: Tx, user_id: UUID) -> None:
    """Blocks go, both ways: there is no profile left to keep apart.

    Bans stay, without any word about the person; so do the ids of staff who decided one. That nobody leaves a ban behind by
    leaving is kept with the hashes of phone numbers, which outlive accounts.
    """
    await tx.run(
        "delete from app.blocks where tenant_id = $1 and (blocker_user_id = $2 or blocked_user_id = $2)", user_id
    )


personal_data.register("safety", COLUMNS, export, do_erase)
