"""The process's one connection to Valkey, with our functions (valkey.lua) loaded into it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from meydan.kit.resp import Valkey

LIBRARY = Path(__file__).with_suffix(".lua").read_bytes()

_current: Valkey | None = None


@asynccontextmanager
async def opened(address: str, *, name: str = "meydan") -> AsyncIterator[Valkey]:
    """Connected for as long as the block runs, however often the server comes and goes; ``current()`` is this one."""
    global _current  # noqa: PLW0603 -- one connection a process is the point
    valkey, before = Valkey(address, name=name, library=LIBRARY), _current
    valkey.start()
    # A process that starts while Valkey is down starts all the same; it only waits a moment for the usual case.
    await valkey.wait_up(timeout=2)
    _current = valkey
    try:
        yield valkey
    finally:
        _current = before
        await valkey.close()


def current() -> Valkey | None:
    """None in a process that has none open (a command): to its users the same as a Valkey that is down."""
    return _current
