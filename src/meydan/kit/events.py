"""What happened, told to higher rooms inside the transaction that did it: all of it happens, or nothing."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import TypeVar

from msgspec import Struct

from meydan.kit.database import Tx


class Event(Struct, frozen=True):
    """Something that happened, in the past tense; never leaves the server."""


E = TypeVar("E", bound=Event)
Listener = Callable[[Tx, E], Awaitable[None]]

_listeners: dict[type[Event], list[Listener[Event]]] = defaultdict(list)


def listen(kind: type[E]) -> Callable[[Listener[E]], Listener[E]]:
    """Run the function in the same transaction whenever such an event is published."""

    def register(listener: Listener[E]) -> Listener[E]:
        _listeners[kind].append(listener)  # type: ignore[arg-type]  # looked up by the very type it takes
        return listener

    return register


async def publish(tx: Tx, event: Event) -> None:
    for listener in _listeners[type(event)]:
        await listener(tx, event)
