"""Money that goes back to buyers at Google Play, and the books that hold it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from meydan.integrations.payments.contract import (
    Charge,
    Disputed,
    DisputeState,
    Paid,
    ProviderRefused,
    Refunded,
    RefundElsewhere,
)
from meydan.integrations.payments.google.adapter import GoogleProvider
from tests.integrations.payments.google.reading import last, of, order_of
from tests.integrations.payments.servers.google import PlayStore


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
