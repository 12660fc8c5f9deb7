"""Google Play, as a server of our own behaves like it."""

import asyncio
import base64
import json
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

import msgspec
import pytest

from meydan.integrations.payments.contract import (
    Awaited,
    Charge,
    Disputed,
    DisputeState,
    Failed,
    Paid,
    ProviderEvent,
    ProviderRefused,
    ProviderUnavailable,
    Refunded,
    RefundElsewhere,
    SignatureInvalid,
    SubscriptionChanged,
    SubscriptionState,
    Webhook,
    WebhookEvent,
)
from meydan.integrations.payments.google import client, signatures
from meydan.integrations.payments.google.account import GoogleAccount
from meydan.integrations.payments.google.adapter import GoogleProvider
from tests.integrations.payments.fake_server import Answered
from tests.integrations.payments.servers.google import PlayStore
from tests.integrations.payments.servers.google_schema import shape_of
from tests.integrations.payments.servers.shapes import Unfit, check
from tests.waiting import patience

T = TypeVar("T")


@pytest.fixture
async def store() -> AsyncIterator[PlayStore]:
    async with PlayStore() as one:
        yield one


def account(store: PlayStore, **other: Any) -> GoogleAccount:
    mine = GoogleAccount(
        service_account_json=json.dumps(store.service_account),
        package_name=store.package_name,
        push_audience=store.push_audience,
        push_email=store.push_email,
        api_url=store.url + "/",
        certificates_url=f"{store.url}/certs",
    )
    return msgspec.structs.replace(mine, **other)


@pytest.fixture
def google(store: PlayStore) -> GoogleProvider:
    return GoogleProvider(account(store), sandbox=False)


async def deliver(google: GoogleProvider, webhook: Webhook) -> list[ProviderEvent]:
    """As the webhook's route and its job do: what was verified is kept as JSON, and read later."""
    webhook_event = await google.verify(webhook)
    return await google.read(msgspec.json.decode(msgspec.json.encode(webhook_event), type=WebhookEvent))


async def last(google: GoogleProvider, store: PlayStore) -> list[ProviderEvent]:
    return await deliver(google, store.told[-1])


def of(kind: type[T], events: list[ProviderEvent]) -> T:
    (one,) = [event for event in events if isinstance(event, kind)]
    return one


def state(events: list[ProviderEvent]) -> SubscriptionState:
    return of(SubscriptionChanged, events).state


def order_of(store: PlayStore, token: str) -> str:
    (order,) = [one["orderId"] for one in store.orders.values() if one["purchaseToken"] == token]
    return str(order)


# Buying.


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


# Subscriptions.


async def test_every_order_of_a_subscription_is_read_oldest_first(google: GoogleProvider, store: PlayStore):
    payment = uuid4()
    token = store.subscribe(account=payment)
    first = order_of(store, token)
    renewals = [store.renew(token) for _ in range(2)]
    assert renewals == [f"{first}..0", f"{first}..1"]
    *charges, changed = await last(google, store)
    assert isinstance(changed, SubscriptionChanged)
    assert [event.charge for event in charges if isinstance(event, Paid)] == [first, *renewals]
    assert [event.payment_id for event in charges if isinstance(event, Paid)] == [payment, None, None]
    assert {event.subscription for event in charges if isinstance(event, Paid)} == {first}
    for asked in (await google.payment(renewals[0]), await google.receipt(token)):
        assert asked[:-1] == charges
        assert of(SubscriptionChanged, asked).event_id == changed.event_id


async def test_an_answer_that_is_none_of_googles(google: GoogleProvider, store: PlayStore):
    token = store.buy()
    await google.receipt(token)  # has an access token from now on
    store.trouble = [Answered(200, {"orderId": 7})]
    with pytest.raises(ProviderUnavailable):
        await google.receipt(token)


async def test_a_renewal_whose_order_is_missing_stops_nothing(google: GoogleProvider, store: PlayStore):
    """Renewals that failed are counted, too."""
    token = store.subscribe()
    first = order_of(store, token)
    renewals = [store.renew(token) for _ in range(5)]
    del store.orders[renewals[1]]
    charges = [event.charge for event in await google.receipt(token) if isinstance(event, Paid)]
    assert charges == [first, renewals[0], *renewals[2:]]


# Refunds.


async def test_a_refund_is_asked_once(google: GoogleProvider, store: PlayStore):
    charge = order_of(store, store.buy())
    first = await google.do_refund(charge, 14999, "TRY", "key")
    again = await google.do_refund(charge, 14999, "TRY", "key")
    assert first == again
    assert first.refunded == 14999
    assert store.done == [("refund", charge)]
    told = of(Refunded, await last(google, store))
    assert (told.refunded, told.refund) == (14999, first.provider_refund_id)
    assert of(Refunded, await google.payment(charge)) == told


async def test_a_refunded_subscription_is_not_charged_again(google: GoogleProvider, store: PlayStore):
    charge = order_of(store, store.subscribe())
    await google.do_refund(charge, 19999, "TRY", "key")
    assert store.done == [("refund", charge)]  # with revoke


async def test_a_part_is_refunded_in_the_console(google: GoogleProvider, store: PlayStore):
    token = store.buy(account=uuid4())
    charge = order_of(store, token)
    with pytest.raises(RefundElsewhere, match="Play Console"):
        await google.do_refund(charge, 5000, "TRY", "key")
    store.refund_part(charge, (50, 0, "TRY"))
    store.refund_part(charge, (20, 0, "TRY"), state="PENDING")
    events = await google.receipt(token)
    assert (of(Refunded, events).refunded, of(Refunded, events).refund) == (5000, None)
    assert of(Paid, events).amount == 14999
    assert (await google.do_refund(charge, 9999, "TRY", "other")).refunded == 14999


async def test_what_was_never_paid_is_not_refunded(google: GoogleProvider, store: PlayStore):
    charge = order_of(store, store.buy(pending=True))
    with pytest.raises(ProviderRefused, match="PENDING"):
        await google.do_refund(charge, 14999, "TRY", "key")
    with pytest.raises(ProviderRefused, match="not paid in USD"):
        await google.do_refund(order_of(store, store.buy()), 14999, "USD", "key")
    assert store.done == []


async def test_a_chargeback_is_a_lost_dispute(google: GoogleProvider, store: PlayStore):
    charge = order_of(store, store.buy())
    store.refund(charge, reason="CHARGEBACK")
    (disputed,) = await last(google, store)
    assert isinstance(disputed, Disputed)
    assert (disputed.charge, disputed.amount, disputed.state) == (charge, 14999, DisputeState.lost)


# Who may tell.


async def test_the_same_notice_twice_has_one_id(google: GoogleProvider, store: PlayStore):
    token = store.buy(account=uuid4())
    first, again = [await google.verify(store.told[0]) for _ in range(2)]
    assert first == again
    assert first.payload == {"token": token, "kind": "product"}
    assert await google.read(first) == await google.read(again)


BODY = b'{"message": {"data": "e30=", "messageId": "1"}, "subscription": "s"}'


async def test_googles_keys_are_fetched_once_and_when_they_change(
    google: GoogleProvider, store: PlayStore, monkeypatch: pytest.MonkeyPatch
):
    def fetched() -> int:
        return [asked.path for asked in store.asked].count("/certs")

    test = {"testNotification": {"version": "1.0"}}
    for _ in range(3):
        await google.verify(store.tell(test))
    assert fetched() == 1
    for _ in range(3):  # nobody makes us ask by making keys up
        with pytest.raises(SignatureInvalid):
            await google.verify(store.push(BODY, kid="made up"))
    assert fetched() == 1
    monkeypatch.setattr(signatures, "_FETCH_AGAIN", -1)
    store.push_key = "b"
    await google.verify(store.tell(test))
    assert fetched() == 2


async def test_without_googles_keys_nothing_is_believed(store: PlayStore):
    google = GoogleProvider(account(store, certificates_url=f"{store.url}/nothing"), sandbox=False)
    with pytest.raises(SignatureInvalid):
        await google.verify(store.tell({"testNotification": {"version": "1.0"}}))


# The books.


async def test_a_statement_holds_what_we_know_and_what_was_taken_back(google: GoogleProvider, store: PlayStore):
    store.page_size = 1
    now = datetime.now(UTC)
    bought, refunded, lost, pending = (
        order_of(store, store.buy()),
        order_of(store, store.buy()),
        order_of(store, store.subscribe()),
        order_of(store, store.buy(pending=True)),
    )
    store.refund(refunded)
    store.refund(lost, reason="CHARGEBACK")
    statement = await google.statement(now - timedelta(days=60), now, [bought, pending, "GPA.0000-0000-0000-00000"])
    assert not statement.complete
    charges = {one.provider_charge_id: one for one in statement.charges}
    assert charges.keys() == {bought, refunded, lost}
    assert (charges[refunded].refunded, charges[refunded].disputed) == (14999, False)
    assert (charges[lost].refunded, charges[lost].disputed) == (0, True)
    processed = datetime.fromisoformat(store.orders[bought]["orderHistory"]["processedEvent"]["eventTime"])
    assert charges[bought] == Charge(bought, 14999, "TRY", refunded=0, disputed=False, paid_at=processed)


async def test_many_orders_are_asked_for_in_lists(google: GoogleProvider, store: PlayStore):
    known = [order_of(store, store.buy()) for _ in range(150)]
    now = datetime.now(UTC)
    statement = await google.statement(now - timedelta(days=1), now, known)
    assert {one.provider_charge_id for one in statement.charges} == set(known)
    assert [asked.path.endswith(":batchGet") for asked in store.asked].count(True) == 2


# When it does not work.


async def test_an_access_token_serves_until_google_forgets_it(google: GoogleProvider, store: PlayStore):
    token = store.buy()
    for _ in range(3):
        await google.receipt(token)
    assert [asked.path for asked in store.asked].count("/token") == 1
    store.access_tokens.clear()
    assert of(Paid, await google.receipt(token)).amount == 14999
    assert [asked.path for asked in store.asked].count("/token") == 2


@pytest.mark.parametrize("json_text", ["", "{}", "[]", '{"client_email": "a", "private_key": "b", "token_uri": "c"}'])
def test_a_file_that_is_no_key_is_told_when_it_is_set(json_text: str):
    values = {"service_account_json": json_text, "package_name": "p", "push_audience": "a", "push_email": "e"}
    with pytest.raises(msgspec.ValidationError, match="not the file of a service account's key"):
        msgspec.convert(values, GoogleAccount)


async def test_a_missing_library_is_told_in_words_when_it_is_used(store: PlayStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "meydan.integrations.payments.google.client", None)
    monkeypatch.setitem(sys.modules, "google.auth", None)
    google = GoogleProvider(account(store), sandbox=False)
    with pytest.raises(ProviderRefused, match=r"pip install 'meydan\[google-play\]'"):
        await google.receipt("token")
    with pytest.raises(ProviderRefused, match=r"pip install 'meydan\[google-play\]'"):
        await google.verify(store.push(BODY))
    await google.close()


async def test_googles_library_is_loaded_where_it_is_used():
    looked = "import sys, meydan.integrations.payments.google.adapter; sys.exit(any(name.startswith('google') for name in sys.modules))"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", looked)
    async with patience("the end of a program that only imports"):
        assert await process.wait() == 0


# The server of ours is held against Google's description.


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ("Order", {"orderID": "GPA.1"}),
        ("Order", {"state": "PAID"}),
        ("Order", {"createTime": "yesterday"}),
        ("Money", {"units": 1}),
        ("Money", {"nanos": 2**31}),
        ("Money", {"nanos": True}),
        ("ProductPurchaseV2", {"productLineItem": {}}),
        ("SubscriptionPurchaseV2", {"lineItems": [{"autoRenewingPlan": {"autoRenewEnabled": "yes"}}]}),
    ],
)
def test_an_answer_google_would_not_give(schema: str, value: dict[str, Any]):
    with pytest.raises(Unfit):
        check(shape_of(schema), value)


def test_a_message_is_what_pubsub_posts(store: PlayStore):
    body = json.loads(store.tell({"testNotification": {"version": "1.0"}}).body)
    assert json.loads(base64.b64decode(body["message"]["data"]))["packageName"] == store.package_name
