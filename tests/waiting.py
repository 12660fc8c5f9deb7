"""Waits of tests: for an event, or for who wants the same row. Seconds decide nothing here."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from meydan.kit.database import Tx

PATIENCE = 300.0
"""Seconds after which a wait is taken for a hang. Never a claim about speed: a busy machine may need most of them."""


@asynccontextmanager
async def patience(awaited: str = "what is awaited here") -> AsyncIterator[None]:
    """Ends a hang with words: ``async with patience("the second reader"): …``."""
    limit = asyncio.timeout(PATIENCE)
    try:
        async with limit:
            yield
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise AssertionError(f"{awaited} did not come within {PATIENCE:.0f} seconds") from error


async def happens(event: asyncio.Event | asyncio.Barrier, awaited: str) -> None:
    """Waits until the event is set, or all have come to the barrier."""
    async with patience(awaited):
        await event.wait()


async def until(happened: Callable[[], Awaitable[object]], *, every: float = 0.02) -> None:
    """Ask again until the answer is true."""
    async with patience():
        while not await happened():
            await asyncio.sleep(every)


def wait_until(happened: Callable[[], object], *, every: float = 0.05) -> None:
    """The same for stories that have no event loop."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(every)


async def waiters(tx: Tx, *, for_rows: bool = False) -> int:
    """Number of connections that wait for a lock in this database (``for_rows``: not for an advisory one). Other stories
    have theirs on the same server; a wait for a transaction is counted by the tables its connection has open, because
    that lock belongs to no database.
    """
    return await tx.one(
        int,
        """
        select count(distinct pid)::integer from pg_locks where $1 > 0 and not granted and not ($2 and locktype = 'advisory')
        and pid in (select pid from pg_locks where database = (select oid from pg_database where datname = current_database()))
        """,
        for_rows,
    )


async def somebody_waits(tx: Tx) -> bool:
    return await waiters(tx) > 0


async def until_somebody_waits(tx: Tx, *, for_rows: bool = False, count: int = 1) -> None:
    """Until others wait for what this transaction has locked."""

    async def they_wait() -> bool:
        return await waiters(tx, for_rows=for_rows) >= count

    await until(they_wait, every=0.01)
