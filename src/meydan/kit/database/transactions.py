"""Transactions as a user or as a service. PostgreSQL's row level security decides which rows each may see."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, TypeVar

import asyncpg

from meydan.kit import clock
from meydan.kit.database.pools import Patience, Pool, prepare, reset, terminate
from meydan.kit.database.readers import reader_of
from meydan.kit.errors import NotFound
from meydan.kit.identity import Identity

T = TypeVar("T")

CONNECTION_LOST = (
    OSError,  # TimeoutError is one: no answer within the pool's patience
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the connection ended between two statements
    asyncpg.OperatorInterventionError,
    asyncpg.PostgresConnectionError,
)
"""Errors of a connection that has ended, is ending, or is silent. A commit in flight may or may not have happened."""


class Tx:
    """A database transaction. In every statement ``$1`` is the tenant; the caller's own arguments begin at ``$2``."""

    __slots__ = (
        "_after_commit",
        "_before_commit",
        "_command_limit",
        "_connection",
        "_me",
        "deadline",
        "pending",
        "tenant_id",
    )

    def __init__(
        self, connection: asyncpg.Connection, tenant_id: int, me: Identity | None, command_limit: float = math.inf
    ) -> None:
        self._connection = connection
        self._command_limit = command_limit
        self.deadline = math.inf
        """Time by ``time.monotonic`` at which the pool's watch takes the connection for a silent one."""
        self.tenant_id = tenant_id
        self._me = me
        self._after_commit: list[Callable[[], None]] = []
        self._before_commit: dict[Hashable, Callable[[], Awaitable[None]]] = {}
        self.pending: list[Any] = []
        """Outbox rows to be inserted in one statement before commit (kit.realtime)."""

    @property
    def connection(self) -> asyncpg.Connection:
        """The connection for a statement, whose time begins now."""
        self.deadline = time.monotonic() + self._command_limit
        return self._connection

    @property
    def me(self) -> Identity:
        if self._me is None:
            raise RuntimeError("a service transaction acts for nobody")
        return self._me

    @property
    def acts_for_person(self) -> bool:
        return self._me is not None

    async def run(self, sql: str, *args: object) -> None:
        await self.connection.execute(sql, self.tenant_id, *args)

    async def one(self, kind: type[T], sql: str, *args: object) -> T:
        """The first row as a struct, or its only column as a scalar.

        Raises: NotFound (no row)."""
        found = await self.maybe(kind, sql, *args)
        if found is None:
            raise NotFound
        return found

    async def maybe(self, kind: type[T], sql: str, *args: object) -> T | None:
        row = await self.connection.fetchrow(sql, self.tenant_id, *args)
        return None if row is None else reader_of(kind, tuple(row.keys()))(row)

    async def all(self, kind: type[T], sql: str, *args: object) -> list[T]:
        rows = await self.connection.fetch(sql, self.tenant_id, *args)
        if not rows:
            return []
        read = reader_of(kind, tuple(rows[0].keys()))
        return [read(row) for row in rows]

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Calls ``callback`` once the transaction is committed; never after a rollback."""
        self._after_commit.append(callback)

    def before_commit(self, callback: Callable[[], Awaitable[None]], *, key: Hashable = None) -> None:
        """Runs ``callback`` just before commit. Calls with the same ``key`` run it once."""
        self._before_commit.setdefault(callback if key is None else key, callback)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Rolls back to this point when the block raises; the transaction goes on if the caller catches the error."""
        await self.connection.execute("savepoint part")
        pending, after = len(self.pending), len(self._after_commit)
        try:
            yield
        except BaseException:
            await self.connection.execute("rollback to savepoint part; release savepoint part")
            del self.pending[pending:], self._after_commit[after:]
            raise
        await self.connection.execute("release savepoint part")

    async def enter_tenant(self, tenant_id: int) -> None:
        """Switches the transaction to another tenant, so that a service can fill the tenant it has just created."""
        if self._me is not None:
            raise RuntimeError("only a service may change the tenant")
        await self.connection.execute(f"set local app.tenant_id = '{int(tenant_id)}'")
        self.tenant_id = tenant_id

    async def finish(self) -> None:
        """Runs the callbacks of ``before_commit``, then commits."""
        while self._before_commit:  # a callback may add another
            callback = self._before_commit.pop(next(iter(self._before_commit)))
            await callback()
        await self.connection.execute("commit")

    def committed(self) -> None:
        """Runs the callbacks of ``after_commit``."""
        for callback in self._after_commit:
            callback()


class TransactionPool(Pool):
    """Connections of transactions, whose silent ones a watch ends.

    The timers that it stands for, of each statement and acquisition, cost a fifth of a request (benchmarks/endpoints.py).
    """

    def __init__(self, url: str, size: int, patience: Patience) -> None:
        super().__init__(url, size, patience, init=prepare, reset=reset, has_timers=False)
        self.open: set[Tx] = set()

    async def take(self) -> Any:
        """A connection, as ``acquire`` gives it; only a full pool makes its callers wait, and sets them a limit."""
        if not self._queue.empty():  # asyncpg's own count of what is idle asks each connection
            return await asyncpg.Pool.acquire(self)
        return await self.acquire()

    def end_silent(self) -> None:
        """Ends the connections whose statement is beyond its time. Their transactions fail with a lost connection."""
        now = time.monotonic()
        for tx in [tx for tx in self.open if tx.deadline < now]:
            terminate(tx.connection)


class Transaction:
    """Async context manager: commits when the block ends, rolls back when it raises."""

    __slots__ = ("_begin", "_me", "_pool", "_tenant_id", "_tx")

    def __init__(self, pool: TransactionPool, begin: str, tenant_id: int, me: Identity | None) -> None:
        # Settings are literals built from typed values, in the same round trip as BEGIN. They are never folded into a
        # query: measured, that returned another tenant's rows.
        if moved := clock.offset():
            begin += f";set local app.clock_offset='{moved.total_seconds()}'"
        self._pool, self._begin, self._tenant_id, self._me = pool, begin, tenant_id, me

    async def __aenter__(self) -> Tx:
        try:
            self._tx = await self._started()
        except CONNECTION_LOST:
            # Ended by the server while idle, or silent. Nothing was done yet, and the other idle ones may be the same.
            await self._pool.expire_connections()
            self._tx = await self._started()
        return self._tx

    async def _started(self) -> Tx:
        """Begins on a connection of the pool, and gives it back if that fails."""
        patience = self._pool.patience
        connection = await self._pool.take()
        tx = Tx(connection, self._tenant_id, self._me, patience.command)
        tx.deadline = time.monotonic() + patience.answer
        self._pool.open.add(tx)
        try:
            await connection.execute(self._begin)
        except BaseException as error:
            if isinstance(error, CONNECTION_LOST):
                terminate(connection)
            await self._give_back(tx)
            raise
        return tx

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                await self._tx.finish()
            else:
                await _roll_back(self._tx.connection, self._pool.patience.answer)
        finally:
            await self._give_back(self._tx)  # an open transaction, if finishing failed, is rolled back by this
        if kind is None:
            self._tx.committed()

    async def _give_back(self, tx: Tx) -> None:
        self._pool.open.discard(tx)
        await self._pool.release(tx.connection)


async def _roll_back(connection: asyncpg.Connection, limit: float) -> None:
    """Ignores a lost connection, so that the caller sees the error that caused the rollback."""
    try:
        if not connection.is_closed():
            async with asyncio.timeout(limit):  # around it all: a statement that is being cancelled is awaited first
                await connection.execute("rollback")
    except CONNECTION_LOST:
        terminate(connection)
