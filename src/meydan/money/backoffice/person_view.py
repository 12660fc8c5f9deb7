"""A person as staff see one: the real face, and the id that staff's own acts need."""

from uuid import UUID

from msgspec import Struct

from meydan.kit.database import Tx


class Person(Struct, frozen=True):
    user_id: UUID
    alias: str
    """Empty for an erased account."""
    tag: str


def person(user_id: str) -> str:
    """SQL for the ``Person`` with the id in this column; null where the column is."""
    return (
        "(select jsonb_build_object('user_id', face.user_id, 'alias', face.alias, 'tag', face.tag) from app.profiles face"
        f" where (face.tenant_id, face.user_id, face.face) = ($1, {user_id}, 'real'))"
    )


async def person_of(tx: Tx, user_id: UUID) -> Person:
    """The person of a user.

    Raises: NotFound.
    Runs as: service."""
    return await tx.one(
        Person,
        "select user_id, alias, tag from app.profiles where tenant_id = $1 and user_id = $2 and face = 'real'",
        user_id,
    )
