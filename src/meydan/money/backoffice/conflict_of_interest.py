"""Conflict of interest: staff decide nothing about their own purchases, wallet or gifts."""

from uuid import UUID

from meydan import accounts
from meydan.kit.database import Tx
from meydan.kit.identity import Role


async def is_own(tx: Tx, viewer: UUID, *people: UUID) -> bool:
    """True where another staff member has to decide, because the viewer is one of these people.

    Runs as: service."""
    return await accounts.is_own_matter(tx, viewer, people, (Role.admin, Role.owner))


async def check(tx: Tx, actor: UUID, *people: UUID) -> None:
    """Refuses staff who would decide about themselves.

    Raises: ConflictOfInterest.
    Runs as: service."""
    if await is_own(tx, actor, *people):
        raise accounts.ConflictOfInterest
