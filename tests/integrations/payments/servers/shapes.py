"""Shapes of answers and webhooks, as a provider publishes them: a fake that says anything else fails its test.

A shape is written as ``Name: field kind, field? kind``; ``?`` may be absent, and ``Name*`` makes every field so. Kinds are
``text``, ``whole``, ``number``, ``bool``, ``time``, ``null`` and ``any``, ``'word'``, another shape, ``[kind]`` for a list and
``{kind}`` for a mapping, with ``|`` between alternatives. ``Name < Other`` has the other's fields as well.
"""

import re
from datetime import datetime
from typing import Any

_PRIMITIVES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "whole": (int,),
    "number": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}
_NAME = re.compile(r"(\w+)(\*?)(?: < (\w+))?")


class Unfit(AssertionError):
    """The fake said something that the provider never says."""


class Shapes:
    def __init__(self, provider: str, document: str) -> None:
        self._provider = provider
        self._fields: dict[str, dict[str, tuple[bool, str]]] = {}
        for block in document.strip().split("\n\n"):
            head, _, body = " ".join(block.split()).partition(": ")
            found = _NAME.fullmatch(head)
            assert found is not None, head
            name, optional, base = found.groups()
            fields = dict(self._fields[base]) if base else {}
            for field in body.split(", "):
                key, _, kind = field.partition(" ")
                fields[key.rstrip("?")] = (key.endswith("?") or bool(optional), kind)
            self._fields[name] = fields

    def check(self, kind: str, value: Any, at: str = "") -> Any:
        """Answers the value. Raises Unfit."""
        at = at or kind
        if not any(self._fits(choice, value, at) for choice in kind.split("|")):
            raise Unfit(f"{self._provider} never says that {at} is {value!r}")
        return value

    def made(self, kind: str, **known: Any) -> dict[str, Any]:
        """An object with what is known of it, everything else that it must have being empty. Raises Unfit."""
        fields = self._fields[kind].items()
        rest = {name: self._empty(of) for name, (optional, of) in fields if not optional and name not in known}
        return dict(self.check(kind, rest | known))

    def _empty(self, kind: str) -> Any:
        first = kind.split("|", maxsplit=1)[0]
        if "null" in kind.split("|"):
            return None
        if first in self._fields:
            return self.made(first)
        empty = {"text": "-", "whole": 1, "number": 1.0, "bool": False, "time": "2020-01-01T00:00:00Z"}
        return first[1:-1] if first[0] == "'" else {"[": [], "{": {}}.get(first[0], empty.get(first))

    def _fits(self, kind: str, value: Any, at: str) -> bool:
        if kind in self._fields:
            return isinstance(value, dict) and self._has_fields(kind, value, at)
        match kind[0]:
            case "[":
                items = dict(enumerate(value)) if isinstance(value, list) else None
                return items is not None and self._have(kind[1:-1], items, at)
            case "{":
                return isinstance(value, dict) and self._have(kind[1:-1], value, at)
            case "'":
                return bool(value == kind[1:-1])
        if kind in ("any", "time"):
            return kind == "any" or (isinstance(value, str) and datetime.fromisoformat(value) is not None)
        kinds = _PRIMITIVES[kind]
        return isinstance(value, kinds) and (not isinstance(value, bool) or bool in kinds)

    def _have(self, kind: str, items: dict[Any, Any], at: str) -> bool:
        for key, one in items.items():
            self.check(kind, one, f"{at}.{key}")
        return True

    def _has_fields(self, kind: str, value: dict[str, Any], at: str) -> bool:
        fields = self._fields[kind]
        for name, one in value.items():
            if name not in fields:
                raise Unfit(f"{self._provider} has no {at}.{name}")
            self.check(fields[name][1], one, f"{at}.{name}")
        if missing := [name for name, (optional, _) in fields.items() if not optional and name not in value]:
            raise Unfit(f"{self._provider} never leaves out {missing} of {at}")
        return True
