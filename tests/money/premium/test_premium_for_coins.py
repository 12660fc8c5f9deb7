"""Premium for coins: begun at once, renewed by the worker, waited for, ended."""

import asyncio
from datetime import datetime
from uuid import UUID, uuid4

import pytest

from meydan import tenants
from meydan.kit import clock
from meydan.kit.database import Database, Tx
from meydan.money import wallet
from meydan.money.premium import membership, subscriptions
from meydan.money.premium.settings import PremiumSettings
from tests.conftest import MovableClock
from tests.factories import Person
from tests.money.shops import Answer, Shop


async def subscribe(shop: Shop, person: Person, key: str = "", plan: int = 0):
    body = {"plan_id": shop.plans[plan]["id"], "pay_with": "coins"}
    return await shop.ask(person, "POST", "/api/premium/subscribe", body, key or uuid4().hex)


async def mine(shop: Shop, person: Person) -> Answer:
    found: Answer = (await shop.get(person, "/api/premium"))["subscription"]
    return found


async def run_renewals(shop: Shop, db: Database) -> None:
    if shop.tenant.id in await db.tenant_ids("tenants_with_due_subscriptions"):  # as the worker asks
        async with db.as_service(shop.tenant.id) as tx:
            await membership.do_run_renewals(tx)


async def give(shop: Shop, person: Person, coins: int) -> None:
    async with shop.db.as_service(shop.tenant.id) as tx:
        await wallet.do_credit(
            tx,
            person.me.user_id,
            coins,
            source=wallet.PROMOTIONS,
            type=wallet.TransactionType.earned,
            key=f"given:{uuid4()}",
        )


async def test_it_begins_at_once_and_is_renewed_each_month(shop: Shop, db: Database, moving_clock: MovableClock):
    ana = await shop.person(coins=1_000)
    answer = await subscribe(shop, ana)
    assert answer.status_code == 201
    made = answer.json()["subscription"]
    assert (made["status"], made["coin_price"], made.get("provider"), answer.json()["payment"]) == (
        "active",
        450,
        None,
        None,
    )
    assert (await shop.wallet(ana)).balance == 550
    moving_clock.forward(hours=24 * 31)
    await asyncio.gather(*(run_renewals(shop, db) for _ in range(4)))
    assert (await shop.wallet(ana)).balance == 100, "four workers renew once"
    assert (await mine(shop, ana))["period_ends_at"] > made["period_ends_at"]
    await shop.audit()


async def test_the_same_key_is_the_same_premium(shop: Shop):
    ana, key = await shop.person(coins=1_000), uuid4().hex
    answers = await asyncio.gather(*(subscribe(shop, ana, key) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["subscription"]["id"] for answer in answers}) == 1
    assert (await shop.wallet(ana)).balance == 550
    again = await subscribe(shop, ana)
    assert (again.status_code, again.json()["code"]) == (409, "already_premium")


async def test_two_keys_at_once_are_one_premium(shop: Shop):
    ana = await shop.person(coins=1_000)
    answers = await asyncio.gather(*(subscribe(shop, ana) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert (await shop.wallet(ana)).balance == 550


async def test_not_for_everybody_and_not_every_plan(shop: Shop):
    poor = await shop.person(coins=449)
    answer = await subscribe(shop, poor)
    assert (answer.status_code, answer.json()["code"]) == (409, "balance_too_low")
    assert await mine(shop, poor) is None
    answer = await subscribe(shop, poor, plan=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "plan_not_for_coins")


async def test_without_coins_it_stays_three_days_is_tried_each_and_ends(
    shop: Shop, db: Database, moving_clock: MovableClock
):
    ana, bora = await shop.person(coins=450), await shop.person(coins=450)
    await subscribe(shop, ana)
    await subscribe(shop, bora)
    ends_at = (await mine(shop, ana))["period_ends_at"]
    moving_clock.forward(hours=24 * 31)
    await run_renewals(shop, db)
    for person in (ana, bora):
        assert (await mine(shop, person))["status"] == "grace"
        assert (await shop.get(person, "/api/premium"))["entitlements"]["premium"]
    await give(shop, ana, 500)
    moving_clock.forward(hours=25)
    await run_renewals(shop, db)
    now = await mine(shop, ana)
    assert (now["status"], (await shop.wallet(ana)).balance) == ("active", 50)
    assert now["period_ends_at"] > ends_at
    moving_clock.forward(hours=48)
    await run_renewals(shop, db)
    assert await mine(shop, bora) is None
    assert not (await shop.get(bora, "/api/premium"))["entitlements"]["premium"]
    statuses = [frame["subscription"]["status"] for frame in await shop.frames(bora, "subscription")]
    assert statuses == ["active", "grace", "expired"]
    await shop.audit()


async def test_days_of_grace_are_paid_for_like_others(shop: Shop, db: Database, moving_clock: MovableClock, owner):
    await owner.execute(
        "update app.premium_plans set period = 'week' where tenant_id = $1 and coin_price is not null", shop.tenant.id
    )
    async with db.as_service(shop.tenant.id) as tx:
        await tenants.do_configure(tx, PremiumSettings, grace_days=10)
    ana = await shop.person(coins=450)
    await subscribe(shop, ana)
    moving_clock.forward(hours=24 * 7 + 1)
    await run_renewals(shop, db)
    assert (await mine(shop, ana))["status"] == "grace"
    await give(shop, ana, 1_000)
    moving_clock.forward(hours=24 * 8)  # a week of grace is over, and another has begun
    for _ in range(3):
        await run_renewals(shop, db)
    assert ((await mine(shop, ana))["status"], (await shop.wallet(ana)).balance) == ("active", 100), "two weeks"


async def test_grace_ends_when_it_was_said_to(shop: Shop, db: Database, moving_clock: MovableClock):
    ana = await shop.person(coins=450)
    await subscribe(shop, ana)
    moving_clock.forward(hours=24 * 31)
    await run_renewals(shop, db)
    grace_ends_at = datetime.fromisoformat((await mine(shop, ana))["grace_ends_at"])
    moving_clock.forward(seconds=(grace_ends_at - clock.now()).total_seconds() - 12 * 3600)
    await run_renewals(shop, db)  # the day's try
    moving_clock.forward(hours=12, seconds=1)
    await run_renewals(shop, db)
    assert await mine(shop, ana) is None


async def test_a_long_standstill_charges_no_past_months(shop: Shop, db: Database, moving_clock: MovableClock):
    ana = await shop.person(coins=2_000)
    await subscribe(shop, ana)
    moving_clock.forward(hours=24 * 100)
    for _ in range(5):
        await run_renewals(shop, db)
    assert (await shop.wallet(ana)).balance == 1_100


async def test_cancelled_ends_with_its_period_and_resumed_goes_on(shop: Shop, db: Database, moving_clock: MovableClock):
    ana = await shop.person(coins=2_000)
    await subscribe(shop, ana)
    cancelled = await shop.ask(ana, "POST", "/api/premium/cancel")
    assert cancelled.json()["status"] == "cancelled"
    assert (await shop.ask(ana, "POST", "/api/premium/cancel")).json() == cancelled.json(), "twice is once"
    resumed = await shop.ask(ana, "POST", "/api/premium/resume")
    assert (resumed.json()["status"], resumed.json()["renews"]) == ("active", True)
    await shop.ask(ana, "POST", "/api/premium/cancel")
    moving_clock.forward(hours=24 * 25)
    next_one = await subscribe(shop, ana)
    assert next_one.status_code == 201, "in its last week the next may be bought"
    assert next_one.json()["subscription"]["period_ends_at"] > cancelled.json()["period_ends_at"]
    moving_clock.forward(hours=24 * 10)
    await run_renewals(shop, db)
    assert (await mine(shop, ana))["id"] == next_one.json()["subscription"]["id"]
    assert (await shop.wallet(ana)).balance == 1_100
    codes = [frame["notification"]["code"] for frame in await shop.frames(ana, "notification")]
    assert "premium_started" in codes
    assert "premium_ended" not in codes


async def test_debt_and_a_frozen_wallet_stop_a_renewal_not_the_worker(
    shop: Shop, db: Database, moving_clock: MovableClock
):
    ana, bora = await shop.person(coins=1_000), await shop.person(coins=1_000)
    await subscribe(shop, ana)
    await subscribe(shop, bora)
    async with db.as_service(shop.tenant.id) as tx:
        await wallet.do_freeze(tx, ana.me.user_id, "looked at", None)
    moving_clock.forward(hours=24 * 31)
    await run_renewals(shop, db)
    assert (await mine(shop, ana))["status"] == "grace"
    assert (await mine(shop, bora))["status"] == "active"


async def test_one_that_cannot_be_looked_after_keeps_nobody_waiting(
    shop: Shop, db: Database, moving_clock: MovableClock, monkeypatch: pytest.MonkeyPatch, caplog
):
    ana, bora, cem = [await shop.person(coins=1_000) for _ in range(3)]
    for person in (ana, bora, cem):
        await subscribe(shop, person)
    async with db.as_service(shop.tenant.id) as tx:
        await wallet.do_freeze(tx, bora.me.user_id, "looked at", None)
    ill = (await mine(shop, ana))["id"]
    moving_clock.forward(hours=24 * 31)
    tell = subscriptions.do_send_update

    async def stumble(tx: Tx, subscription_id: UUID) -> None:
        if str(subscription_id) == ill:
            raise RuntimeError("it stumbles")
        await tell(tx, subscription_id)

    with monkeypatch.context() as patch:
        patch.setattr(subscriptions, "do_send_update", stumble)
        await run_renewals(shop, db)
    assert "it stumbles" in caplog.text
    assert ((await shop.wallet(ana)).balance, (await shop.wallet(cem)).balance) == (550, 100)
    assert (await mine(shop, bora))["status"] == "grace"
    await run_renewals(shop, db)
    assert (await shop.wallet(ana)).balance == 100
    await shop.audit()
