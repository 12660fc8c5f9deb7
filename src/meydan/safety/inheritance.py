"""Blocks that outlive an account: between people, in either direction."""

from uuid import UUID

from meydan import accounts
from meydan.kit import clock
from meydan.kit.database import Tx


async def pairs_blocked(tx: Tx, user_id: UUID) -> list[accounts.Pair]:
    """Everybody whom the user has blocked or who has blocked the user.

    Runs as: service.
    """
    others = await tx.all(
        UUID,
        """
        select blocked_user_id from app.blocks where tenant_id = $1 and blocker_user_id = $2
        union
        select blocker_user_id from app.blocks where tenant_id = $1 and blocked_user_id = $2
        """,
        user_id,
    )
    until = clock.now() + accounts.REMEMBERED
    return [accounts.Pair(other, until) for other in others]
