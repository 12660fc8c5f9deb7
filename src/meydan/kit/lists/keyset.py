"""Keyset pages: a cursor holds the sort key of the last row, so that rows added meanwhile move no page."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

import msgspec

from meydan.kit.database import Tx
from meydan.kit.errors import Refused

Item = TypeVar("Item")


class Order(StrEnum):
    ascending = "asc"
    descending = "desc"


class CursorInvalid(Refused):
    code, status, title = "cursor_invalid", 422, "This cursor belongs to no page of this list in this order."


class Filter:
    """Conditions of a list, each with its own values. Absent conditions leave the statement, so that its index is found."""

    def __init__(self, *values: object) -> None:
        """``values`` are those that the statement itself names, from ``$2`` on."""
        self.values: list[object] = [*values]
        self._conditions: list[str] = []

    def add(self, condition: str, *values: object) -> None:
        """``{}`` in the condition is the place of each value; ``$1`` is the tenant."""
        places = range(len(self.values) + 2, len(self.values) + 2 + len(values))
        self._conditions.append(condition.format(*(f"${place}" for place in places)))
        self.values += values

    def equal(self, column: str, value: object) -> None:
        """Adds a condition, unless the value is None."""
        if value is not None:
            self.add(f"{column} = {{}}", value)

    @property
    def sql(self) -> str:
        return " and ".join(["true", *self._conditions])

    def copy(self) -> "Filter":
        other = Filter(*self.values)
        other._conditions = [*self._conditions]
        return other


@dataclass(frozen=True)
class Sort(Generic[Item]):
    """A way to sort: SQL columns, the last of them unique, and the same of an item, with their types."""

    columns: tuple[str, ...]
    key: Callable[[Item], tuple[object, ...]]
    types: Any

    def order_by(self, order: Order) -> str:
        return ", ".join(f"{column} {order}" for column in self.columns)

    def cursor(self, item: Item) -> str:
        return base64.urlsafe_b64encode(msgspec.json.encode(self.key(item))).decode().rstrip("=")

    def read(self, cursor: str) -> tuple[object, ...]:
        """Raises: CursorInvalid."""
        try:
            text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            values: tuple[object, ...] = msgspec.json.decode(text, type=self.types)
        except (binascii.Error, ValueError, msgspec.MsgspecError):
            raise CursorInvalid from None
        return values


@dataclass(frozen=True)
class Page(Generic[Item]):
    items: list[Item]
    next: str | None
    """The cursor of the next page."""


@dataclass(frozen=True)
class Listing(Generic[Item]):
    """A list as it was asked for. ``select`` ends in a ``where`` with at least one condition."""

    kind: type[Item]
    select: str
    where: Filter
    sort: Sort[Item]
    order: Order

    async def page(self, tx: Tx, cursor: str | None, limit: int) -> Page[Item]:
        """The rows after the cursor.

        Raises: CursorInvalid."""
        where = self.where.copy()
        if cursor is not None:
            places = ", ".join("{}" for _ in self.sort.columns)
            after = "<" if self.order is Order.descending else ">"
            where.add(f"({', '.join(self.sort.columns)}) {after} ({places})", *self.sort.read(cursor))
        statement = f"{self.select} and {where.sql} order by {self.sort.order_by(self.order)} limit {limit + 1}"
        found = await tx.all(self.kind, statement, *where.values)
        items = found[:limit]
        return Page(items, self.sort.cursor(items[-1]) if len(found) > limit else None)

    async def count(self, tx: Tx, most: int) -> int:
        """The number of rows, counted up to ``most``."""
        statement = f"select count(*) from ({self.select} and {self.where.sql} limit {most}) as listed"
        return await tx.one(int, statement, *self.where.values)
