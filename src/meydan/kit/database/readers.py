"""Readers: functions that turn rows into structs, one for each struct and its columns, built once."""

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, TypeVar

import asyncpg
import msgspec
from msgspec import Struct

T = TypeVar("T")
_Reader = Callable[[asyncpg.Record], Any]
_readers: dict[tuple[Any, tuple[str, ...]], _Reader] = {}


def reader_of(kind: type[T], columns: tuple[str, ...]) -> Callable[[asyncpg.Record], T]:
    """The function that turns a row with these columns into ``kind``."""
    if (reader := _readers.get((kind, columns))) is None:
        reader = _readers[kind, columns] = _make_reader(kind, columns)
    return reader


def _make_reader(kind: Any, columns: tuple[str, ...]) -> _Reader:
    """Builds a function that reads a row as ``kind``: a struct by column names, or the only column's scalar."""
    if not (isinstance(kind, type) and issubclass(kind, Struct)):
        convert = _converter(kind)
        return lambda row: convert(row[0])
    fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
    if unknown := set(columns) - set(fields):
        raise TypeError(f"{kind.__name__} has no field for the columns {sorted(unknown)}")
    # asyncpg already returns most values with the right type; only the others are converted.
    changed = [
        (index, convert)
        for index, column in enumerate(columns)
        if (convert := _converter(fields[column])) is not _as_is
    ]
    in_order = columns == kind.__match_args__[: len(columns)]  # without those that go by keyword only

    def read(row: asyncpg.Record) -> Any:
        values = list(row)
        for index, convert in changed:
            values[index] = convert(values[index])
        return kind(*values) if in_order else kind(**dict(zip(columns, values, strict=True)))

    return read


def _as_is(value: object) -> object:
    return value


def _converter(kind: Any) -> Callable[[Any], object]:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {member.value: member for member in kind}.__getitem__
    if _needs_conversion(kind):
        return lambda value: msgspec.convert(value, kind, str_keys=True)
    return _as_is


def _needs_conversion(kind: Any) -> bool:
    if isinstance(kind, type):
        return issubclass(kind, Enum | Struct)
    return any(_needs_conversion(argument) for argument in _arguments(kind))


def _arguments(kind: Any) -> Iterable[Any]:
    return getattr(kind, "__args__", ())
