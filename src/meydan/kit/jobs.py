"""Background jobs and schedules over PgQueuer: queued in the caller's transaction, polled and run by the worker."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar, get_type_hints

import asyncpg
import msgspec
from msgspec import Struct

os.environ.setdefault("PGQUEUER_SCHEMA", "jobs")  # the library reads its schema from the environment on import

from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgPoolDriver
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job, Schedule

from meydan.kit.database import CONNECTION_LOST, Database, Tx

log = logging.getLogger(__name__)

P = TypeVar("P", bound=Struct)
Handler = Callable[[Tx, P], Awaitable[None]]
ExternalHandler = Callable[[Database, int, P], Awaitable[None]]
Scheduled = Callable[[Tx], Awaitable[None]]


class _Headers(Struct, frozen=True):
    """Headers that ``app.queue_job`` sets on a job."""

    tenant_id: int


_POLL = timedelta(milliseconds=200)
_MAX_ATTEMPTS = 8
_DEADLOCK_RETRIES = (0.1, 0.5, 2.0)
_handlers: dict[str, tuple[type[Struct], ExternalHandler[Struct]]] = {}
_schedules: list[tuple[str, str, Scheduled]] = []
_repeats: list[tuple[float, Scheduled]] = []


async def queue(
    tx: Tx, name: str, payload: Struct, *, delay: timedelta = timedelta(), dedupe_key: str | None = None
) -> None:
    """Queues a job in this transaction. With a ``dedupe_key`` at most one such job waits in the tenant."""
    if name not in _handlers:
        raise LookupError(f"no job is called {name}")
    await tx.connection.execute(
        "select app.queue_job($1, $2, $3, $4)", name, msgspec.json.encode(payload), delay, dedupe_key
    )


def job(name: str) -> Callable[[Handler[P]], Handler[P]]:
    """Registers a handler, run in one service transaction of the tenant that queued the job. It must be idempotent."""

    def register(handler: Handler[P]) -> Handler[P]:
        async def in_transaction(db: Database, tenant_id: int, payload: P) -> None:
            async with db.as_service(tenant_id) as tx:
                await handler(tx, payload)

        _handlers[name] = (_payload_kind(handler), in_transaction)  # type: ignore[assignment]  # called with the very type it takes
        return handler

    return register


def external_job(name: str) -> Callable[[ExternalHandler[P]], ExternalHandler[P]]:
    """Registers a handler that calls other services. It opens its own transactions, none around a network call."""

    def register(handler: ExternalHandler[P]) -> ExternalHandler[P]:
        _handlers[name] = (_payload_kind(handler), handler)  # type: ignore[assignment]  # called with the very type it takes
        return handler

    return register


def _payload_kind(handler: Callable[..., Awaitable[None]]) -> type[Struct]:
    known = ("tx", "db", "tenant_id", "return")
    payload_kind: type[Struct] = next(
        kind for parameter, kind in get_type_hints(handler).items() if parameter not in known
    )
    return payload_kind


def every(expression: str) -> Callable[[Scheduled], Scheduled]:
    """Runs at these times (cron), once for all workers together, in one service transaction per active tenant."""

    def register(scheduled: Scheduled) -> Scheduled:
        _schedules.append((f"{scheduled.__module__}.{scheduled.__qualname__}", expression, scheduled))
        return scheduled

    return register


def repeat(seconds: float) -> Callable[[Scheduled], Scheduled]:
    """Runs at this interval in every worker, in one service transaction per active tenant. Must be safe in several."""

    def register(scheduled: Scheduled) -> Scheduled:
        _repeats.append((seconds, scheduled))
        return scheduled

    return register


async def run_in_every_tenant(db: Database, scheduled: Scheduled) -> None:
    """Runs in each active tenant. A failure is logged and does not stop the other tenants."""
    for tenant_id in await db.tenant_ids():
        try:
            async with db.as_service(tenant_id) as tx:
                await scheduled(tx)
        except Exception:
            log.exception("%s failed in tenant %s", scheduled.__qualname__, tenant_id)


async def run_job(db: Database, name: str, payload: bytes, tenant_id: int) -> None:
    """Runs a job's handler. Retries on deadlock, up to three times."""
    kind, handler = _handlers[name]
    decoded = msgspec.json.decode(payload, type=kind)
    for wait in _DEADLOCK_RETRIES:
        try:
            await handler(db, tenant_id, decoded)
        except asyncpg.DeadlockDetectedError:
            await asyncio.sleep(wait)
        else:
            return
    await handler(db, tenant_id, decoded)


class Worker:
    """Runs jobs and schedules until ``stop``. Several may run, in several processes."""

    def __init__(self, db: Database, pool: asyncpg.Pool) -> None:
        self._db = db
        self._queuer = PgQueuer(AsyncpgPoolDriver(pool))
        self._stopped = asyncio.Event()
        for name in _handlers:
            self._register(name)
        for name, expression, scheduled in _schedules:
            self._register_schedule(name, expression, scheduled)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._queuer.run(dequeue_timeout=_POLL))
            for seconds, scheduled in _repeats:
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
            except CONNECTION_LOST as error:
                # Losing the database says nothing about the job, so it is retried. A value out of range is the job's fault.
                if isinstance(error, asyncpg.DataError) or job.attempts >= _MAX_ATTEMPTS:
                    raise
                log.warning("%s will be retried: %r", name, error)
                raise RetryRequested(timedelta(seconds=2**job.attempts), repr(error)) from error

    def _register_schedule(self, name: str, expression: str, scheduled: Scheduled) -> None:
        @self._queuer.schedule(name, expression)
        async def run(_schedule: Schedule) -> None:
            await run_in_every_tenant(self._db, scheduled)

    async def _repeat(self, seconds: float, scheduled: Scheduled) -> None:
        while not self._stopped.is_set():
            try:
                await run_in_every_tenant(self._db, scheduled)
            except (*CONNECTION_LOST, asyncpg.PostgresError):
                log.exception("%s could not run; it will be retried", scheduled.__qualname__)
            try:
                await asyncio.wait_for(self._stopped.wait(), seconds)
            except TimeoutError:
                continue
