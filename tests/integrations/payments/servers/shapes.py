"""Shapes of answers and webhooks, as a provider publishes them: a fake that says anything else fails its test.

A shape is a struct of msgspec's. Libraries of some providers describe theirs; for the others it is written down here, as
``Name: field kind, field? kind``; ``?`` may be absent, and ``Name*`` makes every field so. Kinds are ``text``, ``whole``,
``number``, ``bool``, ``time``, ``null`` and ``any``, ``'word'``, another shape, ``[kind]`` for a list and ``{kind}`` for a
mapping, with ``|`` between alternatives. ``Name < Other`` has the other's fields as well.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import UNSET, Struct, UnsetType

_PRIMITIVES = {"text": str, "whole": int, "number": float, "bool": bool, "time": datetime, "null": None, "any": Any}
_EMPTY = {str: "-", int: 0, float: 0.0, bool: False, datetime: "2020-01-01T00:00:00Z"}
_NAME = re.compile(r"(\w+)(\*?)(?: < (\w+))?")
_CHOICE = re.compile(r"[\[{].*[\]}]|[^|]+")


class Unfit(AssertionError):
    """The fake said something that the provider never says."""


def either(choices: Iterable[Any]) -> Any:
    return Union[tuple(choices)]  # noqa: UP007 -- made of what was found


def shape(name: str, fields: dict[str, Any], optional: Iterable[str], base: type | None = None) -> type[Struct]:
    """A struct that knows these fields and no others."""
    may_miss = set(optional)
    known = [
        (field, either((kind, UnsetType)), UNSET) if field in may_miss else (field, kind)
        for field, kind in fields.items()
    ]
    bases = (base,) if base else None
    return msgspec.defstruct(name, known, bases=bases, forbid_unknown_fields=True, kw_only=True)


def check(kind: Any, value: Any) -> Any:
    """Answers the value. Raises: Unfit."""
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise Unfit(f"{kind.__name__} is never {value!r}: {error}") from error
    return value


def made(kind: Any, **known: Any) -> dict[str, Any]:
    """An object, and those within it, with what is known of them; all else that they must have is empty. Raises: Unfit."""
    return dict(check(kind, _filled(kind, known)))


def _filled(kind: Any, known: Any) -> Any:
    choices = get_args(kind) if get_origin(kind) is Union else (kind,)
    struct = next((one for one in choices if isinstance(one, type) and issubclass(one, Struct)), None)
    if struct is None or not isinstance(known, dict):
        return known
    fields = {one.name: one for one in msgspec.structs.fields(struct)}
    empty = {name: _empty(one.type) for name, one in fields.items() if one.required and name not in known}
    return empty | {name: _filled(fields[name].type, one) if name in fields else one for name, one in known.items()}


def _empty(kind: Any) -> Any:
    origin, choices = get_origin(kind), get_args(kind)
    if type(None) in choices:
        return None
    if origin is Union or origin is Literal:
        return _empty(choices[0]) if origin is Union else choices[0]
    if kind in _EMPTY:
        return _EMPTY[kind]
    return _filled(kind, {}) if origin is None else origin()


class Shapes:
    """Shapes that are written down."""

    def __init__(self, document: str) -> None:
        self._types: dict[str, Any] = dict(_PRIMITIVES)
        for block in document.strip().split("\n\n"):
            head, _, body = " ".join(block.split()).partition(": ")
            found = _NAME.fullmatch(head)
            assert found is not None, head
            name, all_optional, base = found.groups()
            kinds = dict(field.split(" ", 1) for field in body.split(", "))
            fields = {field.rstrip("?"): self._type(kind) for field, kind in kinds.items()}
            optional = fields if all_optional else [field[:-1] for field in kinds if field.endswith("?")]
            self._types[name] = shape(name, fields, optional, self._types[base] if base else None)

    def check(self, kind: str, value: Any) -> Any:
        """Answers the value. Raises: Unfit."""
        return check(self._types[kind], value)

    def made(self, kind: str, **known: Any) -> dict[str, Any]:
        """An object with what is known of it, everything else that it must have being empty. Raises: Unfit."""
        return made(self._types[kind], **known)

    def _type(self, kind: str) -> Any:
        choices = _CHOICE.findall(kind)
        if len(choices) > 1:
            return either(self._type(choice) for choice in choices)
        match kind[0], kind[1:-1]:
            case "'", word:
                return Literal[word]
            case "[", inner:
                return list[self._type(inner)]  # type: ignore[misc]
            case "{", inner:
                return dict[str, self._type(inner)]  # type: ignore[misc]
        return self._types[kind]
