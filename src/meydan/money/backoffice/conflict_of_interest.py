"""Nobody of the staff decides about themselves: not of their own purchases, their own wallet or gifts they were part of.

Except whoever owns a community and runs it alone: there is nobody else, and nobody they could do it behind the back of.
"""

from uuid import UUID

from meydan import accounts
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.identity import Role


class OwnAffair(Refused):
    code, status, title = "own_affair", 403, "This is about yourself: somebody else of the staff decides."


async def is_own(tx: Tx, viewer: UUID, *people: UUID) -> bool:
    """Whether somebody else has to decide what is about these people. A service transaction."""
    return viewer in people and not await _runs_alone(tx, viewer)


async def check(tx: Tx, actor: UUID, *people: UUID) -> None:
    """Raises OwnAffair."""
    if await is_own(tx, actor, *people):
        raise OwnAffair


async def _runs_alone(tx: Tx, viewer: UUID) -> bool:
    """An admin alone is employed by somebody: whoever gave them the role can give it to a second one."""
    owners = await accounts.staff_of(tx, Role.owner)
    return owners == [viewer] and await accounts.staff_of(tx, Role.admin, Role.owner) == owners
