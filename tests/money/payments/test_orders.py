"""Buying coins: the order is recorded first, its page opened once, and it is fulfilled after a verified event."""

import asyncio
from uuid import UUID, uuid4

import msgspec
import pytest

from meydan.integrations.payments.contract import Checkout, Order, ProviderRefused
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Database
from meydan.kit.jobs import retries
from meydan.money import wallet
from meydan.money.payments import checkouts, orders, settlement
from tests.conftest import MovableClock
from tests.money.scripted_provider import DOWN, ScriptedProvider
from tests.money.shops import Shop, failed, refunded


async def test_coins_are_bought(shop: Shop):
    ana = await shop.person()
    payment = await shop.order(ana, 1)
    assert (payment["status"], payment["coins"], payment["amount"]) == ("pending", 550, 24_999)
    assert payment["checkout_url"] == f"https://pay.example/{payment['id']}"
    order = shop.book.orders[UUID(payment["id"])]
    assert (order.amount, order.currency, order.title) == (24_999, "TRY", "A community: 550 jeton")
    assert order.return_url == f"http://127.0.0.1:8000/wallet/payments/{payment['id']}"
    assert order.webhook_url.endswith(f"/api/payments/webhooks/stripe/{shop.tenant.slug}")
    assert order.buyer.customer_reference not in (ana.me.user_id, ana.me.profile_id)
    assert (await shop.wallet(ana)).balance == 0

    await shop.deliver(shop.paid(payment))
    after = await shop.get(ana, f"/api/payments/{payment['id']}")
    assert (after["status"], after["settled_at"] is not None, after.get("checkout_url")) == ("paid", True, None)
    assert (await shop.wallet(ana)).balance == 550
    assert await shop.cleared() == 550
    frames = [frame["payment"]["status"] for frame in await shop.frames(ana, "payment")]
    assert frames == ["pending", "paid"]
    assert [item["id"] for item in (await shop.get(ana, "/api/payments"))["items"]] == [payment["id"]]
    await shop.audit()


async def test_one_key_is_one_order(shop: Shop):
    ana, key = await shop.person(), uuid4().hex
    body = {"package_id": shop.packages[0]["id"]}
    answers = await asyncio.gather(*(shop.ask(ana, "POST", "/api/coins/purchase", body, key) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    other = await shop.ask(ana, "POST", "/api/coins/purchase", {"package_id": shop.packages[1]["id"]}, key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    elsewhere = await shop.ask(ana, "POST", "/api/coins/purchase", body | {"provider": "google"}, key)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "idempotency_key_reused")
    without = await shop.ask(ana, "POST", "/api/coins/purchase", body)
    assert (without.status_code, without.json()["code"]) == (400, "idempotency_key_missing")
    bora = await shop.person()
    theirs = await shop.ask(bora, "POST", "/api/coins/purchase", body, key)
    assert theirs.json()["id"] != answers[0].json()["id"], "a key is one person's own"
    await shop.work()
    assert len([ask for ask in shop.book.asked if ask.startswith("checkout")]) == 2


async def test_nothing_is_sold_that_is_not_there(shop: Shop):
    ana = await shop.person()
    gone = await shop.ask(ana, "POST", "/api/coins/purchase", {"package_id": str(uuid4())}, "k")
    assert (gone.status_code, gone.json()["code"]) == (404, "not_found")
    body = {"package_id": shop.packages[0]["id"], "provider": "apple"}
    elsewhere = await shop.ask(ana, "POST", "/api/coins/purchase", body, "k")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "provider_not_connected")


async def test_a_frozen_wallet_buys_nothing(shop: Shop, db: Database):
    ana = await shop.person()
    async with db.as_service(shop.tenant.id) as tx:
        await wallet.do_freeze(tx, ana.me.user_id, "looked at", None)
    answer = await shop.ask(ana, "POST", "/api/coins/purchase", {"package_id": shop.packages[0]["id"]}, "k")
    assert (answer.status_code, answer.json()["code"]) == (403, "wallet_frozen")


async def test_a_provider_that_is_down_is_asked_again(shop: Shop):
    ana = await shop.person()
    shop.book.failures = [DOWN, DOWN]
    payment = await shop.order(ana)
    assert payment["status"] == "created"
    await shop.work(delayed=True)
    assert (await shop.get(ana, f"/api/payments/{payment['id']}"))["status"] == "pending"
    assert len(shop.book.asked) == 3
    assert len(set(shop.book.asked)) == 1, "always the same payment's id"


async def test_a_provider_that_stays_down_is_said(shop: Shop):
    ana = await shop.person()
    shop.book.failures = [DOWN] * 20
    payment = await shop.order(ana)
    await shop.work(delayed=True)
    after = await shop.get(ana, f"/api/payments/{payment['id']}")
    assert (after["status"], after["problem"]) == ("failed", "provider_unavailable")
    assert len(shop.book.asked) == len(retries.SOON) + 1
    assert [frame["payment"]["problem"] for frame in await shop.frames(ana, "payment")] == ["provider_unavailable"]


async def test_a_provider_that_refuses_is_not_asked_again(shop: Shop, owner):
    ana = await shop.person()
    shop.book.failures = [ProviderRefused("currency TRY is not enabled for this account")]
    payment = await shop.order(ana)
    assert (payment["status"], payment["problem"]) == ("failed", "provider_refused")
    row = await owner.fetchrow("select * from app.payments where id = $1", UUID(payment["id"]))
    assert row["problem_detail"] == "currency TRY is not enabled for this account"
    assert (row["ip_address"], row["origin"]) == (None, None), "forgotten once the provider was asked"


async def test_a_worker_killed_before_our_commit_asks_again_and_opens_one_page(
    shop: Shop, db: Database, monkeypatch: pytest.MonkeyPatch
):
    ana = await shop.person()
    ordered = await shop.order(ana, open=False)

    class Killed(BaseException):
        pass

    async def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(checkouts, "_do_open", die)
        with pytest.raises(Killed):
            await checkouts.open_checkout(db, shop.tenant.id, orders.OpenCheckout(payment_id=UUID(ordered["id"])))
    assert (await shop.get(ana, f"/api/payments/{ordered['id']}"))["status"] == "created"
    await shop.work()
    after = await shop.get(ana, f"/api/payments/{ordered['id']}")
    assert after["status"] == "pending"
    assert len(shop.book.asked) == 2
    assert len(shop.book.orders) == 1
    await shop.work()
    assert len(shop.book.asked) == 2, "what is open is not opened again"


async def test_money_that_is_quicker_than_our_own_note_of_the_page_stays_paid(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
):
    ana = await shop.person()
    order = await shop.order(ana, open=False)
    checkout = ScriptedProvider.do_open_checkout

    async def paid_at_once(provider: ScriptedProvider, asked: Order) -> Checkout:
        page = await checkout(provider, asked)
        await shop.deliver(shop.paid(order))
        return page

    monkeypatch.setattr(ScriptedProvider, "do_open_checkout", paid_at_once)
    await shop.work()
    after = await shop.get(ana, f"/api/payments/{order['id']}")
    assert (after["status"], after.get("checkout_url"), (await shop.wallet(ana)).balance) == ("paid", None, 100)


async def test_orders_a_lost_job_left_are_found(shop: Shop, owner, moving_clock: MovableClock, db: Database):
    ana = await shop.person()
    ordered = await shop.order(ana, open=False)
    await owner.execute("delete from jobs.pgqueuer where headers->>'tenant_id' = $1", str(shop.tenant.id))
    moving_clock.forward(minutes=16)
    async with db.as_service(shop.tenant.id) as tx:
        await checkouts.do_sweep(tx)
    await shop.work()
    assert (await shop.get(ana, f"/api/payments/{ordered['id']}"))["status"] == "pending"


async def test_an_order_that_stays_unanswered_is_not_asked_for_with_every_sweep(
    shop: Shop, owner, moving_clock: MovableClock, db: Database
):
    ana = await shop.person()
    await shop.order(ana, open=False)
    asked = []
    for hours in (1, 1, 5):
        moving_clock.forward(hours=hours)
        await owner.execute("delete from jobs.pgqueuer where headers->>'tenant_id' = $1", str(shop.tenant.id))
        async with db.as_service(shop.tenant.id) as tx:
            await checkouts.do_sweep(tx)
        asked.append(
            await owner.fetchval(
                "select count(*) from jobs.pgqueuer where headers->>'tenant_id' = $1", str(shop.tenant.id)
            )
        )
    assert asked == [1, 0, 1], "once in six hours"


async def test_a_declined_card_may_be_tried_again_and_money_that_comes_late_counts(shop: Shop):
    ana = await shop.person()
    payment = await shop.order(ana)
    await shop.deliver(failed(payment))
    after = await shop.get(ana, f"/api/payments/{payment['id']}")
    assert (after["status"], after["problem"]) == ("failed", "declined")
    await shop.deliver(shop.paid(payment))
    after = await shop.get(ana, f"/api/payments/{payment['id']}")
    assert (after["status"], after.get("problem")) == ("paid", None)
    assert (await shop.wallet(ana)).balance == 100
    await shop.deliver(failed(payment))
    assert (await shop.get(ana, f"/api/payments/{payment['id']}"))["status"] == "paid", "an older event"


async def test_a_page_nobody_paid_on_expires_after_the_provider_was_asked(
    shop: Shop, db: Database, moving_clock: MovableClock
):
    ana, bora = await shop.person(), await shop.person()
    unpaid, paid = await shop.order(ana), await shop.order(bora)
    event = shop.paid(paid)
    shop.book.truth = {f"cs_{unpaid['id']}": [], f"cs_{paid['id']}": [event]}
    moving_clock.forward(hours=1, minutes=11)
    async with db.as_service(shop.tenant.id) as tx:
        await checkouts.do_sweep(tx)
    await shop.work()
    assert (await shop.get(ana, f"/api/payments/{unpaid['id']}"))["status"] == "expired"
    assert (await shop.get(bora, f"/api/payments/{paid['id']}"))["status"] == "paid", "its webhook was lost"
    await shop.deliver(shop.paid(unpaid))
    assert (await shop.get(ana, f"/api/payments/{unpaid['id']}"))["status"] == "paid", "the money is there"
    assert (await shop.wallet(ana)).balance == 100


async def test_who_is_back_before_the_webhook_has_the_provider_asked(shop: Shop):
    ana = await shop.person()
    payment = await shop.order(ana)
    event = shop.paid(payment)
    shop.book.truth[f"cs_{payment['id']}"] = [event]
    asked = await shop.ask(ana, "POST", f"/api/payments/{payment['id']}/check")
    assert (asked.status_code, asked.json()["status"]) == (202, "pending")
    await shop.work()
    assert (await shop.wallet(ana)).balance == 100
    await shop.deliver(msgspec.structs.replace(event, event_id="the webhook, at last"))
    assert (await shop.wallet(ana)).balance == 100


async def test_the_browser_coming_back_proves_nothing(shop: Shop):
    ana = await shop.person()
    payment = await shop.order(ana)
    shop.book.truth[f"cs_{payment['id']}"] = []
    for _ in range(3):
        await shop.ask(ana, "POST", f"/api/payments/{payment['id']}/check")
        await shop.work()
    assert (await shop.get(ana, f"/api/payments/{payment['id']}"))["status"] == "pending"
    assert (await shop.wallet(ana)).balance == 0


async def test_wrong_money_is_held_for_staff_and_never_credited_by_itself(shop: Shop, db: Database, owner):
    ana = await shop.person()
    for changes in ({"amount": 1}, {"amount": 499_900}, {"currency": "USD"}):
        payment = await shop.order(ana)
        await shop.deliver(shop.paid(payment, **changes))
        after = await shop.get(ana, f"/api/payments/{payment['id']}")
        assert (after["status"], after["problem"], after.get("release_at")) == ("held", "amount_differs", None)
    assert (await shop.wallet(ana)).balance == 0
    assert await owner.fetchval("select paid_currency from app.payments where id = $1", UUID(payment["id"])) == "USD"


async def test_play_money_counts_only_in_a_sandbox(shop: Shop):
    ana = await shop.person()
    payment = await shop.order(ana)
    await shop.deliver(shop.paid(payment, test=True))
    assert (await shop.get(ana, f"/api/payments/{payment['id']}"))["status"] == "pending"
    assert (await shop.wallet(ana)).balance == 0
    await shop.connect(ProviderName.stripe, sandbox=True)
    await shop.deliver(shop.paid(payment, test=True))
    assert (await shop.wallet(ana)).balance == 100


async def test_an_order_that_was_paid_twice_is_given_twice(shop: Shop):
    ana = await shop.person()
    payment = await shop.order(ana)
    await shop.deliver(shop.paid(payment), shop.paid(payment))
    assert (await shop.wallet(ana)).balance == 200, "two charges are twice the money"
    assert len((await shop.get(ana, "/api/payments"))["items"]) == 2
    await shop.audit()


async def test_a_paid_debt_comes_first(shop: Shop):
    ana = await shop.person()
    _, paid = await shop.buy(ana)
    await shop.spend(ana, 80)
    await shop.deliver(refunded(paid, paid.amount))
    assert (await shop.wallet(ana)).debt == 80
    await shop.buy(ana)
    assert ((await shop.wallet(ana)).balance, (await shop.wallet(ana)).debt) == (20, 0)
    await shop.audit()


async def test_held_money_is_given_once_when_released(shop: Shop, db: Database):
    ana = await shop.person()
    payment = await shop.order(ana)
    await shop.deliver(shop.paid(payment, amount=10))
    async with db.as_service(shop.tenant.id) as tx:
        released = await settlement.do_release(tx, UUID(payment["id"]))
    assert (released.status, released.coins) == ("paid", 100)
    with pytest.raises(settlement.NotHeld):
        async with db.as_service(shop.tenant.id) as tx:
            await settlement.do_release(tx, UUID(payment["id"]))
    assert (await shop.wallet(ana)).balance == 100
