"""A user's inbox: writing, reading, and nothing of other users'."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest
from litestar import Litestar

from meydan import notifications, tenants
from meydan.kit.database import Database
from meydan.notifications import Code, Receiver, inbox
from tests.conftest import MovableClock
from tests.factories import Person, make_person


async def notify(db: Database, person: Person, code: Code = Code.welcome, **data: Any) -> None:
    async with db.as_service(person.tenant.id) as tx:
        await notifications.do_notify(tx, [Receiver(person.me.user_id)], code, **data)


async def inbox_of(db: Database, person: Person, before: UUID | None = None, limit: int = 20) -> inbox.NotificationPage:
    async with db.as_user(person.me) as tx:
        return await inbox.notifications(tx, before, limit)


async def frames_of(db: Database, person: Person) -> list[dict[str, Any]]:
    async with db.as_service(person.tenant.id) as tx:
        payloads = await tx.all(
            str, "select payload from app.outbox where tenant_id = $1 and user_id = $2 order by id", person.me.user_id
        )
    return [msgspec.json.decode(payload) for payload in payloads]


async def test_news_is_kept_and_pushed_with_the_number_of_unread(db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    await notify(db, ada)
    await notify(db, ada, Code.new_device, device_name="A tablet")
    page = await inbox_of(db, ada)
    assert [(item.code, item.type, item.data, item.read_at) for item in page.items] == [
        ("new_device", "system", {"device_name": "A tablet"}, None),
        ("welcome", "system", {}, None),
    ]
    assert (page.unread, page.next) == (2, None)
    frames = [frame for frame in await frames_of(db, ada) if frame["t"] == "notification"]
    assert [frame["unread"] for frame in frames] == [1, 2]
    assert frames[1]["notification"] == msgspec.to_builtins(page.items[0])


async def test_reading_up_to_one_leaves_what_came_later(db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    for person in (ada, ada, ada, ben):
        await notify(db, person)
    newest, middle, _oldest = (await inbox_of(db, ada)).items
    async with db.as_user(ada.me) as tx:
        assert await inbox.do_mark_read(tx, middle.id) == inbox.Unread(1)
        assert await inbox.do_mark_read(tx, middle.id) == inbox.Unread(1)
    page = await inbox_of(db, ada)
    assert [item.read_at is not None for item in page.items] == [False, True, True]
    async with db.as_user(ada.me) as tx:
        assert await inbox.do_mark_read(tx, newest.id) == inbox.Unread(0)
    assert (await inbox_of(db, ben)).unread == 1


async def test_pages_follow_each_other(db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    for number in range(5):
        await notify(db, ada, Code.referral_reward, amount=number)
    seen: list[int] = []
    cursor = None
    while True:
        page = await inbox_of(db, ada, cursor, 2)
        seen += [item.data["amount"] for item in page.items]
        assert page.unread == 5
        if (cursor := page.next) is None:
            break
    assert seen == [4, 3, 2, 1, 0]


async def test_old_news_is_forgotten(db: Database, tenant: tenants.Tenant, moving_clock: MovableClock):
    ada = await make_person(db, tenant)
    await notify(db, ada)
    moving_clock.forward(hours=(inbox.KEPT_FOR + timedelta(days=1)).total_seconds() / 3600)
    await notify(db, ada, Code.referral_reward, amount=1)
    async with db.as_service(tenant.id) as tx:
        await inbox.do_purge_old(tx)
    assert [item.code for item in (await inbox_of(db, ada)).items] == ["referral_reward"]


async def test_nobody_reads_or_writes_anothers_inbox(
    db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    ada, ben, far = await make_person(db, tenant), await make_person(db, tenant), await make_person(db, other_tenant)
    await notify(db, ada)
    [mine] = (await inbox_of(db, ada)).items
    for other in (ben, far):
        async with db.as_user(other.me) as tx:
            assert await tx.all(str, "select code from app.notifications where tenant_id = $1 or true") == []
            assert await inbox.do_mark_read(tx, mine.id) == inbox.Unread(0)
            assert not await tx.all(
                int, "update app.notifications set read_at = app.now() where tenant_id = $1 or true returning 1"
            )
    async with db.as_service(other_tenant.id) as tx:
        assert await tx.all(str, "select code from app.notifications where tenant_id = $1 or true") == []
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await notifications.do_notify(tx, [Receiver(ada.me.user_id)], Code.welcome)
    assert (await inbox_of(db, ada)).unread == 1
    for statement in (
        "insert into app.notifications (tenant_id, user_id, kind, code) values ($1, app.user_id(), 'ad', 'x')",
        "update app.notifications set code = 'x' where tenant_id = $1",
        "update app.notifications set user_id = app.user_id() where tenant_id = $1",
        "delete from app.notifications where tenant_id = $1",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_user(ada.me) as tx:
                await tx.run(statement)


async def test_over_http(app: Litestar, db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    await notify(db, ada)
    async with ada.client(app) as client:
        page = (await client.get("/api/notifications")).json()
        assert page["unread"] == 1
        [item] = page["items"]
        assert {"id", "type", "code", "data", "created_at", "read_at"} <= set(item)
        read = await client.put("/api/notifications/read", json={"up_to": item["id"]})
        assert (read.status_code, read.json()) == (200, {"unread": 0})
        assert (await client.get("/api/notifications?limit=0")).status_code == 400
