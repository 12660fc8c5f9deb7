"""Ending a background task: a cancellation that got lost is repeated, and a failure is seen."""

import asyncio

from meydan.kit import background


async def test_a_loop_that_loses_a_cancellation_ends():
    lost = 0
    started = asyncio.Event()

    async def loop() -> None:
        nonlocal lost
        while True:
            try:
                started.set()
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if lost:
                    raise
                lost += 1

    task = asyncio.create_task(loop())
    await started.wait()
    await background.end(task)
    assert (lost, task.cancelled()) == (1, True)


async def test_a_task_that_fails_or_is_over_troubles_nobody():
    async def fail() -> None:
        raise ValueError

    task = asyncio.create_task(fail())
    await asyncio.wait((task,))
    await background.end(task)
    await background.end(task)
    assert task.done()
