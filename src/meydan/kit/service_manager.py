"""Notes to who started this process, systemd or `meydan up`: that it is ready, and then that its loop still turns.

The protocol is systemd's ``sd_notify``: datagrams to the socket that ``NOTIFY_SOCKET`` names. Without it nothing is sent.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

READY, ALIVE, STOPPING = b"READY=1", b"WATCHDOG=1", b"STOPPING=1"
EVERY = 2.0  # seconds between two notes that the loop turns


@asynccontextmanager
async def noted() -> AsyncIterator[None]:
    """Says that the process is ready, and until the block ends that it is alive."""
    _send(READY)
    notes = asyncio.get_running_loop().create_task(_say_alive(), name="alive")
    try:
        yield
    finally:
        notes.cancel()
        _send(STOPPING)


async def _say_alive() -> None:
    while True:
        _send(ALIVE)
        await asyncio.sleep(EVERY)


def _send(note: bytes) -> None:
    """Sends without waiting: a manager that does not read is no reason to stop."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):  # Linux's abstract names
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        link.setblocking(False)
        link.connect(address)
        link.send(note)
