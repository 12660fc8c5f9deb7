"""Domain events: rooms publish them, and listeners of higher rooms run in the same transaction."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import TypeVar

from msgspec import Struct

from meydan.kit.database import Tx


class Event(Struct, frozen=True):
    """A domain event, named in the past tense. It never leaves the server."""


E = TypeVar("E", bound=Event)
Listener = Callable[[Tx, E], Awaitable[None]]

_listeners: dict[type[Event], list[Listener[Event]]] = defaultdict(list)


def listen(kind: type[E]) -> Callable[[Listener[E]], Listener[E]]:
    """Registers a listener, run in the publisher's transaction."""

    def register(listener: Listener[E]) -> Listener[E]:
        _listeners[kind].append(listener)  # type: ignore[arg-type]  # looked up by the type it takes
        return listener

    return register


async def publish(tx: Tx, event: Event) -> None:
    for listener in _listeners[type(event)]:
        await listener(tx, event)
