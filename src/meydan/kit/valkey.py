"""The process's one connection to Valkey, with our functions (valkey.lua) loaded into it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from meydan.kit.resp import Valkey

LIBRARY = Path(__file__).with_suffix(".lua").read_bytes()

_current: Valkey | None = None


@asynccontextmanager
async def opened(url: str, *, name: str = "meydan") -> AsyncIterator[Valkey]:
    """Keeps a connection for the block, across restarts of the server; ``current()`` returns it."""
    global _current  # noqa: PLW0603 -- one connection a process is the point
    valkey, before = Valkey(url, name=name, library=LIBRARY), _current
    valkey.start()
    # A process starts without Valkey too; it only waits a moment, because usually Valkey is there.
    await valkey.wait_up(timeout=2)
    _current = valkey
    try:
        yield valkey
    finally:
        _current = before
        await valkey.close()


def current() -> Valkey | None:
    """None in a process without a connection (a command); callers treat that like a Valkey that is down."""
    return _current
