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


class RetryableJob(Struct, frozen=True, kw_only=True):
    """What is to be done at a provider. It is queued again with one try more."""

    attempts: int = 0


async def do_retry(tx: Tx, name: str, job: RetryableJob, waits: Sequence[timedelta], *, dedupe_key: str) -> bool:
    """Whether it will be tried again; if not, it has been tried often enough."""
    if job.attempts >= len(waits):
        return False
    wait = waits[job.attempts]
    await jobs.queue(
        tx,
        name,
        msgspec.structs.replace(job, attempts=job.attempts + 1),
        delay=wait,
        dedupe_key=f"{dedupe_key}:{job.attempts}",
    )
    return True
