"""Attacks on money's routes, with a token, without one, or while leaving: unusual timings and values."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import httpx
import msgspec
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.integrations.payments import ADAPTERS, Adapter
from meydan.integrations.payments.contract import SignatureInvalid, Webhook
from meydan.integrations.payments.enums import ProviderName
from meydan.integrations.payments.iyzico import adapter
from meydan.integrations.payments.iyzico.account import IyzicoAccount
from meydan.integrations.payments.iyzico.adapter import IyzicoProvider
from meydan.integrations.payments.revenuecat.account import RevenueCatAccount
from meydan.integrations.payments.revenuecat.adapter import RevenueCatProvider
from meydan.kit import personal_data, rate_limits
from meydan.kit.database import Database
from meydan.kit.identity import Role
from meydan.meeting import MeetingSettings
from meydan.money.payments import provider_accounts
from meydan.money.premium import routes
from tests.factories import make_person
from tests.money.shops import Shop
from tests.waiting import until_somebody_waits


def client(app: Litestar) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
        base_url="http://127.0.0.1:8000",
    )


async def test_a_forged_webhook_opens_no_client_of_the_provider(
    shop: Shop, db: Database, app: Litestar, monkeypatch: pytest.MonkeyPatch
):
    """Which costs a hundred times what a look at the signature does, and anybody may post."""
    monkeypatch.setitem(ADAPTERS, ProviderName.iyzico, lambda: Adapter(IyzicoProvider, IyzicoAccount))
    account = IyzicoAccount(api_key="sandbox-a", secret_key="s", email="kasa@meet.example")
    async with db.as_service(shop.tenant.id) as tx:
        await provider_accounts.do_connect(tx, ProviderName.iyzico, msgspec.to_builtins(account), sandbox=True)

    def costly(*_: object) -> None:
        raise AssertionError("made")

    monkeypatch.setattr(adapter, "IyzicoClient", costly)
    async with client(app) as stranger:
        answer = await stranger.post(f"/api/payments/webhooks/iyzico/{shop.tenant.slug}", json={"token": "x"})
    assert (answer.status_code, answer.json()["code"]) == (400, "signature_invalid")


async def test_a_moment_of_five_thousand_digits_is_a_forged_one(shop: Shop, app: Litestar):
    """Python itself refuses to read so long a number."""
    moment = f"t={'9' * 5_000},v1=x"
    async with client(app) as stranger:
        answer = await stranger.post(
            f"/api/payments/webhooks/local/{shop.tenant.slug}", json={}, headers={"Meydan-Pay-Signature": moment}
        )
    assert (answer.status_code, answer.json()["code"]) == (400, "signature_invalid")
    account = RevenueCatAccount("sk_1", "sk_2", "p", authorization_secret="x" * 24, signing_secret="y")
    with pytest.raises(SignatureInvalid):
        headers = {"authorization": "x" * 24, "x-revenuecat-webhook-signature": moment}
        await RevenueCatProvider(account, sandbox=True).verify(Webhook(headers, b"{}"))


async def test_a_page_that_hides_where_it_is_presses_no_button(shop: Shop, app: Litestar):
    """A sandboxed frame, or a page that came from a file, says ``Origin: null``."""
    async with client(app) as stranger:
        answer = await stranger.post("/pay/local", data={"do": "dance", "id": "x"}, headers={"Origin": "null"})
    assert (answer.status_code, answer.json()["code"]) == (403, "button_elsewhere")


async def test_a_price_that_changes_between_two_tries_buys_nothing_twice(shop: Shop, db: Database):
    ana, key = await shop.person(coins=100), uuid4().hex
    body = {"item": "meeting", "quantity": 2}
    first = await shop.ask(ana, "POST", "/api/coins/spend", body, key)
    for price in (30, 0):
        async with db.as_service(shop.tenant.id) as tx:
            await tenants.do_configure(tx, MeetingSettings, meeting_price=price)
        again = await shop.ask(ana, "POST", "/api/coins/spend", body, key)
        assert again.status_code == 200, again.text
        assert again.json()["transaction"] == first.json()["transaction"]
    other = await shop.ask(ana, "POST", "/api/coins/spend", body | {"quantity": 1}, key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert (await shop.wallet(ana)).balance == 80


async def test_whoever_orders_while_they_leave_leaves_nothing_behind(shop: Shop, db: Database):
    """No address, no device, and no checkout at a provider."""
    ana = await shop.person()
    async with db.as_service(shop.tenant.id) as tx:
        await personal_data.do_erase(tx, ana.me.user_id)
        body = {"package_id": shop.packages[0]["id"]}
        ordered = asyncio.create_task(shop.ask(ana, "POST", "/api/coins/purchase", body, uuid4().hex))
        await until_somebody_waits(tx)
    answer = await ordered
    assert answer.status_code == 404
    assert await shop.rows("payments") == 0
    await shop.work()
    assert not shop.book.orders


async def test_a_finger_that_trembles_on_a_button_is_slowed(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    """Each change of mind is told to the person and to the provider."""
    monkeypatch.setattr(routes, "_CHANGES", rate_limits.Limit("premium.changes", timedelta(minutes=10), 4))
    ana = await shop.person(coins=1_000)
    body = {"plan_id": shop.plans[0]["id"], "pay_with": "coins"}
    assert (await shop.ask(ana, "POST", "/api/premium/subscribe", body, "k")).status_code == 201
    statuses = [(await shop.ask(ana, "POST", f"/api/premium/{what}")).status_code for what in ["cancel", "resume"] * 4]
    assert statuses == [200] * 4 + [429] * 4


async def test_a_plan_keeps_its_period_for_who_has_it(shop: Shop, db: Database):
    """A month's price would be taken each week from then on."""
    boss = await make_person(db, shop.tenant, role=Role.admin)
    plan = (await shop.get(boss, "/api/staff/plans"))["items"][0]
    wish = {name: value for name, value in plan.items() if name != "id"}
    answer = await shop.ask(boss, "PUT", f"/api/staff/plans/{plan['id']}", wish | {"period": "week"})
    assert (answer.status_code, answer.json()["code"]) == (409, "plan_period_fixed")
    assert (await shop.ask(boss, "PUT", f"/api/staff/plans/{plan['id']}", wish | {"price": 1})).status_code == 200
