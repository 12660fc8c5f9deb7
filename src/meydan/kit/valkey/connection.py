"""The process's one connection to Valkey, with our functions (functions.lua) loaded into it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from meydan.kit.runtime import runtime
from meydan.kit.valkey.client import Valkey

LIBRARY = Path(__file__).with_name("functions.lua").read_bytes()


@asynccontextmanager
async def opened(url: str, *, name: str = "meydan") -> AsyncIterator[Valkey]:
    """Keeps a connection for the block, across restarts of the server; ``current()`` returns it."""
    valkey = Valkey(url, name=name, library=LIBRARY)
    valkey.start()
    # A process starts without Valkey too; it only waits a moment, because usually Valkey is there.
    await valkey.wait_up(timeout=2)
    try:
        with runtime.using(valkey):
            yield valkey
    finally:
        await valkey.close()


def current() -> Valkey | None:
    """None in a process without a connection (a command); callers treat that like a Valkey that is down."""
    return runtime.find(Valkey)
