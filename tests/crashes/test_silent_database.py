"""The way to the database goes silent, is full, or closed: everybody is told to come back, and then it works again."""

import asyncio
import socket
from functools import partial

import asyncpg
import httpx
import msgspec
import pytest

from meydan import config, tenants
from meydan.app import create_app
from meydan.kit.database import CONNECTION_LOST, Database, DatabaseSettings, Patience
from tests.conftest import new_tenant, open_client
from tests.silent_link import Link, link_to
from tests.waiting import PATIENCE, patience, until

pytestmark = pytest.mark.slow


def through(link: Link, database: DatabaseSettings) -> DatabaseSettings:
    urls = {name: link.through(getattr(database, name)) for name in ("app_url", "service_url", "relay_url")}
    return msgspec.structs.replace(database, **urls)


def settings_of(settings: config.Settings, database: DatabaseSettings) -> config.Settings:
    return msgspec.structs.replace(settings, database=config.DatabaseUrls(**msgspec.structs.asdict(database)))


async def answers(client: httpx.AsyncClient, path: str) -> bool:
    return (await client.get(path)).status_code == 200


async def test_a_silent_link_is_told_in_bounded_time_and_the_api_works_when_it_is_back(
    settings: config.Settings, database_settings: DatabaseSettings, tenant: tenants.Tenant
):
    async with link_to(database_settings.app_url) as link:
        app = create_app(settings_of(settings, through(link, database_settings)))
        async with app.lifespan(), open_client(app, tenant) as client:
            assert await answers(client, "/api/config")
            await until(partial(answers, client, "/api/ready"))

            link.silence()
            async with patience("an answer in spite of a silent database"):
                # More than the pool holds: nobody waits for a connection for good either.
                refused = await asyncio.gather(*(client.get("/api/config") for _ in range(12)))
            assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(503, "unavailable")}
            assert (await client.get("/api/health")).status_code == 200
            unready = await client.get("/api/ready")
            assert (unready.status_code, unready.json()["waiting_for"]) == (503, ["database"])

            link.restore()
            await until(partial(answers, client, "/api/config"))
            await until(partial(answers, client, "/api/ready"))


async def test_a_statement_without_an_answer_ends_and_keeps_no_place_in_the_pool(database_settings: DatabaseSettings):
    async with link_to(database_settings.service_url) as link:
        own = await Database.open(
            msgspec.structs.replace(through(link, database_settings), pool_size=1),
            Patience(answer=PATIENCE, acquire=PATIENCE, command=1),
        )
        tenant = await new_tenant(own)
        with pytest.raises(asyncpg.PostgresConnectionError):
            async with patience(), own.as_service(tenant.id) as tx:
                link.silence()
                restoring = asyncio.get_running_loop().call_later(3, link.restore)
                await tx.one(int, "select 1 from app.tenants where id = $1")
        restoring.cancel()
        link.restore()
        async with own.as_service(tenant.id) as tx:
            assert await tx.one(int, "select 1 from app.tenants where id = $1") == 1
        await own.close()


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Linux only")
async def test_the_kernel_looks_after_quiet_connections_of_every_login(db: Database):
    for pool in (db._app, db._service, db.relay):
        async with pool.acquire() as connection:
            link = connection._transport.get_extra_info("socket")
            assert link.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            assert link.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 15
            assert link.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 20_000


async def test_a_database_without_a_free_connection_is_no_fault_of_the_program(
    settings: config.Settings, own_database: DatabaseSettings
):
    """Nor is a full disk: the two are errors of one class."""
    assert issubclass(asyncpg.DiskFullError, asyncpg.InsufficientResourcesError)
    app = create_app(settings_of(settings, own_database))
    name = own_database.owner_url.rsplit("/", 1)[1]
    async with app.lifespan():
        tenant = await new_tenant(app.state.db)
        owner = await asyncpg.connect(own_database.owner_url)
        async with open_client(app, tenant) as client:
            assert await answers(client, "/api/config")
            await owner.execute(f'alter database "{name}" connection limit 0')
            await asyncio.gather(*(pool.expire_connections() for pool in (app.state.db._app, app.state.db._service)))
            refused = await client.get("/api/config")
            assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
            await owner.execute(f'alter database "{name}" connection limit -1')
            await until(partial(answers, client, "/api/config"))
        await owner.close()


def test_silence_is_a_lost_connection():
    assert issubclass(TimeoutError, CONNECTION_LOST)
