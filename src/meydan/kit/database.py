"""Database transactions as a user or as a service. PostgreSQL's row level security decides which rows each may see."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterable
from contextlib import asynccontextmanager
from enum import Enum
from types import TracebackType
from typing import Any, Self, TypeVar, cast
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from meydan.kit import clock, migrations
from meydan.kit.errors import NotFound
from meydan.kit.identity import Identity

T = TypeVar("T")


class DatabaseSettings(Struct, frozen=True):
    """A URL for each login; a login cannot become another."""

    app_url: str
    service_url: str
    relay_url: str
    owner_url: str
    pool_size: int = 8


class Tx:
    """A database transaction. In every statement ``$1`` is the tenant; the caller's own arguments begin at ``$2``."""

    __slots__ = ("_after_commit", "_before_commit", "_me", "connection", "pending", "tenant_id")

    def __init__(self, connection: asyncpg.Connection, tenant_id: int, me: Identity | None) -> None:
        self.connection = connection
        self.tenant_id = tenant_id
        self._me = me
        self._after_commit: list[Callable[[], None]] = []
        self._before_commit: dict[Hashable, Callable[[], Awaitable[None]]] = {}
        self.pending: list[Any] = []
        """Outbox rows to be inserted in one statement before commit (kit.realtime)."""

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
        return None if row is None else _reader(kind, tuple(row.keys()))(row)

    async def all(self, kind: type[T], sql: str, *args: object) -> list[T]:
        rows = await self.connection.fetch(sql, self.tenant_id, *args)
        if not rows:
            return []
        read = _reader(kind, tuple(rows[0].keys()))
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


class Database:
    """The application's connection pools: a login for users, one for services, one for the outbox relay."""

    def __init__(self, app: asyncpg.Pool, service: asyncpg.Pool, relay: asyncpg.Pool) -> None:
        self._app, self._service, self.relay = app, service, relay

    @classmethod
    async def open(cls, settings: DatabaseSettings) -> Self:
        """Connects each login.

        Raises: DatabaseTooOldError, ProgramTooOldError.
        """
        app, service, relay = await asyncio.gather(
            _pool(settings.app_url, settings.pool_size),
            _pool(settings.service_url, settings.pool_size),
            _pool(settings.relay_url, 2),
        )
        database = cls(app, service, relay)
        try:
            await migrations.check_version(service)
        except BaseException:
            await database.close()
            raise
        return database

    async def close(self) -> None:
        await asyncio.gather(self._app.close(), self._service.close(), self.relay.close())

    def as_user(self, me: Identity) -> "_Transaction":
        begin = (
            f"begin;set local app.tenant_id='{int(me.tenant_id)}';set local app.user_id='{UUID(int=me.user_id.int)}';"
            f"set local app.profile_id='{UUID(int=me.profile_id.int)}'"
        )
        return _Transaction(self._app, begin, me.tenant_id, me)

    def as_service(self, tenant_id: int) -> "_Transaction":
        return _Transaction(self._service, f"begin;set local app.tenant_id='{int(tenant_id)}'", tenant_id, None)

    async def tenant_ids(self) -> list[int]:
        """Ids of all active tenants."""
        rows = await self._service.fetch("select id from app.tenants where status = 'active' order by id")
        return [row["id"] for row in rows]


CONNECTION_LOST = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the connection ended between two statements
    asyncpg.OperatorInterventionError,
    asyncpg.PostgresConnectionError,
)
"""Errors of a connection that has ended or is ending. A commit in flight may or may not have happened."""


class _Transaction:
    """Async context manager: commits when the block ends, rolls back when it raises."""

    __slots__ = ("_begin", "_me", "_pool", "_tenant_id", "_tx")

    def __init__(self, pool: asyncpg.Pool, begin: str, tenant_id: int, me: Identity | None) -> None:
        # Settings are literals built from typed values, in the same round trip as BEGIN. They are never folded into a
        # query: measured, that returned another tenant's rows.
        if moved := clock.offset():
            begin += f";set local app.clock_offset='{moved.total_seconds()}'"
        self._pool, self._begin, self._tenant_id, self._me = pool, begin, tenant_id, me

    async def __aenter__(self) -> Tx:
        try:
            connection = await self._connection()
        except CONNECTION_LOST:  # ended by the server while idle; nothing was done yet, so take another one
            await self._pool.expire_connections()
            connection = await self._connection()
        self._tx = Tx(cast("asyncpg.Connection", connection), self._tenant_id, self._me)
        return self._tx

    async def _connection(self) -> Any:
        """Takes a connection from the pool and begins the transaction."""
        connection = await self._pool.acquire()
        try:
            await connection.execute(self._begin)
        except BaseException as error:
            if isinstance(error, CONNECTION_LOST):
                connection.terminate()
            await self._pool.release(connection)
            raise
        return connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection = self._tx.connection
        try:
            if kind is None:
                await self._tx.finish()
            else:
                await _roll_back(connection)
        finally:
            await self._pool.release(connection)  # an open transaction, if finishing failed, is rolled back by this
        if kind is None:
            self._tx.committed()


async def _roll_back(connection: asyncpg.Connection) -> None:
    """Ignores a lost connection, so that the caller sees the error that caused the rollback."""
    if connection.is_closed():
        return
    try:
        await connection.execute("rollback")
    except CONNECTION_LOST:
        connection.terminate()


async def _pool(url: str, size: int) -> asyncpg.Pool:
    return await asyncpg.create_pool(
        url, min_size=1, max_size=size, reset=_reset, init=_init, max_inactive_connection_lifetime=60
    )


async def _reset(connection: asyncpg.Connection) -> None:
    # Everything set is local to its transaction, so ending one is all there is to reset: asyncpg's own reset costs
    # 28 % of the client's CPU.
    if connection.is_in_transaction():
        await connection.execute("rollback")


async def _init(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: msgspec.json.encode(value).decode(),
        decoder=msgspec.json.decode,
    )


_Reader = Callable[[asyncpg.Record], Any]
_readers: dict[tuple[Any, tuple[str, ...]], _Reader] = {}


def _reader(kind: type[T], columns: tuple[str, ...]) -> Callable[[asyncpg.Record], T]:
    if (reader := _readers.get((kind, columns))) is None:
        reader = _readers[kind, columns] = _make_reader(kind, columns)
    return reader


def _make_reader(kind: Any, columns: tuple[str, ...]) -> _Reader:
    """Builds a function that turns a row into ``kind``: a struct by column names, or a scalar from the only column."""
    if not (isinstance(kind, type) and issubclass(kind, Struct)):
        convert = _converter(kind)
        return lambda row: convert(row[0])
    fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
    if unknown := set(columns) - set(fields):
        raise TypeError(f"{kind.__name__} has no field for the columns {sorted(unknown)}")
    # asyncpg already returns most values with the right type; only the others are converted.
    changed = [
        (index, convert)
        for index, column in enumerate(columns)
        if (convert := _converter(fields[column])) is not _as_is
    ]
    in_order = columns == kind.__match_args__[: len(columns)]  # without those that go by keyword only

    def read(row: asyncpg.Record) -> Any:
        values = list(row)
        for index, convert in changed:
            values[index] = convert(values[index])
        return kind(*values) if in_order else kind(**dict(zip(columns, values, strict=True)))

    return read


def _as_is(value: object) -> object:
    return value


def _converter(kind: Any) -> Callable[[Any], object]:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {member.value: member for member in kind}.__getitem__
    if _needs_conversion(kind):
        return lambda value: msgspec.convert(value, kind, str_keys=True)
    return _as_is


def _needs_conversion(kind: Any) -> bool:
    if isinstance(kind, type):
        return issubclass(kind, Enum | Struct)
    return any(_needs_conversion(argument) for argument in _arguments(kind))


def _arguments(kind: Any) -> Iterable[Any]:
    return getattr(kind, "__args__", ())
