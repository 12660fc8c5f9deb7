"""Erasure lock: serialises the erasure of an account with staff's decisions about it, by a lock on the user's row."""

from uuid import UUID

from meydan.kit.database import Tx


async def lock_against_erasure(tx: Tx, user_id: UUID) -> bool:
    """True where the user is still here, and then until commit. Taken before every other lock, as erasing does.

    Locks: the user, shared.
    Runs as: service.
    """
    return await tx.one(
        bool, "select erased_at is null from app.users where tenant_id = $1 and id = $2 for share", user_id
    )


async def lock_for_erasure(tx: Tx, user_id: UUID) -> None:
    """Waits for decisions about the user that are under way; later ones find the user erased.

    Locks: the user.
    Runs as: service.
    """
    await tx.run("select from app.users where tenant_id = $1 and id = $2 for no key update", user_id)
