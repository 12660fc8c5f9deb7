"""A subscription belongs to a session: it ends with it, follows the browser, and is nobody else's."""

from uuid import UUID

import asyncpg
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.accounts.sessions import endings
from meydan.accounts.sessions.endings import EndReason
from meydan.kit.database import Database
from meydan.kit.errors import NotFound
from meydan.kit.http.guarded_client import UrlRefused
from meydan.notifications import personal_data, push_subscriptions
from meydan.notifications.push_subscriptions import RenewSubscriptionRequest, SubscribeBrowserRequest
from tests.conftest import MovableClock
from tests.factories import Person, make_person, make_shadow
from tests.messaging.factories import open_between
from tests.notifications.pushing import Pushes, write


@pytest.mark.parametrize("reason", [EndReason.logout, EndReason.revoked, EndReason.password, EndReason.token_reuse])
async def test_it_ends_with_its_session_and_no_other(
    pushes: Pushes, db: Database, tenant: tenants.Tenant, reason: EndReason
):
    ada = await make_person(db, tenant)
    other = await make_shadow(db, ada)
    await pushes.subscribe(ada)
    await pushes.subscribe(other)
    async with db.as_service(tenant.id) as tx:
        await endings.do_end(tx, ada.me.user_id, ada.me.session_id, reason)
    assert not await pushes.is_subscribed(ada)
    assert await pushes.is_subscribed(other)
    with pytest.raises(NotFound):
        await pushes.subscribe(ada)  # a request that was on its way when the session ended


async def test_a_session_that_ran_out_is_not_called(
    pushes: Pushes, db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    await pushes.subscribe(ben)
    moving_clock.forward(hours=24 * 31)
    talk = await open_between(db, ada.me, ben.me)
    await write(db, ada, talk)
    assert await pushes.work(ben) == []


async def test_a_call_that_waits_does_not_outlive_the_session(pushes: Pushes, db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    await pushes.subscribe(ben)
    talk = await open_between(db, ada.me, ben.me)
    await write(db, ada, talk)
    async with db.as_service(tenant.id) as tx:
        await endings.do_end_all(tx, ben.me.user_id, EndReason.logout)
    assert await pushes.work(ben) == []


async def test_another_account_in_the_same_browser_takes_it_over(
    pushes: Pushes, db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    """Of another community too: what waits for the one before never reaches who is there now."""
    writer, ada = await make_person(db, tenant), await make_person(db, tenant)
    talk = await open_between(db, writer.me, ada.me)
    browser = await pushes.subscribe(ada)
    await write(db, writer, talk)
    for newcomer in (await make_person(db, tenant), await make_person(db, other_tenant)):
        await pushes.subscribe(newcomer, browser)
        assert not await pushes.is_subscribed(ada)
        assert await pushes.is_subscribed(newcomer)
        assert await pushes.work(ada) == []
        await write(db, writer, talk)
        assert await pushes.waiting(ada) == []


async def test_a_session_has_one_browser(pushes: Pushes, db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    talk = await open_between(db, ben.me, ada.me)
    await pushes.subscribe(ada)
    new = await pushes.subscribe(ada)
    await pushes.subscribe(ada, new)  # a second tab
    await write(db, ben, talk)
    assert [received.browser for received in await pushes.work(ada)] == [new]


def renewal(before: dict[str, str], after: dict[str, str], **changes: str) -> RenewSubscriptionRequest:
    return RenewSubscriptionRequest(
        **{"old_endpoint": before["endpoint"], "old_auth": before["auth"], **after, **changes}
    )


async def test_a_service_worker_moves_it_without_a_login(
    pushes: Pushes, db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    ada = await make_person(db, tenant)
    old, new, foreign = await pushes.subscribe(ada), pushes.browser(), pushes.browser()
    await pushes.subscribe(await make_person(db, tenant), foreign)
    wrong_secret = renewal(old.subscription, new.subscription, old_auth=new.subscription["auth"])
    for tenant_id, refused in (
        (tenant.id, wrong_secret),
        (other_tenant.id, renewal(old.subscription, new.subscription)),
        (tenant.id, renewal(old.subscription, foreign.subscription)),
    ):
        with pytest.raises(NotFound):
            async with db.as_service(tenant_id) as tx:
                await push_subscriptions.do_renew(tx, refused, is_local=True)
    async with db.as_service(tenant.id) as tx:
        await push_subscriptions.do_renew(tx, renewal(old.subscription, new.subscription), is_local=True)
    ben = await make_person(db, tenant)
    await write(db, ben, await open_between(db, ben.me, ada.me))
    assert [received.browser for received in await pushes.work(ada)] == [new]


async def test_a_service_on_this_machine_is_named_only_from_this_machine(
    pushes: Pushes, db: Database, tenant: tenants.Tenant
):
    ada = await make_person(db, tenant)
    new = SubscribeBrowserRequest(**pushes.browser().subscription)
    with pytest.raises(UrlRefused):
        async with db.as_user(ada.me) as tx:
            await push_subscriptions.do_subscribe(tx, new, is_local=False)


async def seen_by(db: Database, person: Person) -> list[UUID]:
    async with db.as_user(person.me) as tx:
        return await tx.all(UUID, "select session_id from app.push_subscriptions where tenant_id = $1 or true")


async def test_nobody_sees_or_ends_anothers(
    pushes: Pushes, db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    ada, ben, far = await make_person(db, tenant), await make_person(db, tenant), await make_person(db, other_tenant)
    await pushes.subscribe(ada)
    assert await seen_by(db, ada) == [ada.me.session_id]
    for other in (ben, far):
        assert await seen_by(db, other) == []
        async with db.as_user(other.me) as tx:
            await tx.run("delete from app.push_subscriptions where tenant_id = $1 or true")
            await tx.run("update app.push_preferences set muted = '{money}' where tenant_id = $1 or true")
    async with db.as_service(other_tenant.id) as tx:
        await tx.run("delete from app.push_subscriptions where tenant_id = $1 or true")
    assert await pushes.is_subscribed(ada)
    for statement in (
        "select endpoint from app.push_subscriptions where tenant_id = $1",
        "update app.push_subscriptions set session_id = session_id where tenant_id = $1",
        "delete from app.push_preferences where tenant_id = $1",
        "insert into app.push_preferences (tenant_id, user_id) values ($1, uuidv7())",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_user(ada.me) as tx:
                await tx.run(statement)


async def test_anothers_session_cannot_be_given_a_browser(pushes: Pushes, db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    async with db.as_user(ben.me) as tx:
        stolen = "select app.subscribe_to_push($1, $2, 'https://push.example.net/a', $3, $4)"
        assert await tx.maybe(str, stolen, ada.me.session_id, b"\x04" * 65, b"a" * 16) is None


async def test_all_of_it_is_exported_without_the_secret_and_erased(
    pushes: Pushes, db: Database, tenant: tenants.Tenant
):
    ada = await make_person(db, tenant)
    browser = await pushes.subscribe(ada)
    await pushes.prefer(ada, muted=["money"])
    async with db.as_service(tenant.id) as tx:
        kept = await personal_data.export(tx, ada.me.user_id)
        assert kept["push_subscriptions"][0]["push_service"] == browser.endpoint.split("/")[2]
        assert browser.endpoint not in str(kept)
        assert kept["push_preferences"][0]["muted"] == ["money"]
        await personal_data.do_erase(tx, ada.me.user_id)
        kept = await personal_data.export(tx, ada.me.user_id)
    assert kept["push_subscriptions"] == kept["push_preferences"] == []


async def test_over_http(app: Litestar, pushes: Pushes, db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant, language="en")
    browser = pushes.browser()
    async with ada.client(app) as client:
        push = (await client.get("/api/notifications/push")).json()
        assert (push["application_server_key"], push["subscribed"]) == (browser.let_in, False)
        assert push["preferences"] == {"muted": [], "detail": "kind", "quiet_hours": None}
        assert set(push["previews"]) == {"nothing", "kind", "names"}
        for _ in range(2):  # a double click
            put = await client.put("/api/notifications/push/subscription", json=browser.subscription)
            assert put.status_code == 204, put.text
        assert (await client.get("/api/notifications/push")).json()["subscribed"]
        for _ in range(2):
            assert (await client.delete("/api/notifications/push/subscription")).status_code == 204
        assert not (await client.get("/api/notifications/push")).json()["subscribed"]

        inside = {**browser.subscription, "endpoint": "https://10.0.0.1/a"}
        refused = await client.put("/api/notifications/push/subscription", json=inside)
        assert (refused.status_code, refused.json()["code"]) == (422, "url_refused")
        through = {"X-Forwarded-For": "203.0.113.9"}
        refused = await client.put("/api/notifications/push/subscription", json=browser.subscription, headers=through)
        assert refused.json()["code"] == "url_refused"
        keyless = {**browser.subscription, "p256dh": "AAAA"}
        refused = await client.put("/api/notifications/push/subscription", json=keyless)
        assert (refused.status_code, refused.json()["code"]) == (422, "push_keys_invalid")


async def test_preferences_over_http(app: Litestar, pushes: Pushes, db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    night = {"starts": 1380, "ends": 420, "timezone": "Europe/Istanbul"}
    async with ada.client(app) as client:
        wanted = {"muted": ["money", "gift", "money"], "detail": "nothing", "quiet_hours": night}
        kept = await client.put("/api/notifications/push/preferences", json=wanted)
        assert (kept.status_code, kept.json()) == (200, {**wanted, "muted": ["gift", "money"]})
        assert (await client.get("/api/notifications/push")).json()["preferences"] == kept.json()
        for change, code in (
            ({"timezone": "Mars/Olympus"}, "timezone_unknown"),
            ({"ends": 1380}, "quiet_hours_invalid"),
        ):
            refused = await client.put(
                "/api/notifications/push/preferences", json={**wanted, "quiet_hours": {**night, **change}}
            )
            assert (refused.status_code, refused.json()["code"]) == (422, code)
        for bad in ({"muted": ["everything"]}, {"quiet_hours": {**night, "starts": 1440}}, {"loud": True}):
            refused = await client.put("/api/notifications/push/preferences", json={**wanted, **bad})
            assert refused.status_code == 400
        assert (await client.get("/api/notifications/push")).json()["preferences"]["quiet_hours"] == night


async def test_an_installation_without_a_key_calls_nobody(app: Litestar, db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    async with ada.client(app) as client:
        assert (await client.get("/api/notifications/push")).json()["application_server_key"] is None
        body = {"endpoint": "https://push.example.net/a", "p256dh": "A", "auth": "A"}
        refused = await client.put("/api/notifications/push/subscription", json=body)
        assert (refused.status_code, refused.json()["code"]) == (409, "push_is_off")
