"""The runtime: what this process has opened, by class. The only process-wide state that is filled after import.

    with runtime.using(Keys(...)):     # startup.py, once in each process; tests, for as long as they need it
        runtime.get(Keys).token_key    # anywhere below

Every process builds its own in ``startup.py``: clock, keys, Valkey, realtime, adapters, and what rooms keep running.
Passing these through every call would put them into every signature.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


class PartMissingError(RuntimeError):
    """The process was started without something that it needs: a fault in ``startup.py``."""


class Runtime:
    """A process's parts. There is at most one of each class."""

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        self._parts: dict[type[Any], Any] = {}

    def find(self, kind: type[T]) -> T | None:
        """The part of this class; None where this process has none."""
        return self._parts.get(kind)

    def get(self, kind: type[T]) -> T:
        """The part of this class.

        Raises: PartMissingError.
        """
        part: T | None = self._parts.get(kind)
        if part is None:
            raise PartMissingError(f"this process was started without {kind.__module__}.{kind.__qualname__}")
        return part

    @contextmanager
    def using(self, *parts: object) -> Iterator[None]:
        """Has these parts for the block. Inside, they take the place of earlier parts of their classes."""
        before = {type(part): self._parts.get(type(part)) for part in parts}
        self._parts.update({type(part): part for part in parts})
        try:
            yield
        finally:
            for kind, part in before.items():
                if part is None:
                    self._parts.pop(kind, None)
                else:
                    self._parts[kind] = part


runtime = Runtime()
