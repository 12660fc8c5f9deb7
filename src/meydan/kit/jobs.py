"""Work that follows a change: queued in the transaction that makes it necessary, done by the worker, found by polling."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar, get_type_hints

import asyncpg
import msgspec
from msgspec import Struct

os.environ.setdefault("PGQUEUER_SCHEMA", "jobs")  # the library reads its schema from the environment, when imported

from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgPoolDriver
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job, Schedule

from meydan.kit.database import CONNECTION_LOST, Database, Tx

log = logging.getLogger(__name__)

P = TypeVar("P", bound=Struct)
Handler = Callable[[Tx, P], Awaitable[None]]
ExternalHandler = Callable[[Database, int, P], Awaitable[None]]
Tick = Callable[[Tx], Awaitable[None]]


class _Headers(Struct, frozen=True):
    """What ``app.queue_job`` stamped on the job."""

    tenant_id: int


_POLL = timedelta(milliseconds=200)
_TRIES = 8
_GIVES_WAY = (0.1, 0.5, 2.0)
_handlers: dict[str, tuple[type[Struct], ExternalHandler[Struct]]] = {}
_schedules: list[tuple[str, str, Tick]] = []
_repeats: list[tuple[float, Tick]] = []


async def queue(
    tx: Tx, name: str, payload: Struct, *, delay: timedelta = timedelta(), dedupe_key: str | None = None
) -> None:
    """Queue a job in this transaction. With a ``dedupe_key`` at most one such job waits in the tenant."""
    if name not in _handlers:
        raise LookupError(f"no job is called {name}")
    await tx.connection.execute(
        "select app.queue_job($1, $2, $3, $4)", name, msgspec.json.encode(payload), delay, dedupe_key
    )


def job(name: str) -> Callable[[Handler[P]], Handler[P]]:
    """Register what the worker does, in one service transaction of the tenant that queued it. It must be idempotent."""

    def register(handler: Handler[P]) -> Handler[P]:
        async def in_transaction(db: Database, tenant_id: int, payload: P) -> None:
            async with db.as_service(tenant_id) as tx:
                await handler(tx, payload)

        _handlers[name] = (_payload_kind(handler), in_transaction)  # type: ignore[assignment]  # called with the very type it takes
        return handler

    return register


def external_job(name: str) -> Callable[[ExternalHandler[P]], ExternalHandler[P]]:
    """Like ``job``, for what speaks to the outside: it opens its transactions itself, none around a network call."""

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


def every(expression: str) -> Callable[[Tick], Tick]:
    """Run at these times (cron), once however many workers there are, in one service transaction per active tenant."""

    def register(tick: Tick) -> Tick:
        _schedules.append((f"{tick.__module__}.{tick.__qualname__}", expression, tick))
        return tick

    return register


def repeat(seconds: float) -> Callable[[Tick], Tick]:
    """Run this often in every worker, in one service transaction per active tenant; safe to run in several at once."""

    def register(tick: Tick) -> Tick:
        _repeats.append((seconds, tick))
        return tick

    return register


async def run_in_every_tenant(db: Database, tick: Tick) -> None:
    """One tenant's failure is logged and keeps no other tenant waiting."""
    for tenant_id in await db.tenant_ids():
        try:
            async with db.as_service(tenant_id) as tx:
                await tick(tx)
        except Exception:
            log.exception("%s failed in tenant %s", tick.__qualname__, tenant_id)


async def do_job(db: Database, name: str, payload: bytes, tenant_id: int) -> None:
    """Two that waited for each other are no failure: the one that gave way is done again."""
    kind, handler = _handlers[name]
    wanted = msgspec.json.decode(payload, type=kind)
    for wait in _GIVES_WAY:
        try:
            await handler(db, tenant_id, wanted)
        except asyncpg.DeadlockDetectedError:
            await asyncio.sleep(wait)
        else:
            return
    await handler(db, tenant_id, wanted)


class Worker:
    """Takes jobs and keeps the schedule until ``stop``; every process may run one."""

    def __init__(self, db: Database, pool: asyncpg.Pool) -> None:
        self._db = db
        self._queuer = PgQueuer(AsyncpgPoolDriver(pool))
        self._stopped = asyncio.Event()
        for name in _handlers:
            self._register(name)
        for name, expression, tick in _schedules:
            self._register_schedule(name, expression, tick)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._queuer.run(dequeue_timeout=_POLL))
            for seconds, tick in _repeats:
                tasks.create_task(self._repeat(seconds, tick))

    def stop(self) -> None:
        self._stopped.set()
        self._queuer.shutdown.set()

    def _register(self, name: str) -> None:
        # A failed job is held, not deleted: `meydan doctor` shows it and an operator may run it again.
        @self._queuer.entrypoint(name, on_failure="hold")
        async def run(job: Job) -> None:
            headers = msgspec.convert(job.headers, _Headers)
            try:
                await do_job(self._db, name, job.payload or b"{}", headers.tenant_id)
            except CONNECTION_LOST as error:
                # The database went away under it, which says nothing about the job. A value it cannot keep is another matter.
                if isinstance(error, asyncpg.DataError) or job.attempts >= _TRIES:
                    raise
                log.warning("%s will be done again: %r", name, error)
                raise RetryRequested(timedelta(seconds=2**job.attempts), repr(error)) from error

    def _register_schedule(self, name: str, expression: str, tick: Tick) -> None:
        @self._queuer.schedule(name, expression)
        async def run(_schedule: Schedule) -> None:
            await run_in_every_tenant(self._db, tick)

    async def _repeat(self, seconds: float, tick: Tick) -> None:
        while not self._stopped.is_set():
            try:
                await run_in_every_tenant(self._db, tick)
            except (*CONNECTION_LOST, asyncpg.PostgresError):
                log.exception("%s could not run; it will be tried again", tick.__qualname__)
            try:
                await asyncio.wait_for(self._stopped.wait(), seconds)
            except TimeoutError:
                continue
