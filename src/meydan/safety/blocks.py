"""Blocks: their match ends at once, and the two faces are never matched again.

A block of a person also keeps their other faces apart, each from a random time within a week. The same holds
when it is lifted. Else whoever blocks a real face would see at once which shadow is no longer met.
"""

import math
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan.kit import clock
from meydan.kit.database import Tx
from meydan.kit.errors import NotFound, Refused
from meydan.kit.events import publish
from meydan.kit.identity import Face
from meydan.safety import events


class BlockScope(StrEnum):
    person = "person"
    """Every face of the person. Three a day, because each one tells a little about their shadow."""
    face = "face"
    """Only this face. It tells nothing about the others, so it always works."""


class BlockLimitReached(Refused):
    code, status, title = (
        "block_limit_reached",
        429,
        "You have blocked three people within a day. A single face can still be blocked.",
    )


class BlockedProfile(Struct, frozen=True):
    id: UUID
    alias: str
    tag: str
    avatar_seed: str


class Block(Struct, frozen=True):
    """``face`` is the blocker's own: users see the blocks of both their faces."""

    id: UUID
    face: Face
    scope: BlockScope
    profile: BlockedProfile
    created_at: datetime


class BlockPage(Struct, frozen=True):
    items: list[Block]
    next: UUID | None = None


class _Outcome(Struct, frozen=True):
    outcome: str
    next_at: datetime | None
    """The time from which a person can be blocked again; set when too many were."""


async def do_block(tx: Tx, profile_id: UUID, scope: BlockScope = BlockScope.person) -> Block:
    """Blocks a profile that the active face has met. Idempotent; a block of a face becomes one of the person.

    Locks: an advisory lock of the blocker.
    Raises: NotFound (never met), BlockLimitReached (with ``retry_after`` in seconds).
    """
    done = await tx.one(_Outcome, "select outcome, next_at from app.add_block($1, $2, $3)", profile_id, scope)
    if done.next_at is not None:
        raise BlockLimitReached(retry_after=max(1, math.ceil((done.next_at - clock.now()).total_seconds())))
    if (block := await _mine(tx, profile_id)) is None:
        raise NotFound
    if done.outcome == "blocked":
        await publish(tx, events.Blocked(blocker_profile_id=tx.me.profile_id, blocked_profile_id=profile_id))
    return block


async def do_unblock(tx: Tx, block_id: UUID) -> None:
    """Lifts a block. The two faces may be matched at once, the other faces from random times on.

    Raises: NotFound.
    """
    unblocked = await tx.one(
        events.Unblocked,
        "select blocker_profile_id, blocked_profile_id from app.lift_block($1, $2)",
        block_id,
    )
    await publish(tx, unblocked)


async def do_purge_lifted(tx: Tx) -> None:
    """Deletes lifted blocks that every face has felt.

    Runs as: service.
    """
    await tx.run("delete from app.blocks where tenant_id = $1 and lifted_at < app.now() - interval '7 days'")


async def do_restore_block(tx: Tx, blocker_profile_id: UUID, blocked_profile_id: UUID, scope: BlockScope) -> bool:
    """Blocks again what was blocked before a restore. False where one of the two is unknown or it is known.

    Runs as: service.
    """
    restored = await tx.maybe(
        UUID,
        """
        insert into app.blocks
            (tenant_id, blocker_user_id, blocker_profile_id, blocked_user_id, blocked_profile_id, scope)
        select $1, one.user_id, one.id, other.user_id, other.id, $4
        from app.profiles one
        join app.users blocker on blocker.tenant_id = $1 and blocker.id = one.user_id and blocker.erased_at is null
        join app.profiles other on other.tenant_id = $1 and other.id = $3 and other.user_id <> one.user_id
        join app.users blocked on blocked.tenant_id = $1 and blocked.id = other.user_id and blocked.erased_at is null
        where one.tenant_id = $1 and one.id = $2
        on conflict do nothing returning id
        """,
        blocker_profile_id,
        blocked_profile_id,
        scope,
    )
    return restored is not None


async def blocks(tx: Tx, before: UUID | None, limit: int) -> BlockPage:
    """The caller's blocks under either face, newest first."""
    items = await tx.all(
        Block, "select id, face, scope, profile, created_at from app.my_blocks($1, null, $2, $3)", before, limit
    )
    return BlockPage(items, items[-1].id if len(items) == limit else None)


async def blocked_between(tx: Tx, profile_a: UUID, profile_b: UUID) -> bool:
    """True when either profile blocked the other. A user may ask about their active face only."""
    return await tx.one(bool, "select app.blocked_between($1, $2, $3)", profile_a, profile_b)


async def _mine(tx: Tx, profile_id: UUID) -> Block | None:
    """The active face's block of a profile."""
    return await tx.maybe(
        Block, "select id, face, scope, profile, created_at from app.my_blocks($1, $2, null, 1)", profile_id
    )
