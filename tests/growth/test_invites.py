"""A code for each face."""

import asyncio

import asyncpg
import pytest
from litestar import Litestar

from meydan import growth, tenants
from meydan.kit.database import Database
from tests.factories import Person, make_person, make_shadow


async def code_of(db: Database, person: Person) -> str:
    async with db.as_user(person.me) as tx:
        return (await growth.do_get_or_create_invite(tx, "http://here/")).code


async def test_a_code_is_made_once_even_in_two_tabs(db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    codes = await asyncio.gather(*(code_of(db, ada) for _ in range(5)))
    assert len(set(codes)) == 1
    assert len(codes[0]) == 8


async def test_the_two_faces_show_different_codes(db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    assert await code_of(db, ada) != await code_of(db, await make_shadow(db, ada))


async def test_codes_are_read_and_made_by_their_owner_alone(
    db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    ada, ben, far = await make_person(db, tenant), await make_person(db, tenant), await make_person(db, other_tenant)
    await code_of(db, ada)
    for other in (ben, far):
        async with db.as_user(other.me) as tx:
            assert await tx.all(str, "select code from app.invite_codes where tenant_id = $1 or true") == []
    made_for = "insert into app.invite_codes (tenant_id, user_id, profile_id, code) values ($1, $2, $3, 'AAAABBBB')"
    for who, user_id, profile_id in [
        (ben, ada.me.user_id, ada.me.profile_id),
        (ben, ben.me.user_id, ada.me.profile_id),
        (far, ada.me.user_id, ada.me.profile_id),
    ]:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_user(who.me) as tx:
                await tx.run(made_for, user_id, profile_id)
    for statement in (
        "update app.invite_codes set code = 'AAAABBBB' where tenant_id = $1",
        "delete from app.invite_codes where tenant_id = $1",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_user(ada.me) as tx:
                await tx.run(statement)


async def test_over_http(app: Litestar, db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    async with ada.client(app) as client:
        invite = (await client.get("/api/growth/invite")).json()
    code = await code_of(db, ada)
    assert invite == {
        "code": code,
        "link": f"http://127.0.0.1:8000/join?invite={code}",
        "invited": 0,
        "rewarded": 0,
        "reward": 10,
    }
