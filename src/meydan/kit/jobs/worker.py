"""Worker of jobs and schedules: it polls PgQueuer, runs what it takes, and retries when the database is lost."""

import asyncio
import logging
import os
from datetime import timedelta

import asyncpg
import msgspec
from msgspec import Struct

os.environ.setdefault("PGQUEUER_SCHEMA", "jobs")  # the library reads its schema from the environment on import

from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgPoolDriver
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job, Schedule

from meydan.kit.database import CONNECTION_LOST, Database
from meydan.kit.jobs.registry import HANDLERS, REPEATS, SCHEDULES, Scheduled, run_job, run_scheduled

log = logging.getLogger(__name__)

_POLL = timedelta(milliseconds=200)
_MAX_ATTEMPTS = 8


class _Headers(Struct, frozen=True):
    """Headers that ``app.queue_job`` sets on a job."""

    tenant_id: int


class Worker:
    """Runs jobs and schedules until ``stop``. Several may run, in several processes."""

    def __init__(self, db: Database, pool: asyncpg.Pool) -> None:
        self._db = db
        self._queuer = PgQueuer(AsyncpgPoolDriver(pool))
        self._stopped = asyncio.Event()
        for name in HANDLERS:
            self._register(name)
        for name, expression, scheduled in SCHEDULES:
            self._register_schedule(name, expression, scheduled)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._queuer.run(dequeue_timeout=_POLL))
            for seconds, scheduled in REPEATS:
                tasks.create_task(self._repeat(seconds, scheduled))

    def stop(self) -> None:
        self._stopped.set()
        self._queuer.shutdown.set()

    def _register(self, name: str) -> None:
        # A failed job is held, not deleted: `meydan doctor` shows it, and an operator may run it again.
        @self._queuer.entrypoint(name, on_failure="hold")
        async def run(job: Job) -> None:
            headers = msgspec.convert(job.headers, _Headers)
            try:
                await run_job(self._db, name, job.payload or b"{}", headers.tenant_id)
            except (*CONNECTION_LOST, asyncpg.InsufficientResourcesError) as error:
                # A lost database or a full disk says nothing about the job: it is retried. A value out of range does.
                if isinstance(error, asyncpg.DataError) or job.attempts >= _MAX_ATTEMPTS:
                    raise
                log.warning("%s will be retried: %r", name, error)
                raise RetryRequested(timedelta(seconds=2**job.attempts), repr(error)) from error

    def _register_schedule(self, name: str, expression: str, scheduled: Scheduled) -> None:
        @self._queuer.schedule(name, expression)
        async def run(_schedule: Schedule) -> None:
            await run_scheduled(self._db, scheduled)

    async def _repeat(self, seconds: float, scheduled: Scheduled) -> None:
        while not self._stopped.is_set():
            try:
                await run_scheduled(self._db, scheduled)
            except (*CONNECTION_LOST, asyncpg.PostgresError):
                log.exception("%s could not run; it will be retried", scheduled.__qualname__)
            try:
                await asyncio.wait_for(self._stopped.wait(), seconds)
            except TimeoutError:
                continue
