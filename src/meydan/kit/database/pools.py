"""Connection pools of the product's logins, and the transactions that begin on them."""

import asyncio
from typing import Self
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from meydan.kit.database import migrations
from meydan.kit.database.transactions import Transaction
from meydan.kit.identity import Identity


class DatabaseSettings(Struct, frozen=True):
    """A URL for each login; a login cannot become another."""

    app_url: str
    service_url: str
    relay_url: str
    owner_url: str
    pool_size: int = 8


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

    def as_user(self, me: Identity) -> Transaction:
        begin = (
            f"begin;set local app.tenant_id='{int(me.tenant_id)}';set local app.user_id='{UUID(int=me.user_id.int)}';"
            f"set local app.profile_id='{UUID(int=me.profile_id.int)}'"
        )
        return Transaction(self._app, begin, me.tenant_id, me)

    def as_service(self, tenant_id: int) -> Transaction:
        return Transaction(self._service, f"begin;set local app.tenant_id='{int(tenant_id)}'", tenant_id, None)

    async def tenant_ids(self) -> list[int]:
        """Ids of all active tenants."""
        rows = await self._service.fetch("select id from app.tenants where status = 'active' order by id")
        return [row["id"] for row in rows]


async def _pool(url: str, size: int) -> asyncpg.Pool:
    return await asyncpg.create_pool(
        url, min_size=1, max_size=size, reset=_reset, init=prepare, max_inactive_connection_lifetime=60
    )


async def _reset(connection: asyncpg.Connection) -> None:
    # Everything set is local to its transaction, so ending one is all there is to reset. The reset of
    # asyncpg costs 28 % of the client's CPU.
    if connection.is_in_transaction():
        await connection.execute("rollback")


async def prepare(connection: asyncpg.Connection) -> None:
    """Reads and writes ``jsonb`` as values on a new connection."""
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: msgspec.json.encode(value).decode(),
        decoder=msgspec.json.decode,
    )
