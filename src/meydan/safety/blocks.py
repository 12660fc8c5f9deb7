"""Blocks between two profiles: their match ends at once, and the two users are never matched again."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from meydan.kit.database import Tx
from meydan.kit.errors import NotFound
from meydan.kit.events import publish
from meydan.kit.identity import Face
from meydan.safety import events


class BlockedProfile(Struct, frozen=True):
    id: UUID
    alias: str
    tag: str
    avatar_seed: str


class Block(Struct, frozen=True):
    """``face`` is the blocker's own: users see the blocks of both their faces."""

    id: UUID
    face: Face
    profile: BlockedProfile
    created_at: datetime


class BlockPage(Struct, frozen=True):
    items: list[Block]
    next: UUID | None = None


async def do_block(tx: Tx, profile_id: UUID) -> Block:
    """Blocks a profile that the active face has met. Idempotent.

    Raises: NotFound (never met).
    """
    if (block := await _mine(tx, profile_id)) is not None:
        return block
    await tx.run("select app.add_block($1, $2)", profile_id)
    if (block := await _mine(tx, profile_id)) is None:
        raise NotFound
    await publish(tx, events.Blocked(blocker_profile_id=tx.me.profile_id, blocked_profile_id=profile_id))
    return block


async def do_unblock(tx: Tx, block_id: UUID) -> None:
    """Removes a block, so that the two may be matched again.

    Raises: NotFound.
    """
    unblocked = await tx.one(
        events.Unblocked,
        "delete from app.blocks where tenant_id = $1 and id = $2 returning blocker_profile_id, blocked_profile_id",
        block_id,
    )
    await publish(tx, unblocked)


async def blocks(tx: Tx, before: UUID | None, limit: int) -> BlockPage:
    """The caller's blocks under either face, newest first."""
    items = await tx.all(
        Block, "select id, face, profile, created_at from app.my_blocks($1, null, $2, $3)", before, limit
    )
    return BlockPage(items, items[-1].id if len(items) == limit else None)


async def blocked_between(tx: Tx, profile_a: UUID, profile_b: UUID) -> bool:
    """True when either profile blocked the other. A user may ask about their active face only."""
    return await tx.one(bool, "select app.blocked_between($1, $2, $3)", profile_a, profile_b)


async def _mine(tx: Tx, profile_id: UUID) -> Block | None:
    """The active face's block of a profile."""
    return await tx.maybe(Block, "select id, face, profile, created_at from app.my_blocks($1, $2, null, 1)", profile_id)
