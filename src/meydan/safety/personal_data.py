"""Personal data in safety: export and erasure."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan import accounts
from meydan.kit import personal_data
from meydan.kit.database import Tx
from meydan.kit.events import listen
from meydan.safety.bans import BanReason
from meydan.safety.blocks import BlockScope

COLUMNS = {
    "blocks.blocker_user_id",
    "blocks.blocker_profile_id",
    "blocks.blocked_user_id",
    "blocks.blocked_profile_id",
    "bans.user_id",
    "bans.banned_by_user_id",
    "bans.lifted_by_user_id",
}


class BlockRow(Struct, frozen=True):
    blocker_profile_id: UUID
    blocked_profile_id: UUID
    scope: BlockScope
    created_at: datetime
    lifted_at: datetime | None


class BanRow(Struct, frozen=True):
    reason: BanReason
    until: datetime | None
    lifted_at: datetime | None
    created_at: datetime


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    """Exports the user's own blocks and bans. Blocks by others are the others' data.

    Runs as: service.
    """
    blocks = await tx.all(
        BlockRow,
        """
        select blocker_profile_id, blocked_profile_id, scope, created_at, lifted_at from app.blocks
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
    """Deletes blocks in both directions, those that name the shadow with the shadow: their list shows it until then.

    Keeps bans, which hold no free text, and the ids of staff who decided them. Bans and blocks survive the account
    under hashes of its contacts.

    Runs as: service.
    """
    await tx.run("delete from app.blocks where tenant_id = $1 and blocker_user_id = $2", user_id)
    await tx.run(
        """
        delete from app.blocks block using app.profiles theirs
        where block.tenant_id = $1 and block.blocked_user_id = $2 and theirs.tenant_id = block.tenant_id
            and theirs.id = block.blocked_profile_id and theirs.face = 'real'
        """,
        user_id,
    )


@listen(accounts.ShadowEnded)
async def delete_blocks_of_shadow(tx: Tx, event: accounts.ShadowEnded) -> None:
    """Deletes what others' lists still say of an erased user's shadow."""
    if event.is_erased:
        await tx.run("delete from app.blocks where tenant_id = $1 and blocked_profile_id = $2", event.profile_id)


personal_data.register("safety", COLUMNS, export, do_erase)
