"""The product's logins, with a pool each, and the transactions that begin on them."""

import asyncio
from typing import Self
from uuid import UUID

from msgspec import Struct

from meydan.kit import background
from meydan.kit.database import migrations
from meydan.kit.database.pools import SERVING, Patience, Pool, prepare, reset
from meydan.kit.database.transactions import Transaction, TransactionPool
from meydan.kit.identity import Identity

_WATCH_EVERY = 1
"""Seconds between two looks at the open transactions."""


class DatabaseSettings(Struct, frozen=True):
    """A URL for each login; a login cannot become another."""

    app_url: str
    service_url: str
    relay_url: str
    owner_url: str
    pool_size: int = 8


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
            Pool(settings.relay_url, 2, SERVING, init=prepare, reset=reset),
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
        await background.end(self._watching)

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

    async def tenant_ids(self, due: str | None = None) -> list[int]:
        """Ids of all active tenants, or of those that the function ``due`` of schema ``app`` names."""
        named = "" if due is None else f"and id in (select app.{due}())"
        async with self.as_service(0) as tx:
            rows = await tx.connection.fetch(f"select id from app.tenants where status = 'active' {named} order by id")
        return [row["id"] for row in rows]

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_WATCH_EVERY)
            for pool in (self._app, self._service):
                pool.end_silent()
