"""Every room that keeps something of a person says how to export and how to erase it."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import UUID

from meydan.kit.database import Tx

Export = Callable[[Tx, UUID], Awaitable[dict[str, Any]]]
Erase = Callable[[Tx, UUID], Awaitable[None]]


class Keeper(NamedTuple):
    room: str
    columns: frozenset[str]
    """``table.column`` of everything that points at a person or holds something of theirs."""
    export: Export
    erase: Erase


_keepers: list[Keeper] = []


def keeps(room: str, columns: set[str], export: Export, erase: Erase) -> None:
    """Register a room. A test compares ``columns`` with the catalogue, so that a new column cannot be forgotten."""
    _keepers.append(Keeper(room, frozenset(columns), export, erase))


def keepers() -> list[Keeper]:
    return list(_keepers)


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    """Everything kept of a person, by room. A service transaction."""
    return {keeper.room: await keeper.export(tx, user_id) for keeper in _keepers}


async def erase(tx: Tx, user_id: UUID) -> None:
    """Remove or blank everything kept of a person, higher rooms first. A service transaction."""
    for keeper in reversed(_keepers):
        await keeper.erase(tx, user_id)
