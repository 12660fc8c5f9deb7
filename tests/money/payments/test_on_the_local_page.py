"""The whole way over real HTTP: the shop, the local pay page, its signed webhooks, and the worker. Nothing is scripted."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from litestar import Litestar

from meydan import tenants
from meydan.integrations.payments.local.tasks import wake
from meydan.kit.database import Database
from meydan.money.payments import refunds
from meydan.money.premium import membership
from meydan.money.provider_events import reconciliation
from tests.conftest import MovableClock
from tests.factories import Person
from tests.integrations.payments.fake_server import local_payments_at, served
from tests.money.shops import Answer, Shop
from tests.waiting import patience

GOOD, DECLINED, DISPUTED = "4242 4242 4242 4242", "4000 0000 0000 0002", "4000 0000 0000 0259"


@pytest.fixture
async def here(app: Litestar) -> AsyncIterator[str]:
    async with served(app) as url, local_payments_at(url):
        yield url


@pytest.fixture
async def stall(here: str, app: Litestar, db: Database, tenant: tenants.Tenant, owner: asyncpg.Connection) -> Shop:
    """A community that has connected no provider."""
    made = Shop(app, db, tenant, owner)
    made.host = here.removeprefix("http://")
    someone = await made.person()
    made.packages = (await made.get(someone, "/api/coins/packages"))["items"]
    made.plans = (await made.get(someone, "/api/premium"))["plans"]
    return made


async def until(stall: Shop, happened: Callable[[], Awaitable[bool]]) -> None:
    """The worker works until it is so."""
    async with patience():
        while True:
            await stall.work()
            if await happened():
                return
            wake()
            await asyncio.sleep(0.05)


async def pay(url: str, number: str = GOOD) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(url)).status_code == 200
        return await client.post(url, data={"do": "pay", "number": number})


async def press(here: str, do: str, charge: str) -> None:
    """On the provider's own dashboard."""
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(f"{here}/pay/local", data={"do": do, "id": charge})).status_code == 303


async def charge_of(stall: Shop, payment: Answer) -> str:
    found: str = await stall.owner.fetchval(
        "select provider_charge_id from app.payments where id = $1", UUID(payment["id"])
    )
    return found


def becomes(stall: Shop, person: Person, payment: Answer, status: str) -> Callable[[], Awaitable[bool]]:
    async def happened() -> bool:
        return bool((await stall.get(person, f"/api/payments/{payment['id']}"))["status"] == status)

    return happened


async def test_bought_refunded_in_part_and_disputed(stall: Shop, db: Database, here: str, moving_clock: MovableClock):
    ana = await stall.person()
    payment = await stall.order(ana, 1)
    assert (payment["provider"], payment["status"]) == ("local", "pending")
    declined = await pay(payment["checkout_url"], DECLINED)
    assert declined.status_code != 303
    paid = await pay(payment["checkout_url"])
    assert paid.headers["location"].endswith(f"/wallet/payments/{payment['id']}")
    await until(stall, becomes(stall, ana, payment, "paid"))
    assert (await stall.wallet(ana)).balance == 550

    async def both_cards_are_known() -> bool:
        return await stall.rows("payment_fingerprints") == 3  # and the device

    await until(stall, both_cards_are_known)

    async with db.as_service(stall.tenant.id) as tx:
        await refunds.do_refund(tx, UUID(payment["id"]), 9_999, reason="kind", actor=None, key=uuid4().hex)
    await until(stall, becomes(stall, ana, payment, "partly_refunded"))
    assert (await stall.wallet(ana)).balance == 550 - 550 * 9_999 // 24_999

    other = await stall.order(ana)
    await pay(other["checkout_url"])
    await until(stall, becomes(stall, ana, other, "paid"))
    await press(here, "dispute", await charge_of(stall, other))
    await until(stall, becomes(stall, ana, other, "disputed"))
    await press(here, "dispute_won", await charge_of(stall, other))
    await until(stall, becomes(stall, ana, other, "paid"))

    moving_clock.forward(hours=1)
    async with db.as_service(stall.tenant.id) as tx:
        await reconciliation.do_queue_all(tx)
    await stall.work()
    assert await stall.rows("reconciliation_differences") == 0
    assert await stall.rows("reconciliations") == 1
    await stall.audit()


async def test_premium_renews_on_its_own_and_ends_when_cancelled(stall: Shop, db: Database, moving_clock: MovableClock):
    ana = await stall.person()
    ordered = await stall.subscribe(ana)
    payment = await stall.get(ana, f"/api/payments/{ordered['id']}")
    await pay(payment["checkout_url"])
    await until(stall, becomes(stall, ana, payment, "paid"))
    first = (await stall.get(ana, "/api/premium"))["subscription"]
    assert (first["status"], first["renews"], first["provider"]) == ("active", True, "local")

    moving_clock.forward(hours=24 * 32)

    async def is_renewed() -> bool:
        async with db.as_service(stall.tenant.id) as tx:
            await membership.do_run_renewals(tx)
        payments = (await stall.get(ana, "/api/payments"))["items"]
        return [one["status"] for one in payments] == ["paid", "paid"]

    await until(stall, is_renewed)
    second = (await stall.get(ana, "/api/premium"))["subscription"]
    assert (second["id"], second["period_ends_at"] > first["period_ends_at"]) == (first["id"], True)

    assert (await stall.ask(ana, "POST", "/api/premium/cancel")).json()["status"] == "cancelled"
    await stall.work()
    moving_clock.forward(hours=24 * 32)

    async def is_over() -> bool:
        async with db.as_service(stall.tenant.id) as tx:
            await membership.do_run_renewals(tx)
        return (await stall.get(ana, "/api/premium"))["subscription"] is None

    await until(stall, is_over)
    assert len((await stall.get(ana, "/api/payments"))["items"]) == 2, "not charged again"
    await stall.audit()


async def test_refunds_and_disputes_whose_webhooks_were_lost_are_found_in_the_books(
    stall: Shop, db: Database, here: str, moving_clock: MovableClock
):
    ana = await stall.person()
    payment = await stall.order(ana)
    await pay(payment["checkout_url"])
    await until(stall, becomes(stall, ana, payment, "paid"))
    await press(here, "dispute", await charge_of(stall, payment))
    # Its webhook came, and was lost here.
    async with patience():
        while await stall.rows("webhook_events") < 2:
            await asyncio.sleep(0.05)
    await stall.owner.execute("delete from jobs.pgqueuer where headers->>'tenant_id' = $1", str(stall.tenant.id))
    assert (await stall.get(ana, f"/api/payments/{payment['id']}"))["status"] == "paid"
    async with db.as_service(stall.tenant.id) as tx:
        await reconciliation.do_queue_all(tx)
    await stall.work()
    assert (await stall.get(ana, f"/api/payments/{payment['id']}"))["status"] == "disputed"
    assert await stall.rows("reconciliation_differences") == 1
    await stall.audit()
