"""Coins bought at Google Play: what it tells of a purchase, and that it is told once that they were given."""

import json
from uuid import uuid4

import pytest

from meydan.integrations.payments.contract import (
    Awaited,
    Failed,
    Paid,
    ProviderRefused,
    ProviderUnavailable,
    Refunded,
)
from meydan.integrations.payments.google import client
from meydan.integrations.payments.google.adapter import GoogleProvider
from tests.integrations.payments.fake_server import Answered
from tests.integrations.payments.google.reading import last, of, order_of
from tests.integrations.payments.servers.google import PlayStore


async def test_bought_coins_are_told_and_checked_alike(google: GoogleProvider, store: PlayStore):
    payment = uuid4()
    token = store.buy(account=payment)
    (paid,) = told = await last(google, store)
    assert isinstance(paid, Paid)
    assert (paid.charge, paid.amount, paid.currency) == (order_of(store, token), 14999, "TRY")
    assert (paid.payment_id, paid.product_id, paid.subscription, paid.test) == (payment, "coins.500", None, False)
    assert await google.receipt(token) == await google.payment(paid.charge) == told


async def test_cash_at_a_kiosk_counts_when_it_arrives(google: GoogleProvider, store: PlayStore):
    payment = uuid4()
    token = store.buy(account=payment, pending=True)
    (waits,) = await google.receipt(token)
    assert isinstance(waits, Awaited)
    assert waits.payment_id == payment
    store.complete(token)
    assert of(Paid, await last(google, store)).payment_id == payment


async def test_cash_that_never_arrives(google: GoogleProvider, store: PlayStore):
    payment = uuid4()
    store.give_up(store.buy(account=payment, pending=True))
    (failed,) = await last(google, store)
    assert isinstance(failed, Failed)
    assert (failed.payment_id, failed.reason) == (payment, "cancelled")


async def test_an_order_is_known_longer_than_its_purchase(google: GoogleProvider, store: PlayStore):
    """It says that money went back, but not whose it was."""
    token = store.buy(account=uuid4())
    order = order_of(store, token)
    assert [type(event) for event in await google.payment(order)] == [Paid]
    store.refund(order)
    assert [type(event) for event in await google.payment(order)] == [Paid, Refunded]
    store.gone.add(token)
    assert [type(event) for event in await google.payment(order)] == [Refunded]


async def test_a_token_nobody_sold(google: GoogleProvider, store: PlayStore):
    with pytest.raises(ProviderRefused, match="404"):
        await google.receipt("made.AO-J1Oup")
    with pytest.raises(ProviderRefused, match="404"):
        await google.payment("GPA.1234-5678-9012-34567")
    asked = len(store.asked)
    for nonsense in ("", "../../orders", "a b", "ü" * 20, "x" * 2000):
        with pytest.raises(ProviderRefused, match="no order's id"):
            await google.payment(nonsense)
        with pytest.raises(ProviderRefused, match="no purchase token"):
            await google.receipt(nonsense)
    assert await google.payment(str(uuid4())) == []
    assert len(store.asked) == asked


async def test_a_testers_purchase_says_so(google: GoogleProvider, store: PlayStore):
    store.buy(test=True)
    assert of(Paid, await last(google, store)).test
    store.subscribe(test=True)
    assert of(Paid, await last(google, store)).test


# Telling Google that it was given.


async def test_coins_are_consumed_exactly_once(google: GoogleProvider, store: PlayStore):
    token = store.buy()
    charge = order_of(store, token)
    for _ in range(3):
        await google.do_acknowledge(charge, subscription=False, given=True)
    assert store.done == [("consume", token)]
    store.three_days_pass()
    assert store.orders[charge]["state"] == "PROCESSED"


async def test_a_membership_is_acknowledged_exactly_once(google: GoogleProvider, store: PlayStore):
    token = store.subscribe()
    charge = order_of(store, token)
    for _ in range(3):
        await google.do_acknowledge(charge, subscription=True, given=True)
    renewal = store.renew(token)
    await google.do_acknowledge(renewal, subscription=True, given=True)
    assert store.done == [("acknowledge", token)]


async def test_two_workers_that_acknowledge_together(google: GoogleProvider, store: PlayStore):
    """One looks before the other is done, and is refused after."""
    token = store.buy()
    charge = order_of(store, token)
    await google.do_acknowledge(charge, subscription=False, given=True)
    pending = json.loads(json.dumps(store.products[token]))
    pending["productLineItem"][0]["productOfferDetails"]["consumptionState"] = "CONSUMPTION_STATE_YET_TO_BE_CONSUMED"
    store.trouble = [Answered(200, store.orders[charge]), Answered(200, pending)]
    await google.do_acknowledge(charge, subscription=False, given=True)
    assert store.done == [("consume", token)]


async def test_google_is_still_writing_the_purchase(google: GoogleProvider, store: PlayStore):
    token = store.buy()
    charge = order_of(store, token)
    busy = {"error": {"code": 409, "message": "The object was already in the process of being updated."}}
    store.trouble = [Answered(200, store.orders[charge]), Answered(200, store.products[token]), Answered(409, busy)]
    client._credentials.cache_clear()
    store.access_tokens.add("known")
    store.trouble.insert(0, Answered(200, {"access_token": "known", "expires_in": 3599, "token_type": "Bearer"}))
    with pytest.raises(ProviderUnavailable, match="409"):
        await google.do_acknowledge(charge, subscription=False, given=True)
    await google.do_acknowledge(charge, subscription=False, given=True)
    assert store.done == [("consume", token)]


async def test_what_nobody_acknowledges_google_takes_back(google: GoogleProvider, store: PlayStore):
    token = store.buy(account=uuid4())
    store.three_days_pass()
    (refunded,) = await last(google, store)
    assert isinstance(refunded, Refunded)
    assert (refunded.charge, refunded.refunded) == (order_of(store, token), 14999)
    with pytest.raises(ProviderRefused, match="400"):
        await google.do_acknowledge(refunded.charge, subscription=False, given=True)
