"""Conflict of interest: staff decide nothing about themselves.

An owner who runs a tenant alone is exempt: no one else could decide, and no one is deceived.
"""

from collections.abc import Collection
from uuid import UUID

from meydan.accounts import staff
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.identity import Role


class ConflictOfInterest(Refused):
    code, status, title = "conflict_of_interest", 403, "This is about yourself: somebody else of the staff decides."


async def is_own(tx: Tx, viewer: UUID, people: Collection[UUID], deciders: Collection[Role]) -> bool:
    """True where another staff member has to decide, because the viewer is one of these people.

    ``deciders`` are the roles that may decide.

    Runs as: service.
    """
    return viewer in people and not await _runs_alone(tx, viewer, deciders)


async def _runs_alone(tx: Tx, viewer: UUID, deciders: Collection[Role]) -> bool:
    """True for the only owner without any other decider. A lone admin is not exempt: an owner can appoint a second."""
    owners = await staff.staff_of(tx, Role.owner)
    return owners == [viewer] and await staff.staff_of(tx, *deciders) == owners
