"""Bans: users who are sent away, and kept away."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from meydan import accounts, safety, tenants
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.kit.errors import NotFound
from meydan.kit.events import listen
from tests.conftest import MovableClock
from tests.factories import Person, make_person

heard: list[accounts.UserBanned] = []


@listen(accounts.UserBanned)
async def _hear(_tx, event: accounts.UserBanned):
    heard.append(event)


async def log_of(db: Database, person: Person) -> list[str]:
    async with db.as_user(person.me) as tx:
        return await tx.all(str, "select action from app.system_logs where tenant_id = $1 order by id")


async def open_sessions(db: Database, person: Person) -> int:
    async with db.as_user(person.me) as tx:
        return await tx.one(int, "select count(*) from app.sessions where tenant_id = $1 and ended_at is null")


async def test_a_ban_ends_every_session_and_is_written_down(db: Database, tenant: tenants.Tenant):
    ada, staff = await make_person(db, tenant), await make_person(db, tenant)
    async with db.as_service(tenant.id) as tx:
        ban = await safety.do_ban(tx, ada.me.user_id, safety.BanReason.threat, banned_by_user_id=staff.me.user_id)
    assert ban.until is None
    assert await open_sessions(db, ada) == 0
    assert await open_sessions(db, staff) == 1
    assert await log_of(db, ada) == ["ban"]
    async with db.as_service(tenant.id) as tx:
        assert (
            await tx.one(str, "select ban_reason from app.users where tenant_id = $1 and id = $2", ada.me.user_id)
            == "threat"
        )
        assert await tx.one(
            str,
            "select payload from app.outbox where tenant_id = $1 and user_id = $2 and payload like '%banned%'",
            ada.me.user_id,
        )


async def test_who_is_banned_for_longer_stays_so_and_nobody_is_told_twice(db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    heard.clear()
    tomorrow, later = clock.now() + timedelta(days=1), clock.now() + timedelta(days=9)
    for reason, until in [
        (safety.BanReason.spam, tomorrow),
        (safety.BanReason.other, tomorrow),
        (safety.BanReason.threat, later),
        (safety.BanReason.other, tomorrow),
        (safety.BanReason.underage, None),
        (safety.BanReason.other, later),
    ]:
        async with db.as_service(tenant.id) as tx:
            ban = await safety.do_ban(tx, ada.me.user_id, reason, until=until)
    assert (ban.reason, ban.until) == (safety.BanReason.underage, None)
    assert [event.reason for event in heard if event.user_id == ada.me.user_id] == ["spam", "threat", "underage"]
    assert await log_of(db, ada) == ["ban"] * 3


async def test_a_lifted_ban_is_over_and_another_may_follow(db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    async with db.as_service(tenant.id) as tx:
        first = await safety.do_ban(tx, ada.me.user_id, safety.BanReason.spam)
    async with db.as_service(tenant.id) as tx:
        await safety.do_lift(tx, ada.me.user_id, reason="a mistake")
        assert (
            await tx.maybe(str, "select ban_reason from app.users where tenant_id = $1 and id = $2", ada.me.user_id)
            is None
        )
    with pytest.raises(NotFound):
        async with db.as_service(tenant.id) as tx:
            await safety.do_lift(tx, ada.me.user_id, reason="a mistake")
    async with db.as_service(tenant.id) as tx:
        second = await safety.do_ban(tx, ada.me.user_id, safety.BanReason.spam)
    assert second.id != first.id
    assert await log_of(db, ada) == ["ban", "ban_lifted", "ban"]


async def test_a_ban_that_is_over_gives_way_to_a_new_one(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    ada = await make_person(db, tenant)
    async with db.as_service(tenant.id) as tx:
        first = await safety.do_ban(tx, ada.me.user_id, safety.BanReason.spam, until=clock.now() + timedelta(hours=1))
    moving_clock.forward(hours=2)
    async with db.as_service(tenant.id) as tx:
        second = await safety.do_ban(
            tx, ada.me.user_id, safety.BanReason.spam, until=clock.now() + timedelta(minutes=5)
        )
    assert second.id != first.id


async def test_racing_bans_ban_once(db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    heard.clear()

    async def ban() -> safety.Ban:
        async with db.as_service(tenant.id) as tx:
            return await safety.do_ban(tx, ada.me.user_id, safety.BanReason.reports)

    bans = await asyncio.gather(*(ban() for _ in range(6)))
    assert len({ban.id for ban in bans}) == 1
    assert len([event for event in heard if event.user_id == ada.me.user_id]) == 1
    assert await log_of(db, ada) == ["ban"]


async def test_nobody_is_banned_from_another_community(
    db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    ada = await make_person(db, tenant)
    for user_id in (ada.me.user_id, uuid4()):
        with pytest.raises(NotFound):
            async with db.as_service(other_tenant.id) as tx:
                await safety.do_ban(tx, user_id, safety.BanReason.other)
    assert await open_sessions(db, ada) == 1


async def test_people_read_their_own_bans_and_change_none(
    db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    ada, ben, far = await make_person(db, tenant), await make_person(db, tenant), await make_person(db, other_tenant)
    async with db.as_service(tenant.id) as tx:
        await safety.do_ban(tx, ada.me.user_id, safety.BanReason.spam, banned_by_user_id=ben.me.user_id)
    read = "select reason from app.bans where tenant_id = $1 or true"
    async with db.as_user(ada.me) as tx:
        assert await tx.all(str, read) == ["spam"]
    for other in (ben, far):
        async with db.as_user(other.me) as tx:
            assert await tx.all(str, read) == []
    async with db.as_service(other_tenant.id) as tx:
        assert await tx.all(str, read) == []
    for statement in (
        "select banned_by_user_id from app.bans where tenant_id = $1",
        "update app.bans set lifted_at = app.now() where tenant_id = $1",
        "delete from app.bans where tenant_id = $1",
        "insert into app.bans (tenant_id, user_id, reason) values ($1, app.user_id(), 'spam')",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_user(ada.me) as tx:
                await tx.run(statement)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.as_service(tenant.id) as tx:
            await tx.run("delete from app.bans where tenant_id = $1")
