"""From the order to the coins: the product, its worker and a provider, with real HTTP between them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import httpx
import pytest
from litestar import Litestar

from meydan import integrations, tenants
from meydan.integrations.payments.enums import ProviderName
from meydan.integrations.payments.local.books.cards import read_card
from meydan.integrations.payments.local.signatures import api_keys
from meydan.integrations.payments.local.tasks import wake
from meydan.kit.database import Database
from meydan.money.payments import provider_accounts, refunds
from tests.conftest import MovableClock
from tests.factories import Person
from tests.integrations.payments.servers.iyzico import Iyzico
from tests.money.shops import Shop
from tests.waiting import patience

GOOD, DISPUTED, NO_RENEWAL = "4242424242424242", "4000000000000259", "4000000000000341"


@pytest.fixture
async def shop(pay_place: str, app: Litestar, db: Database, tenant: tenants.Tenant, owner: asyncpg.Connection) -> Shop:
    """Sells through whatever is there: nobody has connected anything."""
    made = Shop(app, db, tenant, owner)
    someone = await made.person()
    made.packages = (await made.get(someone, "/api/coins/packages"))["items"]
    made.plans = (await made.get(someone, "/api/premium"))["plans"]
    return made


async def pay(url: str, number: str = GOOD, do: str = "pay") -> str:
    """On the page, which stands where the order came from: of these people, where the application is served."""
    place = integrations.current().local_payments
    assert place is not None
    async with httpx.AsyncClient(trust_env=False) as browser:
        answer = await browser.post(place.url + urlsplit(url).path, data={"do": do, "number": number})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def card(number: int) -> str:
    """A card of somebody's own: many people behind one are looked at."""
    body = f"42420000000{number:04d}"
    return next(f"{body}{digit}" for digit in range(10) if read_card(f"{body}{digit}"))


async def press(pay_place: str, do: str, id: str, **more: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as browser:
        answer = await browser.post(f"{pay_place}/pay/local", data={"do": do, "id": id, **more})
    assert answer.status_code == 303, answer.text


async def until(shop: Shop, holds: Callable[[], Any]) -> None:
    """The provider tells, the worker reads; until it holds."""
    async with patience():
        while not await holds():
            wake()
            await shop.work()
            await asyncio.sleep(0.02)


async def become(shop: Shop, person: Person, payment: dict[str, Any], status: str) -> dict[str, Any]:
    async def is_so() -> bool:
        return bool((await shop.get(person, f"/api/payments/{payment['id']}"))["status"] == status)

    await until(shop, is_so)
    return await shop.get(person, f"/api/payments/{payment['id']}")


async def charge_of(shop: Shop, payment: dict[str, Any]) -> str:
    return str(await shop.owner.fetchval("select provider_charge_id from app.payments where id = $1", payment["id"]))


async def test_coins_are_bought_refunded_in_part_and_disputed(shop: Shop, pay_place: str):
    ana = await shop.person()
    payment = await shop.order(ana)
    assert (payment["status"], payment["provider"]) == ("pending", "local")
    back = await pay(payment["checkout_url"])
    assert back.endswith(f"/wallet/payments/{payment['id']}")
    await become(shop, ana, payment, "paid")
    assert (await shop.wallet(ana)).balance == payment["coins"]
    charge = await charge_of(shop, payment)
    await press(pay_place, "refund", charge, amount=str(payment["amount"] // 2))
    await become(shop, ana, payment, "partly_refunded")
    await shop.spend(ana, 30)
    await press(pay_place, "dispute", charge)
    await become(shop, ana, payment, "disputed")
    gone = await shop.wallet(ana)
    assert (gone.balance, gone.debt) == (0, 30), "what was spent is owed"
    await press(pay_place, "dispute_won", charge)
    await become(shop, ana, payment, "partly_refunded")
    assert (await shop.wallet(ana)).debt == 0
    await shop.audit()


async def test_staff_refund_it_and_the_provider_gives_it_back(shop: Shop):
    ana = await shop.person()
    payment = await shop.order(ana)
    await pay(payment["checkout_url"])
    await become(shop, ana, payment, "paid")
    async with shop.db.as_service(shop.tenant.id) as tx:
        await refunds.do_refund(tx, payment["id"], None, reason="asked", actor=None, key="r")
    await become(shop, ana, payment, "refunded")
    assert (await shop.wallet(ana)).balance == 0
    await shop.audit()


async def test_who_leaves_the_page_has_bought_nothing(shop: Shop):
    ana = await shop.person()
    payment = await shop.order(ana)
    await pay(payment["checkout_url"], do="leave")
    await become(shop, ana, payment, "failed")
    assert (await shop.wallet(ana)).balance == 0


async def test_webhooks_twice_late_and_out_of_order_credit_once(shop: Shop, pay_place: str):
    headers = {"authorization": f"Bearer {api_keys(shop.tenant.id)[0]}"}
    async with httpx.AsyncClient(trust_env=False) as client:
        behaviour = {"repeats": 2, "shuffled": True}
        answer = await client.put(f"{pay_place}/pay/local/v1/webhook-behaviour", json=behaviour, headers=headers)
        assert answer.is_success
    people = [await shop.person() for _ in range(4)]
    payments = [await shop.order(person) for person in people]
    for number, payment in enumerate(payments):
        await pay(payment["checkout_url"], card(number))

    async def check(person: Person, payment: dict[str, Any]) -> None:
        await shop.ask(person, "POST", f"/api/payments/{payment['id']}/check")

    await asyncio.gather(*(check(person, payment) for person, payment in zip(people, payments, strict=True)))
    for person, payment in zip(people, payments, strict=True):
        await become(shop, person, payment, "paid")

    async def all_came() -> bool:
        return await shop.rows("webhook_events") == len(payments)

    await until(shop, all_came)
    await shop.work()
    assert [(await shop.wallet(person)).balance for person in people] == [payment["coins"] for payment in payments]
    await shop.audit()


async def test_premium_renews_by_itself_and_fails_by_itself(shop: Shop, moving_clock: MovableClock):
    ana, bora = await shop.person(), await shop.person()
    for person, number in ((ana, GOOD), (bora, NO_RENEWAL)):
        payment = await shop.subscribe(person)
        opened = await shop.get(person, f"/api/payments/{payment['id']}")
        await pay(opened["checkout_url"], number)
        await become(shop, person, payment, "paid")

    async def status(person: Person) -> str:
        premium = await shop.get(person, "/api/premium")
        return str((premium["subscription"] or {}).get("status"))

    first = (await shop.get(ana, "/api/premium"))["subscription"]["period_ends_at"]
    moving_clock.forward(hours=24 * 31 + 1)

    async def ana_renewed_and_bora_did_not() -> bool:
        renewed = (await shop.get(ana, "/api/premium"))["subscription"]
        return bool(renewed and renewed["period_ends_at"] > first and await status(bora) == "grace")

    await until(shop, ana_renewed_and_bora_did_not)
    paid = await shop.get(ana, "/api/payments")
    assert [payment["status"] for payment in paid["items"]] == ["paid", "paid"]
    answer = await shop.ask(ana, "POST", "/api/premium/cancel")
    assert answer.status_code == 200, answer.text
    await shop.work()
    assert await status(ana) == "cancelled"
    await shop.audit()


@pytest.fixture
async def iyzico(shop: Shop) -> AsyncIterator[Iyzico]:
    async with Iyzico() as server:
        values = {"api_key": server.api_key, "secret_key": server.secret_key, "email": "kasa@meet.example"}
        async with shop.db.as_service(shop.tenant.id) as tx:
            await provider_accounts.do_connect(tx, ProviderName.iyzico, values | {"api_url": server.url}, sandbox=True)
        yield server


async def test_iyzicos_buyer_brings_the_news_in_the_browser_and_lands_on_the_payment(shop: Shop, iyzico: Iyzico):
    ana = await shop.person()
    payment = await shop.order(ana)
    assert payment["provider"] == "iyzico", "who has a real one sells through it"
    token = payment["checkout_url"].split("token=")[1].split("&")[0]
    iyzico.pay(token)
    came = iyzico.callback(token)
    async with httpx.AsyncClient(trust_env=False) as browser:
        answer = await browser.post(came.url, content=came.body, headers=dict(came.headers))
        again = await browser.post(came.url, content=came.body, headers=dict(came.headers))
        forged = await browser.post(came.url.split("?")[0], content=came.body, headers=dict(came.headers))
    assert (answer.status_code, again.status_code, forged.status_code) == (303, 303, 400)
    assert answer.headers["location"].endswith(f"/wallet/payments/{payment['id']}")
    assert (await shop.get(ana, f"/api/payments/{payment['id']}"))["status"] == "pending", "coming back proves nothing"
    await become(shop, ana, payment, "paid")
    assert (await shop.wallet(ana)).balance == payment["coins"]
    told = iyzico.notification(token)
    async with httpx.AsyncClient(trust_env=False) as server:
        answer = await server.post(came.url.split("?")[0], content=told.body, headers=dict(told.headers))
    assert answer.status_code == 200
    await shop.work()
    assert (await shop.wallet(ana)).balance == payment["coins"]
    async with shop.db.as_service(shop.tenant.id) as tx:
        await refunds.do_refund(tx, payment["id"], payment["amount"] // 2, reason="asked", actor=None, key=uuid4().hex)
    await become(shop, ana, payment, "partly_refunded")
    await shop.audit()
