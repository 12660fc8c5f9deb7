"""Registry of personal data: every room registers how to export and erase what it holds about a user."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from meydan.kit.database import Tx

Export = Callable[[Tx, UUID], Awaitable[dict[str, Any]]]
Erase = Callable[[Tx, UUID], Awaitable[None]]


class PersonalDataHolder(NamedTuple):
    room: str
    columns: frozenset[str]
    """``table.column`` of everything that refers to a user or holds their data."""
    export: Export
    erase: Erase


_holders: list[PersonalDataHolder] = []
_before_erasing: list[Erase] = []


def register(room: str, columns: set[str], export: Export, erase: Erase) -> None:
    """Registers a room. A test compares ``columns`` with the database, so that no new column is forgotten."""
    _holders.append(PersonalDataHolder(room, frozenset(columns), export, erase))


def before_erasing(callback: Erase) -> None:
    """Registers what runs before any room erases, in the same transaction."""
    _before_erasing.append(callback)


def set_order(rooms: Sequence[str]) -> None:
    """Fixes the order of export; erasure goes the other way.

    An order by imports would change with any import, and with it the order in which erasing takes its locks.

    Raises: LookupError (the order does not name a room)."""
    if unnamed := {holder.room for holder in _holders} - set(rooms):
        raise LookupError(f"no place in the order of personal data: {', '.join(sorted(unnamed))}")
    _holders.sort(key=lambda holder: rooms.index(holder.room))


def holders() -> list[PersonalDataHolder]:
    return list(_holders)


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    """All personal data of a user, by room.

    Runs as: service."""
    return {holder.room: await holder.export(tx, user_id) for holder in _holders}


async def do_erase(tx: Tx, user_id: UUID) -> None:
    """Deletes or blanks all personal data of a user, higher rooms first.

    Runs as: service."""
    for callback in _before_erasing:
        await callback(tx, user_id)
    for holder in reversed(_holders):
        await holder.erase(tx, user_id)
