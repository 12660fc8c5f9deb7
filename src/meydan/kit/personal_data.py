"""Every room that keeps something of a person says how to export and how to erase it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from meydan.kit.database import Tx

Export = Callable[[Tx, UUID], Awaitable[dict[str, Any]]]
Erase = Callable[[Tx, UUID], Awaitable[None]]


class PersonalDataHolder(NamedTuple):
    room: str
    columns: frozenset[str]
    """``table.column`` of everything that points at a person or holds something of theirs."""
    export: Export
    erase: Erase


_holders: list[PersonalDataHolder] = []


def register(room: str, columns: set[str], export: Export, erase: Erase) -> None:
    """Register a room. A test compares ``columns`` with the catalogue, so that a new column cannot be forgotten."""
    _holders.append(PersonalDataHolder(room, frozenset(columns), export, erase))


def set_order(rooms: Sequence[str]) -> None:
    """Fixes the order of export; erasure goes the other way. Raises LookupError for a room that the order does not name.

    An order by imports would change with any import, and with it the order in which erasing takes its locks."""
    if unnamed := {holder.room for holder in _holders} - set(rooms):
        raise LookupError(f"no place in the order of personal data: {', '.join(sorted(unnamed))}")
    _holders.sort(key=lambda holder: rooms.index(holder.room))


def holders() -> list[PersonalDataHolder]:
    return list(_holders)


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    """Everything kept of a person, by room. A service transaction."""
    return {holder.room: await holder.export(tx, user_id) for holder in _holders}


async def erase(tx: Tx, user_id: UUID) -> None:
    """Remove or blank everything kept of a person, higher rooms first. A service transaction."""
    for holder in reversed(_holders):
        await holder.erase(tx, user_id)
