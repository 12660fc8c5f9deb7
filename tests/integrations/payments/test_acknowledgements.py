"""Google takes back, after three days, what nobody acknowledged: whatever happens to a purchase here, that does not."""

import logging
from uuid import UUID

import pytest

from meydan.integrations.payments.google import signatures
from meydan.kit import personal_data
from meydan.money.fraud import cases
from meydan.money.fraud.cases import Choice
from meydan.money.payments import refunds, settlement
from meydan.money.payments.settlement import acknowledgements
from meydan.money.provider_events import webhook_events
from tests.conftest import MovableClock
from tests.factories import Person
from tests.integrations.payments.fake_server import Answered
from tests.integrations.payments.servers.google import PlayStore
from tests.integrations.payments.stores import coins, look, post, tell_google
from tests.money.fraud.purchases import configure
from tests.money.shops import Answer, Shop

DOWN = Answered(503, "no backend")


async def held(shop: Shop, store: PlayStore) -> tuple[Person, Answer, str]:
    """The second purchase of the hour is looked at first."""
    await configure(shop.db, shop.tenant, payments_per_hour=1, review_score=30)
    person = await shop.person()
    first = await shop.order(person, provider="google")
    store.buy(account=UUID(first["id"]))
    await tell_google(shop, store.told[-1])
    payment = await shop.order(person, provider="google")
    token = store.buy(account=UUID(payment["id"]))
    await tell_google(shop, store.told[-1])
    assert (await look(shop, person, payment))["problem"] == "under_review"
    return person, payment, token


async def decide(shop: Shop, payment: Answer, choice: Choice) -> None:
    async with shop.db.as_service(shop.tenant.id) as tx:
        case_id = await tx.one(
            UUID, "select id from app.fraud_cases where tenant_id = $1 and payment_id = $2", UUID(payment["id"])
        )
        await cases.do_decide(tx, case_id, choice, "looked at", (await shop.person()).me.user_id)
    await shop.work()


async def sweep(shop: Shop) -> list[str]:
    async with shop.db.as_service(shop.tenant.id) as tx:
        await acknowledgements.do_sweep(tx)
    return await shop.work()


async def acknowledged(shop: Shop, payment: Answer) -> str | None:
    found: str | None = await shop.owner.fetchval(
        "select acknowledged from app.payments where tenant_id = $1 and id = $2", shop.tenant.id, UUID(payment["id"])
    )
    return found


async def test_what_is_held_is_acknowledged_and_consumed_when_it_is_given(store_counter: Shop, play_store: PlayStore):
    shop, store = store_counter, play_store
    ana, payment, token = await held(shop, store)
    assert store.done[-1] == ("acknowledge", token)
    assert await acknowledged(shop, payment) == "ours"
    told = len(store.told)
    store.three_days_pass()
    assert len(store.told) == told, "nothing is taken back"
    assert await sweep(shop) == []
    await decide(shop, payment, Choice.release)
    assert store.done[-1] == ("consume", token)
    assert await acknowledged(shop, payment) == "given"
    assert await coins(shop, ana) == 2 * payment["coins"]
    assert await sweep(shop) == []


async def test_what_staff_reject_goes_back_through_google(store_counter: Shop, play_store: PlayStore):
    shop, store = store_counter, play_store
    ana, payment, token = await held(shop, store)
    before = await coins(shop, ana)
    await decide(shop, payment, Choice.refund)
    assert store.done[-1] == ("refund", store.products[token]["orderId"])
    assert (await look(shop, ana, payment))["status"] == "refunded"
    await tell_google(shop, store.told[-1])
    assert await coins(shop, ana) == before
    assert await sweep(shop) == []
    await shop.audit()


async def test_a_membership_that_is_held_is_acknowledged_too(store_counter: Shop, play_store: PlayStore):
    shop, store = store_counter, play_store
    ana, _, _ = await held(shop, store)
    payment = await shop.subscribe(ana, provider="google")
    token = store.subscribe(account=UUID(payment["id"]))
    await tell_google(shop, store.told[-1])
    assert (await look(shop, ana, payment))["status"] == "held"
    assert store.done[-1] == ("acknowledge", token)
    await decide(shop, payment, Choice.refund)
    assert store.done[-1] == ("refund", store.subscriptions[token]["lineItems"][0]["latestSuccessfulOrderId"])


async def test_google_is_told_again_until_it_hears(
    store_counter: Shop, play_store: PlayStore, moving_clock: MovableClock, caplog: pytest.LogCaptureFixture
):
    shop, store = store_counter, play_store
    ana = await shop.person()
    payment = await shop.order(ana, provider="google")
    token = store.buy(account=UUID(payment["id"]))
    await tell_google(shop, store.told[-1])
    # As if none of that had been heard, nor kept.
    store.done.clear()
    store.products[token]["acknowledgementState"] = "ACKNOWLEDGEMENT_STATE_PENDING"
    store.products[token]["productLineItem"][0]["productOfferDetails"]["consumptionState"] = (
        "CONSUMPTION_STATE_YET_TO_BE_CONSUMED"
    )
    await shop.owner.execute(
        "update app.payments set acknowledged = null, acknowledge_asked_at = null where tenant_id = $1", shop.tenant.id
    )
    store.trouble = [DOWN] * 20
    assert await sweep(shop) == [acknowledgements.ACKNOWLEDGE]
    assert await sweep(shop) == [], "each is asked for four times an hour"
    moving_clock.forward(hours=49)
    with caplog.at_level(logging.ERROR):
        assert await sweep(shop) == [acknowledgements.ACKNOWLEDGE]
    assert "refunds it after three days" in caplog.text
    store.trouble.clear()
    moving_clock.forward(minutes=16)
    assert await sweep(shop) == [acknowledgements.ACKNOWLEDGE]
    assert store.done == [("consume", token)]
    moving_clock.forward(hours=1)
    assert await sweep(shop) == []


async def test_what_was_given_while_google_heard_that_it_is_held(store_counter: Shop, play_store: PlayStore):
    shop, store = store_counter, play_store
    await configure(shop.db, shop.tenant, payments_per_hour=1, review_score=30)
    ana = await shop.person()
    await shop.order(ana, provider="google")
    _, payment, token = await held(shop, store)
    async with shop.db.as_service(shop.tenant.id) as tx:
        await tx.run(
            "update app.payments set acknowledged = null where tenant_id = $1 and id = $2", UUID(payment["id"])
        )
        await settlement.do_release(tx, UUID(payment["id"]))
    await shop.work()
    assert store.done[-1] == ("consume", token)
    assert await acknowledged(shop, payment) == "given"


async def test_another_product_than_was_ordered_waits_for_staff_and_is_acknowledged(
    store_counter: Shop, play_store: PlayStore
):
    shop, store = store_counter, play_store
    ana = await shop.person()
    payment = await shop.order(ana, provider="google")
    token = store.buy("coins.100", account=UUID(payment["id"]))
    await tell_google(shop, store.told[-1])
    assert (await look(shop, ana, payment))["problem"] == "product_differs"
    assert store.done == [("acknowledge", token)]


async def test_what_arrives_for_somebody_who_has_left_is_googles_to_give_back(
    store_counter: Shop, play_store: PlayStore
):
    shop, store = store_counter, play_store
    ana = await shop.person()
    payment = await shop.order(ana, provider="google")
    async with shop.db.as_service(shop.tenant.id) as tx:
        await personal_data.do_erase(tx, ana.me.user_id)
    token = store.buy(account=UUID(payment["id"]))
    await tell_google(shop, store.told[-1])
    assert await sweep(shop) == []
    assert store.done == []
    store.three_days_pass()
    await tell_google(shop, store.told[-1])
    status = await shop.owner.fetchval("select status from app.payments where tenant_id = $1", shop.tenant.id)
    assert (status, store.orders[store.products[token]["orderId"]]["state"]) == ("refunded", "REFUNDED")


async def test_keys_that_google_refuses_lose_no_purchase(store_counter: Shop, play_store: PlayStore):
    """An operator who took a right away puts it back in a day: what was bought meanwhile is read then."""
    shop, store = store_counter, play_store
    ana = await shop.person()
    payment = await shop.order(ana, provider="google")
    token = store.buy(account=UUID(payment["id"]))
    await signatures._keys(f"{store.url}/certs", "a")  # the sender's keys are known
    refused = {"error": {"code": 403, "message": "The current user has insufficient permissions."}}
    store.trouble = [Answered(403, refused)] * 4
    assert await post(shop, "google", store.told[-1]) == 200
    await shop.work()
    assert (await look(shop, ana, payment))["status"] == "pending"
    store.trouble.clear()
    assert webhook_events.READ_WEBHOOK_EVENT in await shop.work(delayed=True)
    assert (await look(shop, ana, payment))["status"] == "paid"
    assert store.done == [("consume", token)]


async def test_a_refund_that_was_asked_of_google_while_it_was_down(store_counter: Shop, play_store: PlayStore):
    shop, store = store_counter, play_store
    ana, payment, token = await held(shop, store)
    store.trouble = [DOWN] * 3
    await decide(shop, payment, Choice.refund)
    assert (await look(shop, ana, payment))["status"] == "held"
    store.trouble.clear()
    assert refunds.ASK_REFUND in await shop.work(delayed=True)
    assert store.done[-1] == ("refund", store.products[token]["orderId"])
    assert len([one for one in store.done if one[0] == "refund"]) == 1
