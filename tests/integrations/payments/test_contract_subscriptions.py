"""The life of a subscription, told of every provider that renews by itself."""

import random
from datetime import timedelta

import msgspec
import pytest

from meydan.integrations.payments.contract import (
    Paid,
    ProviderEvent,
    ProviderRefused,
    SubscriptionChanged,
    SubscriptionState,
)
from meydan.integrations.payments.enums import Period, ProviderName
from tests.integrations.payments.fake_server import badly_delivered
from tests.integrations.payments.harnesses.base import Harness

RECURRING = [name for name in ProviderName if name is not ProviderName.iyzico]
TOLD_AS_IT_IS_NOW = (ProviderName.stripe, ProviderName.google, ProviderName.revenuecat)
"""Their webhooks only name what changed, so that a late one tells the present state."""

GRACE = {ProviderName.apple: 16, ProviderName.google: 7, ProviderName.revenuecat: 6}
"""Days that the harness's store gives."""

of_all = pytest.mark.parametrize("harness", RECURRING, indirect=True)
of_apple_and_google = pytest.mark.parametrize("harness", [ProviderName.apple, ProviderName.google], indirect=True)


async def news(harness: Harness) -> list[ProviderEvent]:
    return await harness.read(await harness.webhooks())


def newest(events: list[ProviderEvent]) -> SubscriptionChanged:
    return max((one for one in events if isinstance(one, SubscriptionChanged)), key=lambda one: one.happened_at)


def charges(events: list[ProviderEvent]) -> dict[str, Paid]:
    return {event.charge: event for event in events if isinstance(event, Paid)}


@of_all
async def test_a_subscription_through_its_life(harness: Harness):
    wanted = harness.order(Period.month)
    await harness.pay(wanted)
    events = await news(harness)
    (first,), begun = charges(events).values(), newest(events)
    assert first.payment_id == wanted.payment_id or first.buyer == wanted.buyer.customer_reference
    assert (first.subscription, first.period_ends_at) == (begun.subscription, begun.period_ends_at)
    assert begun.state is SubscriptionState.active
    assert begun.payment_id == wanted.payment_id or begun.buyer == wanted.buyer.customer_reference
    assert begun.period_ends_at > first.happened_at + timedelta(days=27)

    await harness.cancel()
    cancelled = newest(await news(harness))
    assert (cancelled.state, cancelled.period_ends_at) == (SubscriptionState.cancelled, begun.period_ends_at)
    await harness.uncancel()
    resumed = newest(await news(harness))
    assert (resumed.state, resumed.period_ends_at) == (SubscriptionState.active, begun.period_ends_at)
    assert resumed.event_id != cancelled.event_id

    await harness.renew()
    events = await news(harness)
    (renewed,) = [paid for charge, paid in charges(events).items() if charge != first.charge]
    assert (renewed.payment_id, renewed.subscription) == (None, begun.subscription)
    assert renewed.period_ends_at is not None
    assert renewed.period_ends_at >= begun.period_ends_at + timedelta(days=27)
    asked = await harness.provider.subscription(begun.subscription, renewed.charge)
    assert charges(asked)[renewed.charge].event_id == renewed.event_id
    assert newest(asked).state is SubscriptionState.active

    await harness.fail_renewal()
    grace = newest(await news(harness))
    assert grace.state is SubscriptionState.grace
    await harness.expire()
    over = newest(await news(harness))
    assert (over.state, over.subscription) == (SubscriptionState.expired, begun.subscription)
    changes = [begun, cancelled, resumed, grace, over]
    assert [one.happened_at for one in changes] == sorted(one.happened_at for one in changes)
    assert len({one.event_id for one in changes}) == len(changes)


@of_all
async def test_webhooks_late_twice_and_in_any_order_come_to_the_same(harness: Harness):
    await harness.pay(harness.order(Period.month))
    await harness.renew()
    await harness.cancel()
    sent = await harness.webhooks()
    in_order = await harness.read(sent)
    late = await harness.read(badly_delivered(list(reversed(sent)), repeats=1, shuffled=random.Random(7)))
    assert charges(late).keys() == charges(in_order).keys()
    assert len(charges(late)) == 2
    assert newest(late).state is newest(in_order).state is SubscriptionState.cancelled
    if harness.name in TOLD_AS_IT_IS_NOW:
        assert {one.state for one in late if isinstance(one, SubscriptionChanged)} == {SubscriptionState.cancelled}


@of_all
async def test_a_subscription_that_nobody_told_of_is_found_by_asking(harness: Harness):
    await harness.pay(harness.order(Period.month))
    events = await news(harness)
    (first,), begun = charges(events).values(), newest(events)
    await harness.renew()
    await harness.cancel()
    asked = await harness.provider.subscription(begun.subscription, first.charge)
    assert newest(asked).state is SubscriptionState.cancelled
    assert newest(asked).period_ends_at > begun.period_ends_at


@of_all
async def test_what_is_over_cannot_be_resumed(harness: Harness):
    await harness.pay(harness.order(Period.month))
    subscription = newest(await news(harness)).subscription
    await harness.fail_renewal()
    await harness.expire()
    with pytest.raises(ProviderRefused):
        await harness.provider.do_resume(subscription)


@of_all
async def test_a_deferred_event_survives_being_stored(harness: Harness):
    """An event that comes too early waits as JSON, with its tag and its fields' names."""
    await harness.pay(harness.order(Period.month))
    events = await news(harness)
    assert msgspec.json.decode(msgspec.json.encode(events), type=list[ProviderEvent]) == events


@pytest.mark.parametrize("harness", GRACE, indirect=True)
async def test_grace_has_the_stores_own_end(harness: Harness):
    await harness.pay(harness.order(Period.month))
    begun = newest(await news(harness))
    await harness.fail_renewal()
    grace = newest(await news(harness))
    assert grace.state is SubscriptionState.grace
    assert grace.grace_ends_at == begun.period_ends_at + timedelta(days=GRACE[harness.name])
    if harness.name is not ProviderName.google:  # which moves the period's own end
        assert grace.period_ends_at == begun.period_ends_at


@of_apple_and_google
async def test_money_that_comes_after_all_takes_it_up_again(harness: Harness):
    await harness.pay(harness.order(Period.month))
    await harness.fail_renewal()
    await harness.expire()
    assert newest(await news(harness)).state is SubscriptionState.expired
    await harness.renew(after_trouble=True)
    again = newest(await news(harness))
    assert (again.state, again.grace_ends_at) == (SubscriptionState.active, None)


@of_apple_and_google
async def test_without_grace_a_failed_renewal_ends_it(harness: Harness):
    await harness.pay(harness.order(Period.month))
    await harness.fail_renewal(grace=False)
    assert newest(await news(harness)).state is SubscriptionState.expired
