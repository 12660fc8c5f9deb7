"""Subscriptions at Google Play: all their orders, however many failed."""

from uuid import uuid4

import pytest

from meydan.integrations.payments.contract import (
    Paid,
    ProviderUnavailable,
    SubscriptionChanged,
)
from meydan.integrations.payments.google.adapter import GoogleProvider
from tests.integrations.payments.fake_server import Answered
from tests.integrations.payments.google.reading import last, of, order_of
from tests.integrations.payments.servers.google import PlayStore


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
