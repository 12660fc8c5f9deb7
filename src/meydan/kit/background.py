"""Background tasks of a process: loops that outlive errors, and end when their owner closes."""

import asyncio
from typing import Any


async def end(task: asyncio.Task[Any]) -> None:
    """Cancels a task until it has ended, whatever it raises then.

    A single cancellation may be lost. Libraries turn one that meets a broken connection into that connection's error,
    after which the loop goes on.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait((task,), timeout=1)
    if not task.cancelled():
        task.exception()  # seen, so that nobody logs it as forgotten
