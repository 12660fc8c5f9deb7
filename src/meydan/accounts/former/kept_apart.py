"""Pairs that an erasure must not bring together again: blocks between people, and recent meetings between faces.

A pair is two marks. The ids of the erased account are in none, so a pair outlives both accounts, in any order.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from meydan.accounts.former import contact_marks, known_contacts
from meydan.kit.database import Tx
from meydan.kit.identity import Face


class MetFaces(Struct, frozen=True):
    """The face under which the erased user met somebody, and the face that was met."""

    own: Face
    other: Face
    other_profile_id: UUID


class Pair(Struct, frozen=True):
    """The user who leaves and another one, who must not meet again."""

    other_user_id: UUID
    until: datetime
    faces: MetFaces | None = None
    """The only two faces that it concerns; None: the people, under any face."""


class MarkCopy(Struct, frozen=True):
    source: bytes
    target: bytes


async def do_keep(tx: Tx, contacts: Sequence[bytes], pairs: Sequence[Pair]) -> None:
    """Stores the pairs of a user who is being erased. ``contacts`` are hashes of theirs.

    Times are rounded up to days: the moment of a meeting would tie the marks of two faces.

    Runs as: service.
    """
    others = await known_contacts.hashes_of(tx, sorted({pair.other_user_id for pair in pairs}))
    rows = [
        (own, other, pair.until)
        for pair in pairs
        if pair.other_user_id in others  # the pair of one who left before is kept already
        for own in _marks(contacts, None if pair.faces is None else pair.faces.own)
        for other in _marks_of_other(others[pair.other_user_id], pair)
    ]
    await tx.run(
        """
        insert into app.kept_apart as known (tenant_id, mark, other_mark, kept_until)
        select $1, pair.mark, pair.other_mark, max(date_trunc('day', pair.kept_until, 'UTC')) + interval '1 day'
        from unnest($2::bytea[], $3::bytea[], $4::timestamptz[]) pair (mark, other_mark, kept_until)
        group by pair.mark, pair.other_mark order by pair.mark, pair.other_mark
        on conflict (tenant_id, mark, other_mark) do update
            set kept_until = greatest(known.kept_until, excluded.kept_until)
        """,
        [own for own, _, _ in rows],
        [other for _, other, _ in rows],
        [until for _, _, until in rows],
    )


async def do_copy(tx: Tx, copies: Sequence[MarkCopy]) -> None:
    """Lets the pairs of a mark hold for another mark of the same person too.

    Runs as: service.
    """
    await tx.run(
        """
        insert into app.kept_apart (tenant_id, mark, other_mark, kept_until)
        select $1, copy.target, known.other_mark, known.kept_until
        from unnest($2::bytea[], $3::bytea[]) copy (source, target)
        join app.kept_apart known on known.tenant_id = $1 and known.mark = copy.source
        union
        select $1, known.mark, copy.target, known.kept_until
        from unnest($2::bytea[], $3::bytea[]) copy (source, target)
        join app.kept_apart known on known.tenant_id = $1 and known.other_mark = copy.source
        on conflict do nothing
        """,
        [copy.source for copy in copies],
        [copy.target for copy in copies],
    )


async def do_release(tx: Tx, marks: Sequence[bytes]) -> None:
    """Deletes every pair of these marks.

    Runs as: service.
    """
    await tx.run(
        """
        delete from app.kept_apart
        where tenant_id = $1 and (mark = any($2::bytea[]) or other_mark = any($2::bytea[]))
        """,
        list(marks),
    )


async def do_purge(tx: Tx) -> None:
    await tx.run("delete from app.kept_apart where tenant_id = $1 and kept_until <= app.now()")


def _marks(contacts: Sequence[bytes], face: Face | None) -> list[bytes]:
    if face is None:
        return [contact_marks.person_mark(contact) for contact in contacts]
    return [contact_marks.face_mark(contact, face) for contact in contacts]


def _marks_of_other(contacts: Sequence[bytes], pair: Pair) -> list[bytes]:
    """Marks by contacts, which outlive the account. One without contacts has the mark of its id."""
    if contacts:
        return _marks(contacts, None if pair.faces is None else pair.faces.other)
    if pair.faces is None:
        return [contact_marks.account_mark(pair.other_user_id)]
    return [contact_marks.profile_mark(pair.faces.other_profile_id)]
