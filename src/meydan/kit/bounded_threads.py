"""Threads for work that costs CPU on purpose, with a bounded queue before them.

Known devices and strangers have places of their own in the queue, so a flood fills those of its kind. No account
and no network has more than a part of them.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from msgspec import Struct

from meydan.kit.errors import Refused

T = TypeVar("T")

_SECONDS_TO_WAIT = 2


class TooBusy(Refused):
    code, status, title = "too_busy", 503, "Too many people are at this door at once. Please try again in a moment."


class Caller(Struct, frozen=True):
    """An account on a known device, or a network of strangers, whose work waits."""

    name: object
    is_known: bool = False


class BoundedThreads:
    """``threads`` work at once; of each kind ``places`` wait or work, and of one caller a part of them."""

    def __init__(self, name: str, threads: int, places: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._places = places
        self._of_one = {True: max(1, places // 16), False: max(1, places // 2)}
        self._busy: Counter[bool | Caller] = Counter()

    async def run(self, work: Callable[[], T], caller: Caller) -> T:
        """Runs ``work`` in a thread.

        Raises: TooBusy.
        """
        kind = caller.is_known
        if self._busy[kind] >= self._places or self._busy[caller] >= self._of_one[kind]:
            raise TooBusy(retry_after=_SECONDS_TO_WAIT)
        self._busy.update((kind, caller))
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._busy.subtract((kind, caller))
            if not self._busy[caller]:
                del self._busy[caller]
