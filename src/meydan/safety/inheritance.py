"""Blocks that outlive an account: between people or between two faces, in either direction."""

from uuid import UUID

from msgspec import Struct

from meydan import accounts
from meydan.kit import clock
from meydan.kit.database import Tx
from meydan.kit.identity import Face
from meydan.safety.blocks import BlockScope


class _Block(Struct, frozen=True):
    scope: BlockScope
    own_face: Face
    other_face: Face
    other_user_id: UUID
    other_profile_id: UUID


async def pairs_blocked(tx: Tx, user_id: UUID) -> list[accounts.Pair]:
    """Everybody whom the user has blocked or who has blocked the user.

    A block of a face keeps only the two faces apart.

    Runs as: service.
    """
    blocks = await tx.all(
        _Block,
        """
        select block.scope, own.face as own_face, other.face as other_face, other.user_id as other_user_id,
            other.id as other_profile_id
        from app.profiles own
        join app.blocks block on block.tenant_id = own.tenant_id
            and own.id in (block.blocker_profile_id, block.blocked_profile_id)
        join app.profiles other on other.tenant_id = own.tenant_id and other.user_id <> own.user_id
            and other.id in (block.blocker_profile_id, block.blocked_profile_id)
        where own.tenant_id = $1 and own.user_id = $2 and block.lifted_at is null
        """,
        user_id,
    )
    until = clock.now() + accounts.REMEMBERED
    return [
        accounts.Pair(
            block.other_user_id,
            until,
            accounts.MetFaces(block.own_face, block.other_face, block.other_profile_id)
            if block.scope is BlockScope.face
            else None,
        )
        for block in blocks
    ]
