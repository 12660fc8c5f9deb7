"""One face does not want another any more: their match ends at once, and the two people are never matched again."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from meydan.kit.database import Tx
from meydan.kit.errors import NotFound
from meydan.kit.events import Event, publish
from meydan.kit.identity import Face


class BlockedProfile(Struct, frozen=True):
    id: UUID
    alias: str
    tag: str
    avatar_seed: str


class Block(Struct, frozen=True):
    """``face`` is the blocker's own: they see what both of theirs have blocked."""

    id: UUID
    face: Face
    profile: BlockedProfile
    created_at: datetime


class BlockPage(Struct, frozen=True):
    items: list[Block]
    next: UUID | None = None


class Blocked(Event, frozen=True):
    """Published in the blocker's own transaction. Ends what is open between exactly these two faces: more would tie faces."""

    blocker_profile_id: UUID
    blocked_profile_id: UUID


class Unblocked(Event, frozen=True):
    blocker_profile_id: UUID
    blocked_profile_id: UUID


async def do_block(tx: Tx, profile_id: UUID) -> Block:
    """Blocking twice answers the same block. Raises NotFound for a profile that the active face never met."""
    if (block := await _mine(tx, profile_id)) is not None:
        return block
    await tx.run("select app.add_block($1, $2)", profile_id)
    if (block := await _mine(tx, profile_id)) is None:
        raise NotFound
    await publish(tx, Blocked(blocker_profile_id=tx.me.profile_id, blocked_profile_id=profile_id))
    return block


async def do_unblock(tx: Tx, block_id: UUID) -> None:
    """The two may be matched again; what has ended stays ended. Raises NotFound."""
    unblocked = await tx.one(
        Unblocked,
        "delete from app.blocks where tenant_id = $1 and id = $2 returning blocker_profile_id, blocked_profile_id",
        block_id,
    )
    await publish(tx, unblocked)


async def blocks(tx: Tx, before: UUID | None, limit: int) -> BlockPage:
    """Whom this person has blocked under either face, newest first."""
    items = await tx.all(
        Block, "select id, face, profile, created_at from app.my_blocks($1, null, $2, $3)", before, limit
    )
    return BlockPage(items, items[-1].id if len(items) == limit else None)


async def blocked_between(tx: Tx, profile_a: UUID, profile_b: UUID) -> bool:
    """Whether either of these two faces blocked the other. A person may ask about their active face only."""
    return await tx.one(bool, "select app.blocked_between($1, $2, $3)", profile_a, profile_b)


async def _mine(tx: Tx, profile_id: UUID) -> Block | None:
    """By the active face."""
    return await tx.maybe(Block, "select id, face, profile, created_at from app.my_blocks($1, $2, null, 1)", profile_id)
