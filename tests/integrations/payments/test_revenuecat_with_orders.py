"""RevenueCat in the real shop: from the store's sheet to the coins and back, with a RevenueCat of our own at the other end."""

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.integrations.payments.contract import Webhook
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Database
from meydan.money.payments import provider_accounts
from meydan.money.provider_events import reconciliation
from tests.factories import Person
from tests.integrations.payments.servers.revenuecat import RevenueCatServer
from tests.money.shops import Answer, Shop


@pytest.fixture
async def counter(app: Litestar, db: Database, tenant: tenants.Tenant, owner: asyncpg.Connection) -> Shop:
    """A community that sells in stores only; its packages and plans have their products there."""
    shop = Shop(app, db, tenant, owner)
    someone = await shop.person()
    shop.packages = (await shop.get(someone, "/api/coins/packages"))["items"]
    shop.plans = (await shop.get(someone, "/api/premium"))["plans"]
    async with db.as_service(tenant.id) as tx:
        for table, product, rows in (
            ("coin_packages", "coins_500", shop.packages),
            ("premium_plans", "premium:monthly", shop.plans),
        ):
            await tx.run(
                f"update app.{table} set store_product_id = $2 where tenant_id = $1 and id = $3",
                product,
                UUID(rows[0]["id"]),
            )
    return shop


@pytest.fixture
async def revenuecat(counter: Shop) -> AsyncIterator[RevenueCatServer]:
    async with RevenueCatServer() as server:
        async with counter.db.as_service(counter.tenant.id) as tx:
            await provider_accounts.do_connect(tx, ProviderName.revenuecat, values(server), sandbox=False)
        yield server


def values(server: RevenueCatServer) -> dict[str, str]:
    return {
        "secret_key_v1": server.secret_key_v1,
        "secret_key_v2": server.secret_key_v2,
        "project_id": server.project_id,
        "authorization_secret": server.authorization,
        "signing_secret": server.signing_secret,
        "api_url": server.url,
    }


async def post(shop: Shop, webhook: Webhook) -> int:
    transport = httpx.ASGITransport(app=shop.app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        path = f"/api/payments/webhooks/revenuecat/{shop.tenant.slug}"
        return (await client.post(path, content=webhook.body, headers=dict(webhook.headers))).status_code


async def tell(shop: Shop, revenuecat: RevenueCatServer, *, badly: bool = False) -> None:
    """All that happened since the last time."""
    manner = random.Random(4) if badly else None
    for webhook in revenuecat.webhooks(repeats=int(badly), shuffled=manner):
        assert await post(shop, webhook) == 200
    revenuecat.events.clear()
    revenuecat.later(seconds=1)
    await shop.work()


async def look(shop: Shop, person: Person, payment: Answer) -> Answer:
    return await shop.get(person, f"/api/payments/{payment['id']}")


async def test_coins_and_a_refund_that_comes_back(counter: Shop, revenuecat: RevenueCatServer):
    ana = await counter.person()
    payment = await counter.order(ana, provider="revenuecat")
    assert (payment["status"], payment.get("checkout_url")) == ("pending", None)
    bought = revenuecat.buy(payment["store_token"], price=49.99)
    await tell(counter, revenuecat, badly=True)
    assert (await look(counter, ana, payment))["status"] == "paid"
    assert (await counter.wallet(ana)).balance == payment["coins"]

    revenuecat.refund(bought)
    await tell(counter, revenuecat)
    assert (await look(counter, ana, payment))["status"] == "refunded"
    assert (await counter.wallet(ana)).balance == 0
    revenuecat.reverse_refund(bought)
    await tell(counter, revenuecat)
    assert (await counter.wallet(ana)).balance == payment["coins"]
    await counter.audit()


async def test_the_app_knows_before_the_webhook(counter: Shop, revenuecat: RevenueCatServer):
    ana, bora = await counter.person(), await counter.person()
    payment, other = [await counter.order(person, provider="revenuecat") for person in (ana, bora)]
    assert payment["store_token"] != other["store_token"]
    bought = revenuecat.buy(payment["store_token"], price=49.99)
    for person, which in ((bora, other), (ana, payment)):  # who copies a number pays for somebody else
        path = f"/api/payments/{which['id']}/receipt"
        assert (await counter.ask(person, "POST", path, {"receipt": bought.transaction})).status_code == 202
        await counter.work()
    assert (await look(counter, ana, payment))["status"] == "paid"
    assert (await look(counter, bora, other))["status"] == "pending"
    await tell(counter, revenuecat)
    assert ((await counter.wallet(ana)).balance, (await counter.wallet(bora)).balance) == (payment["coins"], 0)
    again = await counter.order(ana, provider="revenuecat")
    assert again["store_token"] == payment["store_token"], "one name for all they ever buy"


async def test_a_membership_through_its_life(counter: Shop, revenuecat: RevenueCatServer):
    ana = await counter.person()
    payment = await look(counter, ana, await counter.subscribe(ana, provider="revenuecat"))
    bought = revenuecat.subscribe(payment["store_token"], plan="monthly", store="play_store")
    revenuecat.later(days=29)
    revenuecat.renew(bought)
    await tell(counter, revenuecat, badly=True)

    async def status() -> str:
        running = (await counter.get(ana, "/api/premium"))["subscription"]
        return str(running["status"]) if running else "expired"

    assert await status() == "active"
    assert [one["status"] for one in (await counter.get(ana, "/api/payments"))["items"]] == ["paid", "paid"]
    revenuecat.cancel(bought)
    await tell(counter, revenuecat)
    assert await status() == "cancelled"
    revenuecat.uncancel(bought)
    await tell(counter, revenuecat)
    assert await status() == "active"
    revenuecat.fail_renewal(bought, grace=timedelta(days=6))
    await tell(counter, revenuecat)
    assert await status() == "grace"
    revenuecat.later(days=60)
    revenuecat.expire(bought)
    await tell(counter, revenuecat)
    assert await status() == "expired"
    await counter.audit()


async def test_a_notice_of_who_learnt_the_secrets_moves_nothing(counter: Shop, revenuecat: RevenueCatServer):
    ana = await counter.person()
    payment = await counter.order(ana, provider="revenuecat")
    bought = revenuecat.buy(payment["store_token"], price=49.99)
    revenuecat.bought.clear()
    await tell(counter, revenuecat)
    assert (await look(counter, ana, payment))["status"] == "pending"
    assert (await counter.wallet(ana)).balance == 0
    assert await post(counter, revenuecat.webhook(revenuecat.tell("RENEWAL", bought), secrets=("other",))) == 400


async def test_a_lost_refund_is_found_in_the_books(counter: Shop, revenuecat: RevenueCatServer):
    ana = await counter.person()
    payment = await counter.order(ana, provider="revenuecat")
    revenuecat.later(minutes=-20)
    bought = revenuecat.buy(payment["store_token"], price=49.99)
    await tell(counter, revenuecat)
    revenuecat.refund(bought)
    await reconciliation.reconcile(counter.db, counter.tenant.id, reconciliation.Reconcile(ProviderName.revenuecat))
    await counter.work()
    assert (await look(counter, ana, payment))["status"] == "refunded"
