"""Somebody who erases their account while staff decide about them: one of the two is over before the other begins."""

from uuid import UUID

from meydan.kit.database import Tx


async def do_keep_here(tx: Tx, user_id: UUID) -> bool:
    """Whether they are still here; if so, until this transaction ends. First of all locks: erasing takes it first too.

    Raises NotFound."""
    return await tx.one(
        bool, "select erased_at is null from app.users where (tenant_id, id) = ($1, $2) for share", user_id
    )


async def do_begin_to_leave(tx: Tx, user_id: UUID) -> None:
    """Whoever is just deciding about them ends first; whoever comes next finds them gone."""
    await tx.run("select from app.users where (tenant_id, id) = ($1, $2) for no key update", user_id)
