"""Registry of jobs and schedules, filled by the rooms, and the queueing of jobs in the caller's transaction."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar, get_type_hints

import asyncpg
import msgspec
from msgspec import Struct

from meydan.kit.database import Database, Tx

log = logging.getLogger(__name__)

P = TypeVar("P", bound=Struct)
Handler = Callable[[Tx, P], Awaitable[None]]
ExternalHandler = Callable[[Database, int, P], Awaitable[None]]
Scheduled = Callable[[Tx], Awaitable[None]]


_DEADLOCK_RETRIES = (0.1, 0.5, 2.0)
HANDLERS: dict[str, tuple[type[Struct], ExternalHandler[Struct]]] = {}
SCHEDULES: list[tuple[str, str, Scheduled]] = []
REPEATS: list[tuple[float, Scheduled]] = []
DUE: dict[Scheduled, str | None] = {}
"""For each, the function that names the tenants with something to do; None for all tenants."""


async def queue(
    tx: Tx, name: str, payload: Struct, *, delay: timedelta = timedelta(), dedupe_key: str | None = None
) -> None:
    """Queues a job in this transaction. With a ``dedupe_key`` at most one such job waits in the tenant."""
    if name not in HANDLERS:
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

        HANDLERS[name] = (_payload_kind(handler), in_transaction)  # type: ignore[assignment]  # called with the very type it takes
        return handler

    return register


def external_job(name: str) -> Callable[[ExternalHandler[P]], ExternalHandler[P]]:
    """Registers a handler that calls other services. It opens its own transactions, none around a network call."""

    def register(handler: ExternalHandler[P]) -> ExternalHandler[P]:
        HANDLERS[name] = (_payload_kind(handler), handler)  # type: ignore[assignment]  # called with the very type it takes
        return handler

    return register


def _payload_kind(handler: Callable[..., Awaitable[None]]) -> type[Struct]:
    known = ("tx", "db", "tenant_id", "return")
    payload_kind: type[Struct] = next(
        kind for parameter, kind in get_type_hints(handler).items() if parameter not in known
    )
    return payload_kind


def every(expression: str, *, due: str | None = None) -> Callable[[Scheduled], Scheduled]:
    """Runs at these times (cron), once for all workers together, in one service transaction per active tenant.

    ``due`` is the database's function that names the tenants with something to do. The others then cost nothing.
    """

    def register(scheduled: Scheduled) -> Scheduled:
        DUE[scheduled] = due
        SCHEDULES.append((f"{scheduled.__module__}.{scheduled.__qualname__}", expression, scheduled))
        return scheduled

    return register


def repeat(seconds: float, *, due: str) -> Callable[[Scheduled], Scheduled]:
    """Runs at this interval in every worker, in one service transaction per active tenant that ``due`` names.

    Must be safe in several.
    """

    def register(scheduled: Scheduled) -> Scheduled:
        DUE[scheduled] = due
        REPEATS.append((seconds, scheduled))
        return scheduled

    return register


async def run_scheduled(db: Database, scheduled: Scheduled) -> None:
    """Runs in each active tenant with something due. A failure is logged and does not stop the other tenants."""
    for tenant_id in await db.tenant_ids(DUE.get(scheduled)):
        try:
            async with db.as_service(tenant_id) as tx:
                await scheduled(tx)
        except Exception:
            log.exception("%s failed in tenant %s", scheduled.__qualname__, tenant_id)


async def run_job(db: Database, name: str, payload: bytes, tenant_id: int) -> None:
    """Runs a job's handler. Retries on deadlock, up to three times."""
    kind, handler = HANDLERS[name]
    decoded = msgspec.json.decode(payload, type=kind)
    for wait in _DEADLOCK_RETRIES:
        try:
            await handler(db, tenant_id, decoded)
        except asyncpg.DeadlockDetectedError:
            await asyncio.sleep(wait)
        else:
            return
    await handler(db, tenant_id, decoded)
