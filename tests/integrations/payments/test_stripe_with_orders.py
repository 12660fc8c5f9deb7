"""Stripe in the real shop: from the order to the coins and back, with a Stripe of our own at the other end."""

import random
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import httpx
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.integrations.payments.contract import Webhook
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Database
from meydan.money.payments import provider_accounts, refunds
from meydan.money.provider_events import reconciliation
from tests.factories import Person
from tests.integrations.payments.servers.stripe import StripeServer
from tests.money.shops import Answer, Shop


@pytest.fixture
async def counter(app: Litestar, db: Database, tenant: tenants.Tenant, owner: asyncpg.Connection) -> Shop:
    shop = Shop(app, db, tenant, owner)
    someone = await shop.person()
    shop.packages = (await shop.get(someone, "/api/coins/packages"))["items"]
    shop.plans = (await shop.get(someone, "/api/premium"))["plans"]
    return shop


@pytest.fixture
async def stripe(counter: Shop) -> AsyncIterator[StripeServer]:
    async with StripeServer() as server:
        values = {"secret_key": server.secret_key, "webhook_secret": server.webhook_secret, "api_url": server.url}
        async with counter.db.as_service(counter.tenant.id) as tx:
            await provider_accounts.do_connect(tx, ProviderName.stripe, values, sandbox=True)
        yield server


async def post(shop: Shop, webhook: Webhook, slug: str = "") -> int:
    transport = httpx.ASGITransport(app=shop.app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        path = f"/api/payments/webhooks/stripe/{slug or shop.tenant.slug}"
        return (await client.post(path, content=webhook.body, headers=dict(webhook.headers))).status_code


async def tell(shop: Shop, stripe: StripeServer, *types: str, badly: bool = False) -> None:
    """All that happened since the last time, or these kinds of it."""
    manner = random.Random(11) if badly else None
    for webhook in stripe.webhooks(*types, repeats=int(badly), shuffled=manner):
        assert await post(shop, webhook) == 200
    stripe.books.events.clear()
    await shop.work()


async def compare(shop: Shop) -> None:
    await reconciliation.reconcile(shop.db, shop.tenant.id, reconciliation.Reconcile(ProviderName.stripe))
    await shop.work()


def session_of(payment: Answer) -> str:
    return str(payment["checkout_url"]).rpartition("/")[2]


async def look(shop: Shop, person: Person, payment: Answer) -> Answer:
    return await shop.get(person, f"/api/payments/{payment['id']}")


async def test_coins_a_refund_by_staff_and_a_dispute(counter: Shop, stripe: StripeServer):
    ana = await counter.person()
    payment = await counter.order(ana)
    assert (payment["status"], payment["provider"]) == ("pending", "stripe")
    charge = stripe.books.pay(session_of(payment))
    await tell(counter, stripe, badly=True)
    assert (await look(counter, ana, payment))["status"] == "paid"
    assert (await counter.wallet(ana)).balance == payment["coins"]

    async with counter.db.as_service(counter.tenant.id) as tx:
        await refunds.do_refund(tx, payment["id"], payment["amount"] // 2, reason="asked", actor=None, key=uuid4().hex)
    await counter.work()
    assert (await look(counter, ana, payment))["status"] == "partly_refunded"
    await tell(counter, stripe)
    assert stripe.books.things[charge["id"]]["amount_refunded"] == payment["amount"] // 2

    await counter.spend(ana, 10)
    dispute = stripe.books.dispute(charge["id"], amount=payment["amount"] - payment["amount"] // 2)
    await tell(counter, stripe)
    gone = await counter.wallet(ana)
    assert ((await look(counter, ana, payment))["status"], gone.balance, gone.debt) == ("disputed", 0, 10)
    stripe.books.close_dispute(dispute["id"], "won")
    await tell(counter, stripe)
    assert (await look(counter, ana, payment))["status"] == "partly_refunded"
    assert (await counter.wallet(ana)).debt == 0
    await counter.audit()


async def test_who_comes_back_before_the_news_is_looked_after(counter: Shop, stripe: StripeServer):
    ana = await counter.person()
    payment = await counter.order(ana)
    stripe.books.pay(session_of(payment))
    assert (await counter.ask(ana, "POST", f"/api/payments/{payment['id']}/check")).status_code == 202
    await counter.work()
    assert (await look(counter, ana, payment))["status"] == "paid"
    await tell(counter, stripe)
    assert (await counter.wallet(ana)).balance == payment["coins"]


async def test_a_page_nobody_paid_on(counter: Shop, stripe: StripeServer):
    ana = await counter.person()
    payment = await counter.order(ana)
    stripe.books.decline(session_of(payment))
    await tell(counter, stripe)
    assert (await look(counter, ana, payment))["status"] == "pending"
    assert await counter.rows("payment_fingerprints") == 1, "the card that was refused is remembered, as a keyed hash"
    stripe.books.expire(session_of(payment))
    await tell(counter, stripe)
    assert (await look(counter, ana, payment))["status"] == "expired"
    assert (await counter.wallet(ana)).balance == 0


async def test_premium_renews_fails_and_ends_whatever_order_the_news_take(counter: Shop, stripe: StripeServer):
    ana = await counter.person()
    ordered = await counter.subscribe(ana)
    payment = await look(counter, ana, ordered)
    stripe.books.pay(session_of(payment))
    name = stripe.books.of("subscription")[0]["id"]
    stripe.books.later(days=30)
    stripe.books.renew(name)
    await tell(counter, stripe, badly=True)
    premium = (await counter.get(ana, "/api/premium"))["subscription"]
    assert (premium["status"], premium["provider"]) == ("active", "stripe")
    items = (await counter.get(ana, "/api/payments"))["items"]
    assert [(one["status"], one["amount"]) for one in items] == [("paid", payment["amount"])] * 2

    assert (await counter.ask(ana, "POST", "/api/premium/cancel")).status_code == 200
    await counter.work()
    assert stripe.books.things[name]["cancel_at_period_end"]
    assert (await counter.ask(ana, "POST", "/api/premium/resume")).status_code == 200
    await counter.work()
    assert not stripe.books.things[name]["cancel_at_period_end"]

    stripe.books.fail_renewal(name)
    await tell(counter, stripe)
    assert (await counter.get(ana, "/api/premium"))["subscription"]["status"] == "grace"
    stripe.books.end(name)
    await tell(counter, stripe)
    ended = (await counter.get(ana, "/api/premium"))["subscription"]
    assert ended is None or ended["status"] == "expired"
    await counter.audit()


async def test_what_lost_notices_would_have_said_is_found_in_the_books(counter: Shop, stripe: StripeServer):
    ana, bora = await counter.person(), await counter.person()
    payment = await counter.order(ana)
    ordered = await look(counter, bora, await counter.subscribe(bora))
    stripe.books.later(minutes=-20)  # what is younger may still be on its way
    charge = stripe.books.pay(session_of(payment))
    stripe.books.pay(session_of(ordered))
    stripe.books.sell_elsewhere(900)
    await compare(counter)
    assert (await look(counter, ana, payment))["status"] == "paid"
    assert (await counter.get(bora, "/api/premium"))["subscription"]["status"] == "active"

    stripe.books.refund(stripe.books.things[charge["payment_intent"]], payment["amount"])
    stripe.books.renew(stripe.books.of("subscription")[0]["id"])
    await compare(counter)
    assert (await look(counter, ana, payment))["status"] == "refunded"
    assert [one["status"] for one in (await counter.get(bora, "/api/payments"))["items"]] == ["paid", "paid"]
    await compare(counter)
    left = await counter.owner.fetch(
        "select kind, status from app.reconciliation_differences where tenant_id = $1", counter.tenant.id
    )
    assert {(row["kind"], row["status"]) for row in left} <= {("missing_here", "healed"), ("refunded", "healed")}


async def test_news_for_another_community_or_from_nobody_is_not_believed(
    counter: Shop, stripe: StripeServer, other_tenant: tenants.Tenant
):
    ana = await counter.person()
    payment = await counter.order(ana)
    stripe.books.pay(session_of(payment))
    event = stripe.books.events[-1]
    async with counter.db.as_service(other_tenant.id) as tx:
        values = {"secret_key": stripe.secret_key, "webhook_secret": "whsec_theirs", "api_url": stripe.url}
        await provider_accounts.do_connect(tx, ProviderName.stripe, values, sandbox=True)
    assert await post(counter, stripe.webhook(event), other_tenant.slug) == 400
    assert await post(counter, stripe.webhook(event, secret="whsec_theirs")) == 400
    assert await post(counter, stripe.webhook(event, age=600)) == 400
    await counter.work()
    assert await counter.rows("webhook_events") == 0
    assert (await look(counter, ana, payment))["status"] == "pending"


async def test_a_membership_paid_by_a_way_that_takes_days(counter: Shop, stripe: StripeServer):
    ana = await counter.person()
    payment = await look(counter, ana, await counter.subscribe(ana))
    stripe.books.promise(session_of(payment))
    await tell(counter, stripe)
    now = await look(counter, ana, payment)
    assert (now["status"], now["problem"]) == ("pending", "on_its_way")
    assert (await counter.get(ana, "/api/premium"))["entitlements"]["premium"] is False
    stripe.books.keep_promise(session_of(payment))
    await tell(counter, stripe, badly=True)
    assert (await look(counter, ana, payment))["status"] == "paid"
    assert (await counter.get(ana, "/api/premium"))["subscription"]["status"] == "active"


async def test_a_disputes_amount_changes(counter: Shop, stripe: StripeServer):
    ana = await counter.person()
    payment = await counter.order(ana)
    charge = stripe.books.pay(session_of(payment))
    await tell(counter, stripe)
    dispute = stripe.books.dispute(charge["id"], amount=payment["amount"] // 2)
    await tell(counter, stripe)
    half = (await counter.wallet(ana)).balance
    assert 0 < half < payment["coins"]
    dispute["amount"] = payment["amount"]
    stripe.books.tell("charge.dispute.updated", dispute)
    await tell(counter, stripe)
    assert (await counter.wallet(ana)).balance == 0
    await counter.audit()
