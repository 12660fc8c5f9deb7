"""Retries of external jobs with back-off, a bounded number of times."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
from msgspec import Struct

from meydan.kit.database import Tx
from meydan.kit.jobs import registry

SOON = [timedelta(seconds=seconds) for seconds in (1, 3, 10, 30, 60, 180)]
"""A user waits at the screen: about five minutes."""
PATIENTLY = [timedelta(seconds=10), *(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440, 1440))]
"""No user waits, and the job must succeed: three days."""


class RetryableJob(Struct, frozen=True, kw_only=True):
    """Payload of a job that ``do_retry`` queues again, with ``attempts`` counted up."""

    attempts: int = 0


async def do_retry(tx: Tx, name: str, job: RetryableJob, waits: Sequence[timedelta], *, dedupe_key: str) -> bool:
    """Queues the job again after the next wait. Returns False when no attempts are left."""
    if job.attempts >= len(waits):
        return False
    wait = waits[job.attempts]
    await registry.queue(
        tx,
        name,
        msgspec.structs.replace(job, attempts=job.attempts + 1),
        delay=wait,
        dedupe_key=f"{dedupe_key}:{job.attempts}",
    )
    return True
