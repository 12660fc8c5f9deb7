"""Heartbeat of workers in Valkey: a worker has no port that anybody could ask.

A beat says that its loop turns and that its database and Valkey answer. It costs an empty statement on each login.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct

from meydan.kit import background, readiness
from meydan.kit.database import Database
from meydan.kit.valkey import Valkey

KEY = "workers:{workers}"
EVERY = 5.0
LATE = 30.0
_FORGOTTEN = 600  # seconds after which a worker that was killed is no longer named


class Heartbeat(Struct, frozen=True):
    worker: str
    seconds_ago: float

    @property
    def is_late(self) -> bool:
        return self.seconds_ago > LATE


@asynccontextmanager
async def beating(db: Database, valkey: Valkey) -> AsyncIterator[None]:
    """Beats for the block, and is forgotten at its end."""
    worker = f"{socket.gethostname()}:{os.getpid()}"
    await _beat(db, valkey, worker)
    task = asyncio.get_running_loop().create_task(_beat_on(db, valkey, worker), name="heartbeat")
    try:
        yield
    finally:
        await background.end(task)
        valkey.send_nowait("HDEL", KEY, worker)


async def _beat_on(db: Database, valkey: Valkey, worker: str) -> None:
    while True:
        await asyncio.sleep(EVERY)
        await _beat(db, valkey, worker)


async def _beat(db: Database, valkey: Valkey, worker: str) -> None:
    if not await readiness.waiting_for(db, valkey):
        valkey.send_nowait("HSETEX", KEY, "EX", _FORGOTTEN, "FIELDS", 1, worker, "")


async def heartbeats(valkey: Valkey) -> list[Heartbeat]:
    """The last beat of each worker, the latest first. Its age is what is left of its time, so that no clock decides."""
    workers = await valkey.execute("HKEYS", KEY)
    if not workers:
        return []
    left = await valkey.execute("HPTTL", KEY, "FIELDS", len(workers), *workers)
    beats = [
        Heartbeat(worker.decode(), _FORGOTTEN - milliseconds / 1000)
        for worker, milliseconds in zip(workers, left, strict=True)
        if milliseconds >= 0
    ]
    return sorted(beats, key=lambda beat: beat.seconds_ago)
