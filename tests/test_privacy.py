"""Personal data is exported on request, and erased with the account."""

import asyncpg
import pytest
from litestar import Litestar

from meydan import rooms, tenants
from meydan.kit import personal_data
from meydan.kit.database import Database, DatabaseSettings
from tests.factories import make_person
from tests.test_attack import NOTE, everything, lively

# Frames on their way, gone in seconds; the log of what was done to people is kept as the record it is.
NOT_A_ROOMS_OWN = {"outbox", "system_logs"}


@pytest.fixture
async def owner(database_settings: DatabaseSettings):
    connection = await asyncpg.connect(database_settings.owner_url)
    yield connection
    await connection.close()


async def test_every_column_that_points_at_a_person_is_covered(owner: asyncpg.Connection):
    assert rooms.routes()  # importing the rooms registers what they keep
    covered = {column for keeper in personal_data.holders() for column in keeper.columns}
    pointing = {
        f"{row['table_name']}.{row['column_name']}"
        for row in await owner.fetch("""
            select table_name, column_name from information_schema.columns
            where table_schema = 'app' and (column_name like '%user_id' or column_name like '%profile_id')
            union
            select 'users', column_name from information_schema.columns where table_schema = 'app' and table_name = 'users'
            union
            select 'profiles', column_name from information_schema.columns where table_schema = 'app' and table_name = 'profiles'
        """)
        if row["table_name"] not in NOT_A_ROOMS_OWN and row["column_name"] != "tenant_id"
    }
    assert pointing - covered == set()


async def test_no_room_claims_columns_that_do_not_exist(owner: asyncpg.Connection):
    real = {
        f"{row['table_name']}.{row['column_name']}"
        for row in await owner.fetch(
            "select table_name, column_name from information_schema.columns where table_schema = 'app'"
        )
    }
    for keeper in personal_data.holders():
        assert keeper.columns <= real, keeper.room


async def test_an_erased_person_is_nowhere_and_others_are_untouched(
    app: Litestar, db: Database, owner: asyncpg.Connection, tenant: tenants.Tenant
):
    ayse, mehmet, deniz = await lively(app, db, tenant)
    async with db.as_service(tenant.id) as tx:
        shown = await personal_data.export(tx, ayse.me.user_id)
    assert str(ayse.phone) in str(shown)
    assert ayse.alias in str(shown)
    assert NOTE in str(shown)
    assert str(mehmet.me.user_id) not in str(shown), "an export holds nobody else's user id"
    assert str(deniz.phone) not in str(shown)

    async with db.as_service(tenant.id) as tx:
        await personal_data.do_erase(tx, ayse.me.user_id)
    left = str({table: lines for table, lines in (await everything(owner, tenant.id)).items() if table != "outbox"})
    assert str(ayse.phone) not in left
    assert ayse.alias not in left
    assert NOTE not in left
    for other in (mehmet, deniz):
        assert str(other.phone) in left
        async with other.client(app) as client:
            assert (await client.get("/api/auth/profile")).status_code == 200
    async with db.as_service(tenant.id) as tx:
        await personal_data.do_erase(tx, ayse.me.user_id)  # again: the job may run twice

    newcomer = await make_person(db, tenant)
    async with newcomer.client(app) as client:
        assert (await client.get("/api/auth/profile")).status_code == 200
