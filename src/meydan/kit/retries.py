"""Asking a provider again that could not answer: a bounded number of times, each later than the one before."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
from msgspec import Struct

from meydan.kit import jobs
from meydan.kit.database import Tx

SOON = [timedelta(seconds=seconds) for seconds in (1, 3, 10, 30, 60, 180)]
"""Somebody looks at the screen meanwhile."""
PATIENTLY = [timedelta(seconds=10), *(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440, 1440))]
"""Nobody waits, and it must happen: three days."""


class Errand(Struct, frozen=True, kw_only=True):
    """What is to be done at a provider. It is queued again with one try more."""

    tries: int = 0


async def do_again(tx: Tx, name: str, errand: Errand, waits: Sequence[timedelta], *, once_key: str) -> bool:
    """Whether it will be tried again; if not, it has been tried often enough."""
    if errand.tries >= len(waits):
        return False
    wait = waits[errand.tries]
    await jobs.queue(
        tx,
        name,
        msgspec.structs.replace(errand, tries=errand.tries + 1),
        delay=wait,
        once_key=f"{once_key}:{errand.tries}",
    )
    return True
