"""A transaction sees what the one it acts for may see, and nothing of it remains afterwards."""

import asyncio
from enum import StrEnum
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest
from msgspec import Struct

from meydan import tenants
from meydan.kit.database import CONNECTION_LOST, Database, DatabaseSettings
from meydan.kit.errors import NotFound
from meydan.kit.identity import Face, Identity, Role


def somebody(tenant: tenants.Tenant) -> Identity:
    return Identity(tenant.id, uuid4(), uuid4(), uuid4(), uuid4(), Role.user, Face.real)


class Action(StrEnum):
    banned = "banned"


class Line(Struct, frozen=True):
    action: Action
    user_id: UUID
    details: dict[str, int]


class NamedLine(Line, frozen=True, kw_only=True):
    numbered: int


async def test_rows_come_back_as_structs(db: Database, tenant: tenants.Tenant):
    me = somebody(tenant)
    async with db.as_service(tenant.id) as tx:
        await tenants.do_record(tx, "banned", user_id=me.user_id, reports=10)
        line = await tx.one(Line, "select action, user_id, details from app.system_logs where tenant_id = $1")
        assert line == Line(Action.banned, me.user_id, {"reports": 10})
    async with db.as_user(me) as tx:
        assert await tx.one(int, "select count(id) from app.system_logs where tenant_id = $1") == 1


async def test_fields_that_go_by_name_only_are_given_by_name(db: Database, tenant: tenants.Tenant):
    me = somebody(tenant)
    async with db.as_service(tenant.id) as tx:
        await tenants.do_record(tx, "banned", user_id=me.user_id, reports=10)
        columns = "action, user_id, details, 7 as numbered"
        assert await tx.one(NamedLine, f"select {columns} from app.system_logs where tenant_id = $1") == NamedLine(
            Action.banned, me.user_id, {"reports": 10}, numbered=7
        )


async def test_what_is_of_another_person_or_community_is_not_there(
    db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    me = somebody(tenant)
    async with db.as_service(tenant.id) as tx:
        await tenants.do_record(tx, "banned", user_id=me.user_id)
    stranger = somebody(tenant)
    abroad = Identity(
        other_tenant.id, me.user_id, me.profile_id, me.session_id, me.client_device_id, Role.owner, Face.real
    )
    for who in (stranger, abroad):
        async with db.as_user(who) as tx:
            # Asking with the other tenant's number changes nothing: the wall is not in the question.
            rows = await tx.connection.fetch("select id from app.system_logs where tenant_id = $1", tenant.id)
            assert rows == []
    async with db.as_service(other_tenant.id) as tx:
        assert await tx.connection.fetch("select id from app.system_logs where tenant_id = $1", tenant.id) == []


async def test_a_service_cannot_write_into_another_community(
    db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.as_service(tenant.id) as tx:
            await tx.connection.execute(
                "insert into app.tenant_configs (tenant_id, config_key, config_value) values ($1, 'a.b', '1')",
                other_tenant.id,
            )


async def test_nothing_of_a_transaction_remains_on_its_connection(
    database_settings: DatabaseSettings, tenant: tenants.Tenant
):
    pool = await Database.open(
        DatabaseSettings(
            app_url=database_settings.app_url,
            service_url=database_settings.service_url,
            relay_url=database_settings.relay_url,
            owner_url=database_settings.owner_url,
            pool_size=1,
        )
    )
    try:
        async with pool.as_user(somebody(tenant)):
            pass
        async with pool._app.acquire() as connection:
            # After commit the setting reads as nothing, which is no number: it fails instead of showing everything.
            with pytest.raises(asyncpg.PostgresError):
                await connection.fetch("select id from app.system_logs where tenant_id = $1", tenant.id)
    finally:
        await pool.close()


async def test_two_people_on_one_pool_never_see_each_other(db: Database, tenant: tenants.Tenant):
    people = [somebody(tenant) for _ in range(10)]
    async with db.as_service(tenant.id) as tx:
        for person in people:
            await tenants.do_record(tx, "noted", user_id=person.user_id)

    async def look(person: Identity) -> None:
        for _ in range(20):
            async with db.as_user(person) as tx:
                assert await tx.all(UUID, "select user_id from app.system_logs where tenant_id = $1") == [
                    person.user_id
                ]

    await asyncio.gather(*map(look, people))


async def test_a_failure_undoes_everything_and_calls_nobody(db: Database, tenant: tenants.Tenant):
    called = []
    with pytest.raises(NotFound):
        async with db.as_service(tenant.id) as tx:
            await tenants.do_record(tx, "undone")
            tx.after_commit(lambda: called.append("told"))
            await tx.one(UUID, "select id from app.system_logs where tenant_id = $1 and action = 'nothing'")
    async with db.as_service(tenant.id) as tx:
        assert await tx.all(UUID, "select id from app.system_logs where tenant_id = $1") == []
        tx.after_commit(lambda: called.append("kept"))
    assert called == ["kept"]


async def test_a_part_inside_a_part_is_undone_with_it(db: Database, tenant: tenants.Tenant):
    async with db.as_service(tenant.id) as tx:
        await tenants.do_record(tx, "kept")
        with pytest.raises(KeyError):
            async with tx.savepoint():
                await tenants.do_record(tx, "undone")
                with pytest.raises(ValueError, match="inner"):
                    async with tx.savepoint():
                        await tenants.do_record(tx, "undone as well")
                        raise ValueError("inner")
                raise KeyError
    async with db.as_service(tenant.id) as tx:
        assert await tx.all(str, "select action from app.system_logs where tenant_id = $1") == ["kept"]


async def test_a_login_cannot_become_another(db: Database, tenant: tenants.Tenant):
    async with db.as_user(somebody(tenant)) as tx:
        for role in ("meydan_service", "meydan_owner", "meydan_relay"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with tx.savepoint():
                    await tx.connection.execute(f"set local role {role}")


async def test_the_products_clock_moves_the_database_too(db: Database, tenant: tenants.Tenant, moving_clock):
    async with db.as_service(tenant.id) as tx:
        before = await tx.one(float, "select extract(epoch from app.now())::float8 where $1::integer is not null")
    moving_clock.forward(hours=2)
    async with db.as_service(tenant.id) as tx:
        after = await tx.one(float, "select extract(epoch from app.now())::float8 where $1::integer is not null")
    assert 7200 <= after - before < 7260


async def test_connections_that_the_server_ended_are_nobodys_error(
    db: Database, tenant: tenants.Tenant, postgres_url: str, database_settings: DatabaseSettings
):
    """A database that was restarted, or handed over to its replica."""
    superuser = await asyncpg.connect(postgres_url)
    name = database_settings.app_url.rsplit("/", 1)[1]
    for _ in range(20):

        async def once() -> None:
            async with db.as_service(tenant.id) as tx:
                await tx.one(int, "select 1 from app.tenants where id = $1")

        await asyncio.gather(*(once() for _ in range(6)))
        await superuser.execute(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = $1 and usename = 'meydan_service' and state = 'idle'
            """,
            name,
        )
        await asyncio.gather(*(once() for _ in range(6)))
    await superuser.close()


@pytest.mark.parametrize("noticed", ["not yet", "while it waited", "while it worked"])
async def test_a_connection_lost_in_a_transaction_says_so_and_keeps_no_place_in_the_pool(
    tenant: tenants.Tenant, postgres_url: str, database_settings: DatabaseSettings, noticed: str
):
    superuser = await asyncpg.connect(postgres_url)
    own = await Database.open(msgspec.structs.replace(database_settings, pool_size=1))
    for _ in range(10):
        with pytest.raises(CONNECTION_LOST):
            async with own.as_service(tenant.id) as tx:
                pid = tx.connection.get_server_pid()
                if noticed == "while it worked":
                    sleeping = asyncio.create_task(tx.run("select pg_sleep(10) where $1::integer > 0"))
                    await asyncio.sleep(0.01)
                await superuser.execute("select pg_terminate_backend($1, 1000)", pid)
                if noticed == "while it waited":
                    await asyncio.sleep(0.01)
                if noticed == "while it worked":
                    await sleeping
        async with own.as_service(tenant.id) as tx:
            assert await tx.one(int, "select 1 from app.tenants where id = $1") == 1
    await own.close()
    await superuser.close()
