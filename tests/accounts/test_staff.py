"""The database decides who is staff now, whatever a token says."""

import pytest

from meydan import accounts, tenants
from meydan.accounts.staff import check_staff
from meydan.kit.database import Database
from meydan.kit.errors import NotFound
from meydan.kit.identity import Role
from tests.factories import make_person

pytestmark = pytest.mark.usefixtures("app")

MONEY = Role.admin, Role.owner


async def test_only_the_roles_asked_for_come_in(db: Database, tenant: tenants.Tenant):
    for role in Role:
        person = await make_person(db, tenant, role=role)
        if role in MONEY:
            await check_staff(db, person.me, *MONEY)
        else:
            with pytest.raises(accounts.StaffOnly):
                await check_staff(db, person.me, *MONEY)


async def test_a_role_is_given_and_taken_at_once(db: Database, tenant: tenants.Tenant):
    ayse = await make_person(db, tenant)
    async with db.as_service(tenant.id) as tx:
        username = (await accounts.user(tx, ayse.me.user_id)).username or ""
        assert await accounts.do_set_role(tx, username, Role.admin) == ayse.me.user_id
        assert await accounts.staff_of(tx, *MONEY) == [ayse.me.user_id]
    await check_staff(db, ayse.me, *MONEY)  # her token still says user
    async with db.as_service(tenant.id) as tx:
        await accounts.do_set_role(tx, username.upper(), Role.user)
        logged = await tx.all(
            str,
            "select details ->> 'role' from app.system_logs where tenant_id = $1 and action = 'role_set' order by id",
        )
    assert logged == ["admin", "user"]
    with pytest.raises(accounts.StaffOnly):
        await check_staff(db, ayse.me, *MONEY)


async def test_a_banned_owner_sees_nothing(db: Database, tenant: tenants.Tenant):
    owner = await make_person(db, tenant, role=Role.owner)
    async with db.as_service(tenant.id) as tx:
        await accounts.do_set_ban(tx, owner.me.user_id, None, "other")
    with pytest.raises(accounts.StaffOnly):
        await check_staff(db, owner.me, *MONEY)


async def test_nobody_next_door_gets_a_role(db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant):
    ayse = await make_person(db, other_tenant)
    async with db.as_service(other_tenant.id) as tx:
        username = (await accounts.user(tx, ayse.me.user_id)).username or ""
    async with db.as_service(tenant.id) as tx:
        with pytest.raises(NotFound):
            await accounts.do_set_role(tx, username, Role.owner)
