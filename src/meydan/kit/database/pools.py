"""Connection pools, in which every wait for a silent database has a limit."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import asyncpg
import msgspec
from msgspec import Struct


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
            # A plan made on an empty table reads it whole, and is kept when the table has filled.
            server_settings={"enable_seqscan": "off"},
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


async def reset(connection: asyncpg.Connection) -> None:
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


def terminate(connection: asyncpg.Connection) -> None:
    """Ends a lost connection, which asyncpg may have ended and taken back already."""
    with suppress(asyncpg.InterfaceError):
        connection.terminate()
