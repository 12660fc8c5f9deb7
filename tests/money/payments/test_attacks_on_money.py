"""Attacks on money: stolen tokens, forged webhooks, a provider that repeats itself, a machine that dies."""

import asyncio
import random
from contextlib import suppress
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec
import pytest
from litestar import Litestar

from meydan.integrations.payments import ADAPTERS, Adapter
from meydan.integrations.payments.contract import (
    Disputed,
    DisputeState,
    Paid,
    ProviderEvent,
    SignatureInvalid,
    SubscriptionState,
    Webhook,
)
from meydan.integrations.payments.enums import ProviderName
from meydan.integrations.payments.iyzico.account import IyzicoAccount
from meydan.integrations.payments.iyzico.adapter import IyzicoProvider
from meydan.integrations.payments.iyzico.signatures import callback_url
from meydan.integrations.payments.stripe.account import StripeAccount
from meydan.integrations.payments.stripe.adapter import StripeProvider
from meydan.kit import clock
from meydan.kit.database import CONNECTION_LOST, Database, DatabaseSettings
from meydan.money import wallet
from meydan.money.fraud import cases as fraud
from meydan.money.fraud import rings
from meydan.money.payments import provider_accounts, refunds, settlement
from meydan.money.premium import membership, subscriptions
from tests.conftest import MovableClock
from tests.factories import Person
from tests.money.scripted_provider import DOWN
from tests.money.shops import Answer, Shop, changed, disputed, in_days, refunded
from tests.waiting import patience, until_somebody_waits

# What a database that is killed under somebody's hands looks like to them.
KILLED = (*CONNECTION_LOST, asyncpg.PostgresError, asyncio.CancelledError)


async def subscribe(shop: Shop, person: Person, key: str, pay_with: str) -> httpx.Response:
    body = {"plan_id": shop.plans[0]["id"], "pay_with": pay_with}
    return await shop.ask(person, "POST", "/api/premium/subscribe", body, key)


async def premium_of(shop: Shop, person: Person) -> Answer:
    found: Answer = (await shop.get(person, "/api/premium"))["subscription"]
    return found


@pytest.mark.parametrize(
    "path",
    ["/api/coins/purchase", "/api/coins/spend", "/api/gifts/send", "/api/premium/subscribe", "/api/auth/register"],
)
async def test_nested_brackets_are_refused(shop: Shop, path: str):
    async with (await shop.person()).client(shop.app) as client:
        headers = {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
        answer = await client.post(path, content=b'{"a":' * 5_000, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


async def test_a_forged_signature_of_strange_letters_is_a_forged_signature():
    account = StripeAccount(secret_key="sk_test_1", webhook_secret="whsec_1")
    provider = StripeProvider(account, sandbox=True)
    for header in ("t=1,v1=é", "é", "", "t=²,v1=x"):
        with pytest.raises(SignatureInvalid):
            await provider.verify(Webhook({"stripe-signature": header}, b"{}"))
    await provider.close()


async def test_a_refund_of_more_money_than_there_is_is_no_button(shop: Shop, app: Litestar):
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
        base_url="http://127.0.0.1:8000",
    ) as client:
        for amount in ("9" * 5_000, "0", "-1", "1e3", "²", ""):
            answer = await client.post("/pay/local", data={"do": "refund", "id": "lpy_x", "amount": amount})
            assert (answer.status_code, answer.json()["code"]) == (400, "unknown_wish"), amount


async def test_a_buyers_browser_cannot_fill_the_books_with_webhooks(
    shop: Shop, db: Database, app: Litestar, monkeypatch: pytest.MonkeyPatch
):
    """iyzico sends the buyer's browser to an address that only we can make, with a token; the buyer may post others."""
    monkeypatch.setitem(ADAPTERS, ProviderName.iyzico, lambda: Adapter(IyzicoProvider, IyzicoAccount))
    account = IyzicoAccount(api_key="sandbox-a", secret_key="s", email="kasa@meet.example")
    async with db.as_service(shop.tenant.id) as tx:
        await provider_accounts.do_connect(tx, ProviderName.iyzico, msgspec.to_builtins(account), sandbox=True)
    place = f"http://127.0.0.1:8000/wallet/payments/{uuid4()}"
    query = callback_url("s", "", place).removeprefix("?")
    statuses = []
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
        base_url="http://127.0.0.1:8000",
    ) as client:
        for _ in range(60):
            answer = await client.post(
                f"/api/payments/webhooks/iyzico/{shop.tenant.slug}?{query}", data={"token": uuid4().hex}
            )
            statuses.append(answer.status_code)
    assert set(statuses) == {303, 429}
    assert await shop.rows("webhook_events") == statuses.count(303) <= 21


async def test_a_made_up_host_leads_no_buyer_elsewhere(shop: Shop):
    person = await shop.person()
    body, own = {"package_id": shop.packages[0]["id"]}, f"{shop.tenant.slug}.localhost:8000"
    async with person.client(shop.app) as client:
        for host in ("evil.example", "kahve.localhost:8000", own):
            headers = {"Host": host, "Idempotency-Key": uuid4().hex}
            assert (await client.post("/api/coins/purchase", json=body, headers=headers)).status_code == 201
    await shop.work()
    returns = sorted(order.return_url.split("/wallet/")[0] for order in shop.book.orders.values())
    assert returns == ["http://127.0.0.1:8000", "http://127.0.0.1:8000", f"http://{own}"]


async def test_one_key_is_not_for_money_and_for_coins(shop: Shop):
    ana, bora = await shop.person(coins=1_000), await shop.person(coins=1_000)
    for person, first, second in ((ana, "money", "coins"), (bora, "coins", "money")):
        key = uuid4().hex
        assert (await subscribe(shop, person, key, first)).status_code == 201
        answer = await subscribe(shop, person, key, second)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
        assert (await subscribe(shop, person, key, first)).status_code == 201
    assert (await shop.wallet(ana)).balance == 1_000
    assert (await shop.wallet(bora)).balance == 550


@pytest.mark.parametrize("seed", [0, 1, 4])
async def test_whatever_somebody_presses_at_once_a_month_is_paid_once(
    shop: Shop, db: Database, owner: asyncpg.Connection, moving_clock: MovableClock, seed: int
):
    """Beginning, cancelling, resuming and the worker that renews, all at once and over months."""
    chance, ana = random.Random(seed), await shop.person(coins=3_000)

    async def pass_time() -> None:
        async with db.as_service(shop.tenant.id) as tx:
            await membership.do_run_renewals(tx)

    async def press(button: str) -> None:
        if button == "subscribe":
            answer = await subscribe(shop, ana, uuid4().hex, "coins")
        else:
            answer = await shop.ask(ana, "POST", f"/api/premium/{button}")
        assert answer.status_code in (200, 201, 409), answer.text

    for _ in range(25):
        presses = [press(chance.choice(["subscribe", "cancel", "resume"])) for _ in range(6)]
        await asyncio.gather(*presses, pass_time(), pass_time())
        assert (
            await owner.fetchval(
                "select count(*) from app.subscriptions where user_id = $1 and status <> 'expired' and renews",
                ana.me.user_id,
            )
            <= 1
        )
        moving_clock.forward(hours=24 * chance.choice([1, 7, 25]))
    spent = await owner.fetchval(
        "select -sum(amount)::integer from app.coin_transactions where user_id = $1 and transaction_type = 'premium'",
        ana.me.user_id,
    )
    periods = await owner.fetch(
        "select period_ends_at - created_at as lasted from app.subscriptions where user_id = $1", ana.me.user_id
    )
    assert spent == 450 * sum(round(period["lasted"].days / 30.4) for period in periods)


async def test_what_ends_while_somebody_resumes_it_has_ended(shop: Shop, db: Database):
    ana = await shop.person(coins=1_000)
    made = (await subscribe(shop, ana, uuid4().hex, "coins")).json()["subscription"]
    await shop.ask(ana, "POST", "/api/premium/cancel")
    async with db.as_service(shop.tenant.id) as tx:
        await subscriptions.do_expire(tx, await subscriptions.lock_by_id(tx, UUID(made["id"])))
        resumed = asyncio.create_task(shop.ask(ana, "POST", "/api/premium/resume"))
        await until_somebody_waits(tx)
    answer = await resumed
    assert (answer.status_code, answer.json()["code"]) == (409, "not_premium")


async def test_a_refunded_period_is_not_restored_by_the_providers_events(shop: Shop, moving_clock: MovableClock):
    """Stores renew up to a day early: the refund comes while the period before still runs."""
    ana = await shop.person()
    _, first = await shop.go_premium(ana, reference="sub_1")
    later = in_days(60)
    second = msgspec.structs.replace(
        first, event_id="evt_2", charge="ch_2", payment_id=None, checkout=None, period_ends_at=later
    )
    await shop.deliver(second)
    await shop.deliver(refunded(second, second.amount))
    assert "cancel sub_1" in shop.book.asked, "or the next period would be charged"
    paid_until = (await premium_of(shop, ana))["period_ends_at"]
    assert paid_until == msgspec.to_builtins(first.period_ends_at)
    for state in (SubscriptionState.cancelled, SubscriptionState.active, SubscriptionState.grace):
        moving_clock.forward(seconds=5)
        await shop.deliver(changed("sub_1", state, later))
        assert (await premium_of(shop, ana))["period_ends_at"] == paid_until, state
    # One that is paid for is another matter.
    third = msgspec.structs.replace(second, event_id="evt_3", charge="ch_3", period_ends_at=in_days(90))
    await shop.deliver(third)
    assert (await premium_of(shop, ana))["period_ends_at"] == msgspec.to_builtins(third.period_ends_at)


async def test_two_claim_one_receipt_at_once(shop: Shop, db: Database):
    await shop.connect(ProviderName.google)
    ana, bora = await shop.person(), await shop.person()
    orders = [await shop.order(person, provider="google") for person in (ana, bora, bora, ana)]
    receipt = shop.paid(orders[0], payment_id=None, checkout=None)

    async def claim(order: Answer) -> None:
        async with db.as_service(shop.tenant.id) as tx:
            await settlement.do_apply_all(tx, ProviderName.google, [receipt], receipt_of=UUID(order["id"]))

    await asyncio.gather(*(claim(order) for order in orders * 2))
    assert sorted([(await shop.wallet(ana)).balance, (await shop.wallet(bora)).balance]) == [0, 100]
    await shop.audit()


async def test_a_wrong_receipt_does_not_keep_the_right_one_from_being_tried_again(shop: Shop):
    await shop.connect(ProviderName.google)
    ana = await shop.person()
    order = await shop.order(ana, provider="google")
    book = shop.books[ProviderName.google]
    book.failures += [DOWN, DOWN]
    book.truth["right"] = [shop.paid(order, payment_id=None, checkout=None)]
    for receipt in ("wrong", "right"):
        path = f"/api/payments/{order['id']}/receipt"
        assert (await shop.ask(ana, "POST", path, {"receipt": receipt})).status_code == 202
    await shop.work(delayed=True)
    assert (await shop.get(ana, f"/api/payments/{order['id']}"))["status"] == "paid"


@pytest.mark.parametrize("choice", [fraud.Choice.release, fraud.Choice.dismiss, fraud.Choice.freeze])
async def test_what_staff_let_through_while_it_was_disputed_is_given_when_that_is_won(
    shop: Shop, db: Database, moving_clock: MovableClock, choice: fraud.Choice
):
    ana, admin = await shop.person(), await shop.person()
    _, before = await shop.buy(ana)
    await shop.deliver(disputed(before, DisputeState.opened))
    payment, paid = await shop.buy(ana)
    assert payment["status"] == "held", "who disputes is looked at"
    await shop.deliver(disputed(paid, DisputeState.opened))
    async with db.as_service(shop.tenant.id) as tx:
        case_id = await tx.one(
            UUID, "select id from app.fraud_cases where tenant_id = $1 and payment_id = $2", UUID(payment["id"])
        )
        await fraud.do_decide(tx, case_id, choice, "they called us", admin.me.user_id)
    moving_clock.forward(minutes=1)
    if choice is fraud.Choice.freeze:
        async with db.as_service(shop.tenant.id) as tx:
            await fraud.do_thaw(tx, ana.me.user_id, admin.me.user_id)
    await shop.deliver(disputed(paid, DisputeState.won))
    assert (await shop.wallet(ana)).balance == 0
    async with db.as_service(shop.tenant.id) as tx:
        await fraud.do_queue_releases(tx)
    await shop.work()
    assert (await shop.get(ana, f"/api/payments/{payment['id']}"))["status"] == "paid"
    assert (await shop.wallet(ana)).balance == 100
    async with db.as_service(shop.tenant.id) as tx:
        await fraud.do_queue_releases(tx)
    assert await shop.work() == []


async def test_staff_who_refund_at_once_give_back_no_more_than_came(shop: Shop, db: Database):
    ana, admin = await shop.person(), await shop.person()
    payment, _ = await shop.buy(ana)

    async def ask() -> None:
        async with db.as_service(shop.tenant.id) as tx:
            await refunds.do_refund(
                tx, UUID(payment["id"]), 2_000, reason="a mistake", actor=admin.me.user_id, key=uuid4().hex
            )

    done = await asyncio.gather(*(ask() for _ in range(6)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done if one) == ["RefundTooLarge"] * 4
    await shop.work()
    assert (await shop.get(ana, f"/api/payments/{payment['id']}"))["refunded"] == 4_000
    assert (await shop.wallet(ana)).balance == 20


async def test_a_crowd_that_gives_in_layers_does_not_keep_the_looking_for_rings_busy(
    shop: Shop, db: Database, postgres_url: str, database_settings: DatabaseSettings, monkeypatch: pytest.MonkeyPatch
):
    """A hundred and twenty people, each giving to twenty: three million ways, and no ring among them."""
    monkeypatch.setattr(rings, "_MAX_PATHS", 20_000)
    name = database_settings.owner_url.rsplit("/", 1)[1]
    superuser = await asyncpg.connect(postgres_url, database=name)
    await superuser.execute("set session_replication_role = replica")  # gifts alone, without the people
    await superuser.execute(
        f"""
        insert into app.gifts_sent (tenant_id, gift_id, quantity, coins, earned, giver_user_id, giver_profile_id,
            receiver_user_id, receiver_profile_id, idempotency_key)
        select {shop.tenant.id}, uuidv7(), 1, 5000, 0, giver.id, giver.id, receiver.id, receiver.id, giver.n || ' ' || receiver.n
        from (select n, lpad(to_hex(n), 32, '0')::uuid as id from generate_series(0, 119) n) giver
        join (select n, lpad(to_hex(n), 32, '0')::uuid as id from generate_series(0, 119) n) receiver
            on giver.n / 20 + 1 = receiver.n / 20
        """
    )
    await superuser.close()
    async with patience(), db.as_service(shop.tenant.id) as tx:
        assert await rings.do_assess_gifts(tx) == 0


@pytest.mark.parametrize("seed", range(4))
async def test_in_any_storm_coins_are_what_the_money_says(
    shop: Shop, db: Database, postgres_url: str, database_settings: DatabaseSettings, seed: int
):
    """Events twice and in any order, by many workers at once that are cancelled and whose database is killed, while the
    person spends whatever there is."""
    chance, ana, own = random.Random(seed), await shop.person(), database_settings.owner_url.rsplit("/", 1)[1]
    orders = [await shop.order(ana) for _ in range(3)]
    events = [event for order in orders for event in events_of(shop, order)] * 2
    chance.shuffle(events)

    async def apply(event: ProviderEvent) -> None:
        async with db.as_service(shop.tenant.id) as tx:
            await settlement.do_apply(tx, ProviderName.stripe, event)

    async def try_to_apply(event: ProviderEvent) -> None:
        task = asyncio.create_task(apply(event))
        if chance.random() < 0.3:
            await asyncio.sleep(chance.random() * 0.02)
            task.cancel()
        with suppress(*KILLED):
            await task

    await asyncio.gather(*(try_to_apply(event) for event in events), spend(shop, ana, chance), kill(postgres_url, own))
    for event in events:  # a provider does not give up
        await apply(event)

    await shop.audit()
    assert await shop.rows("deferred_events") == 0
    assert await shop.cleared() == sum([await given_for(shop, ana, order["id"]) for order in orders])
    mine = await shop.wallet(ana)
    assert not (mine.debt and mine.available)


async def spend(shop: Shop, person: Person, chance: random.Random) -> None:
    """Ten times, whatever there is."""
    for _ in range(10):
        with suppress(wallet.BalanceTooLow, wallet.DebtBlocks, wallet.WalletBlocked, *KILLED):
            await shop.spend(person, chance.randint(1, 60))
        await asyncio.sleep(0.005)


async def kill(postgres_url: str, database: str) -> None:
    """Four connections of workers, in the midst of what they do."""
    superuser = await asyncpg.connect(postgres_url, database=database)
    for _ in range(4):
        await asyncio.sleep(0.02)
        await superuser.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and usename = 'meydan_service' and state <> 'idle' limit 1"
        )
    await superuser.close()


async def given_for(shop: Shop, person: Person, payment_id: str) -> int:
    """The coins that a payment left with its person, who got two thirds of the money back."""
    payment = await shop.get(person, f"/api/payments/{payment_id}")
    assert payment["refunded"] == payment["amount"] // 3 * 2
    if payment["status"] == "held":  # disputes make the rules look
        assert payment["problem"] == "under_review"
        return 0
    assert payment["status"] == "partly_refunded"
    assert payment["coins_clawed_back"] == payment["coins"] * payment["refunded"] // payment["amount"]
    left: int = payment["coins"] - payment["coins_clawed_back"]
    return left


def events_of(shop: Shop, order: Answer) -> list[ProviderEvent]:
    """Paid, a third refunded, another third, disputed, the dispute won."""
    now, third = clock.now(), order["amount"] // 3
    paid: Paid = shop.paid(order)
    opened: Disputed = disputed(paid, DisputeState.opened)
    told: list[ProviderEvent] = [
        paid,
        refunded(paid, third),
        refunded(paid, third * 2),
        opened,
        msgspec.structs.replace(opened, state=DisputeState.won),
    ]
    return [
        msgspec.structs.replace(event, event_id=uuid4().hex, happened_at=now + timedelta(seconds=place))
        for place, event in enumerate(told)
    ]
