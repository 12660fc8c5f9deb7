"""Connection pools of the product's logins, and the transactions that begin on them."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from typing import Any, Self
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from meydan.kit.database import migrations
from meydan.kit.database.transactions import Transaction, Tx, terminate
from meydan.kit.identity import Identity


class DatabaseSettings(Struct, frozen=True):
    """A URL for each login; a login cannot become another."""

    app_url: str
    service_url: str
    relay_url: str
    owner_url: str
    pool_size: int = 8


class Patience(Struct, frozen=True):
    """Seconds after which a database is silent. Without them a link that drops every packet holds its callers for good."""

    answer: float
    """Limit of connecting, beginning and rolling back, which a living database does at once."""
    acquire: float
    """Limit of waiting for one of the pool's connections."""
    command: float
    """Limit of one statement."""


SERVING = Patience(answer=5, acquire=20, command=20)  # beyond meydan_app's statement_timeout, which so comes first
WORKING = Patience(answer=5, acquire=120, command=600)  # jobs prove whole ledgers in one statement, and wait their turn

_WATCH_EVERY = 1
# Seconds: a quiet connection is probed after 15, and one whose other end is gone ends within 30.
_KEEPALIVE = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 20_000}


class Pool(asyncpg.Pool):  # type: ignore[misc]  # asyncpg has no types
    """A login's connections. Every wait for one has a limit."""

    def __init__(
        self,
        url: str,
        size: int,
        patience: Patience,
        *,
        init: Callable[[Any], Awaitable[None]] | None = None,
        reset: Callable[[Any], Awaitable[None]] | None = None,
        has_timers: bool = True,
    ) -> None:
        self.patience = patience
        self._prepare = init
        super().__init__(
            url,
            min_size=1,
            max_size=size,
            max_queries=50_000,
            max_inactive_connection_lifetime=60,
            init=self._init_connection,
            reset=reset,
            loop=None,
            connection_class=asyncpg.Connection,
            record_class=asyncpg.Record,
            timeout=patience.answer,
            command_timeout=patience.command if has_timers else None,
        )

    def acquire(self, *, timeout: float | None = None) -> Any:
        return super().acquire(timeout=timeout or self.patience.acquire)

    async def ping(self, limit: float) -> None:
        """Asks the database for an answer. A connection without one is ended, and holds no place in the pool.

        Raises: TimeoutError, and errors of a lost connection.
        """
        connection = await self.acquire(timeout=limit)
        try:
            await connection.execute("select", timeout=limit)
        except BaseException:
            terminate(connection)
            raise
        finally:
            await self.release(connection)

    async def close_in_time(self) -> None:
        """Closes the connections, and ends those that a silent database would keep open."""
        try:
            async with asyncio.timeout(self.patience.answer):
                await self.close()
        except TimeoutError:
            self.terminate()

    async def _init_connection(self, connection: asyncpg.Connection) -> None:
        notice_dead_peer(connection)
        if self._prepare is not None:
            await self._prepare(connection)


class TransactionPool(Pool):
    """Connections of transactions, whose silent ones a watch ends.

    The timers that it stands for, of each statement and acquisition, cost a fifth of a request (benchmarks/endpoints.py).
    """

    def __init__(self, url: str, size: int, patience: Patience) -> None:
        super().__init__(url, size, patience, init=prepare, reset=_reset, has_timers=False)
        self.open: set[Tx] = set()

    async def take(self) -> Any:
        """A connection, as ``acquire`` gives it; only a full pool makes its callers wait, and sets them a limit."""
        if self.get_idle_size():
            return await asyncpg.Pool.acquire(self)
        return await self.acquire()

    def end_silent(self) -> None:
        """Ends the connections whose statement is beyond its time. Their transactions fail with a lost connection."""
        now = time.monotonic()
        for tx in [tx for tx in self.open if tx.deadline < now]:
            terminate(tx.connection)


class Database:
    """The application's connection pools: a login for users, one for services, one for the outbox relay."""

    def __init__(self, app: TransactionPool, service: TransactionPool, relay: Pool) -> None:
        self._app, self._service, self.relay = app, service, relay
        self._watching = asyncio.create_task(self._watch())

    @classmethod
    async def open(cls, settings: DatabaseSettings, patience: Patience = SERVING) -> Self:
        """Connects each login.

        Raises: DatabaseTooOldError, ProgramTooOldError.
        """
        app, service, relay = (
            TransactionPool(settings.app_url, settings.pool_size, patience),
            TransactionPool(settings.service_url, settings.pool_size, patience),
            Pool(settings.relay_url, 2, SERVING, init=prepare, reset=_reset),
        )
        await asyncio.gather(app, service, relay)
        database = cls(app, service, relay)
        try:
            await migrations.check_version(relay)
        except BaseException:
            await database.close()
            raise
        return database

    async def close(self) -> None:
        await asyncio.gather(*(pool.close_in_time() for pool in (self._app, self._service, self.relay)))
        self._watching.cancel()

    def as_user(self, me: Identity) -> Transaction:
        begin = (
            f"begin;set local app.tenant_id='{int(me.tenant_id)}';set local app.user_id='{UUID(int=me.user_id.int)}';"
            f"set local app.profile_id='{UUID(int=me.profile_id.int)}'"
        )
        return Transaction(self._app, begin, me.tenant_id, me)

    def as_service(self, tenant_id: int) -> Transaction:
        begin = f"begin;set local app.tenant_id='{int(tenant_id)}'"
        return Transaction(self._service, begin, tenant_id, None)

    async def ping(self, limit: float) -> None:
        """Asks the database for an answer on each login.

        Raises: TimeoutError, and errors of a lost connection.
        """
        await asyncio.gather(*(pool.ping(limit) for pool in (self._app, self._service, self.relay)))

    async def tenant_ids(self) -> list[int]:
        """Ids of all active tenants."""
        rows = await self._service.fetch(
            "select id from app.tenants where status = 'active' order by id", timeout=self._service.patience.command
        )
        return [row["id"] for row in rows]

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_WATCH_EVERY)
            for pool in (self._app, self._service):
                pool.end_silent()


def notice_dead_peer(connection: asyncpg.Connection) -> None:
    """Sets TCP keepalive on a connection, so that the kernel ends it when its other end is gone.

    asyncpg has no setting for it. Options that a system lacks are left out.
    """
    link = connection._transport.get_extra_info("socket")  # noqa: SLF001 -- there is no other way to it
    if link is None or link.family not in (socket.AF_INET, socket.AF_INET6):
        return
    link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE.items():
        if (option := getattr(socket, name, None)) is not None:
            link.setsockopt(socket.IPPROTO_TCP, option, value)


async def _reset(connection: asyncpg.Connection) -> None:
    # Everything set is local to its transaction, so ending one is all there is to reset. The reset of
    # asyncpg costs 28 % of the client's CPU.
    if connection.is_in_transaction():
        await connection.execute("rollback", timeout=SERVING.answer)


async def prepare(connection: asyncpg.Connection) -> None:
    """Reads and writes ``jsonb`` as values on a new connection."""
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: msgspec.json.encode(value).decode(),
        decoder=msgspec.json.decode,
    )
