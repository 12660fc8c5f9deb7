"""Conflict of interest: staff decide nothing about their own purchases, wallet or gifts.

An owner who runs a tenant alone is exempt: no one else could decide, and no one is deceived.
"""

from uuid import UUID

from meydan import accounts
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.identity import Role


class ConflictOfInterest(Refused):
    code, status, title = "conflict_of_interest", 403, "This is about yourself: somebody else of the staff decides."


async def is_own(tx: Tx, viewer: UUID, *people: UUID) -> bool:
    """True where another staff member has to decide, because the viewer is one of these people.

    Runs as: service."""
    return viewer in people and not await _runs_alone(tx, viewer)


async def check(tx: Tx, actor: UUID, *people: UUID) -> None:
    """Refuses staff who would decide about themselves.

    Raises: ConflictOfInterest.
    Runs as: service."""
    if await is_own(tx, actor, *people):
        raise ConflictOfInterest


async def _runs_alone(tx: Tx, viewer: UUID) -> bool:
    """True for the only owner without any admin. A lone admin is not exempt: an owner can appoint a second."""
    owners = await accounts.staff_of(tx, Role.owner)
    return owners == [viewer] and await accounts.staff_of(tx, Role.admin, Role.owner) == owners
