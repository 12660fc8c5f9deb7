"""The books of our provider: refunds, disputes, subscriptions, periods, and what an account may see."""

from datetime import datetime, timedelta

import pytest

from meydan import integrations, tenants
from meydan.integrations.payments.contract import (
    Disputed,
    DisputeState,
    Paid,
    ProviderRefused,
    Refunded,
    SubscriptionChanged,
    SubscriptionState,
)
from meydan.integrations.payments.enums import Period
from meydan.integrations.payments.local.account import LocalAccount
from meydan.integrations.payments.local.adapter import LocalProvider
from meydan.integrations.payments.local.books.operations import period_end
from meydan.integrations.payments.local.signatures import api_keys
from meydan.kit import clock
from tests.conftest import MovableClock
from tests.integrations.payments.local_shopping import (
    DISPUTED,
    NO_RENEWAL,
    Mailbox,
    Shopping,
    browser,
    buy,
    events,
    mailbox,
    on_dashboard,
    order,
    provider,
)

__all__ = ["mailbox", "order", "provider"]


async def test_refunds_add_up_and_never_to_more_than_was_paid(
    provider: LocalProvider, order: Shopping, mailbox: Mailbox
):
    await buy(provider, order())
    (paid,) = await events(provider, await mailbox.wait_for(1))
    assert isinstance(paid, Paid)
    part = await provider.do_refund(paid.charge, 1000, "TRY", "one")
    assert part == await provider.do_refund(paid.charge, 1000, "TRY", "one"), "the same key is the same refund"
    with pytest.raises(ProviderRefused, match="idempotency_key_of_another_request"):
        await provider.do_refund(paid.charge, 2000, "TRY", "one")
    with pytest.raises(ProviderRefused, match="amount_too_large"):
        await provider.do_refund(paid.charge, 3991, "TRY", "two")
    with pytest.raises(ProviderRefused, match="in TRY"):
        await provider.do_refund(paid.charge, 1, "EUR", "two")
    with pytest.raises(ProviderRefused, match="no_such_object"):
        await provider.do_refund("lpy_nothing", 1, "TRY", "two")
    rest = await provider.do_refund(paid.charge, 3990, "TRY", "two")
    assert (part.refunded, rest.refunded) == (1000, 4990)
    _, *refunds = await events(provider, await mailbox.wait_for(3))
    assert sorted(event.refunded for event in refunds if isinstance(event, Refunded)) == [1000, 4990]
    asked = await provider.payment(paid.charge)
    assert next(event for event in asked if isinstance(event, Refunded)).refunded == 4990
    assert {event.event_id for event in asked} <= {event.event_id for event in [paid, *refunds]}


async def test_a_disputed_card_complains_and_the_bank_decides(
    provider: LocalProvider, order: Shopping, mailbox: Mailbox, pay_place: str, moving_clock: MovableClock
):
    await buy(provider, order(), DISPUTED)
    await mailbox.wait_for(1)
    moving_clock.forward(seconds=6)
    paid, opened = await events(provider, await mailbox.wait_for(2))
    assert isinstance(paid, Paid)
    assert isinstance(opened, Disputed)
    assert (opened.charge, opened.state, opened.amount) == (paid.charge, DisputeState.opened, 4990)
    with pytest.raises(ProviderRefused, match="disputed"):
        await provider.do_refund(paid.charge, 1, "TRY", "now?")
    assert (await on_dashboard(pay_place, "dispute_won", paid.charge)).status_code == 303
    *_, won = await events(provider, await mailbox.wait_for(3))
    assert isinstance(won, Disputed)
    assert (won.dispute, won.state) == (opened.dispute, DisputeState.won)
    await on_dashboard(pay_place, "dispute", paid.charge)
    await on_dashboard(pay_place, "dispute_lost", paid.charge)
    last = (await events(provider, await mailbox.wait_for(5)))[3:]
    assert {event.state for event in last if isinstance(event, Disputed)} == {DisputeState.opened, DisputeState.lost}


async def test_a_subscription_renews_by_itself_until_it_is_cancelled(
    provider: LocalProvider, order: Shopping, mailbox: Mailbox, moving_clock: MovableClock
):
    wanted = order(Period.month)
    checkout = await buy(provider, wanted)
    told = await events(provider, await mailbox.wait_for(2))
    (paid,) = [event for event in told if isinstance(event, Paid)]
    (active,) = [event for event in told if isinstance(event, SubscriptionChanged)]
    assert paid.subscription == active.subscription
    assert paid.period_ends_at == active.period_ends_at
    assert (active.state, active.payment_id) == (SubscriptionState.active, wanted.payment_id)
    assert sorted(event.event_id for event in await provider.payment(checkout.provider_checkout_id)) == sorted(
        event.event_id for event in told
    )
    moving_clock.forward(hours=24 * 31 + 1)
    renewed = [event for event in (await events(provider, await mailbox.wait_for(4)))[2:] if isinstance(event, Paid)]
    assert [(event.subscription, event.payment_id) for event in renewed] == [(paid.subscription, None)]
    assert renewed[0].charge != paid.charge
    assert renewed[0].period_ends_at is not None
    assert renewed[0].period_ends_at.date() == period_end(active.happened_at, Period.month, 2).date()
    await provider.do_cancel(active.subscription)
    await provider.do_cancel(active.subscription)
    await provider.do_resume(active.subscription)
    await provider.do_cancel(active.subscription)
    moving_clock.forward(hours=24 * 31)
    changes = [
        event.state
        for event in sorted(
            (
                event
                for event in await events(provider, await mailbox.wait_for(8))
                if isinstance(event, SubscriptionChanged)
            ),
            key=lambda event: event.happened_at,
        )
    ]
    states = SubscriptionState
    assert changes == [
        states.active, states.active, states.cancelled, states.active, states.cancelled, states.expired,
    ]  # fmt: skip
    with pytest.raises(ProviderRefused, match="has ended"):
        await provider.do_resume(active.subscription)


async def test_a_renewal_that_fails_is_tried_three_times(
    provider: LocalProvider, order: Shopping, mailbox: Mailbox, moving_clock: MovableClock
):
    await buy(provider, order(Period.week), NO_RENEWAL)
    await mailbox.wait_for(2)
    moving_clock.forward(hours=24 * 7 + 1)
    await mailbox.wait_for(3)
    for count in (4, 5):
        moving_clock.forward(hours=24)
        await mailbox.wait_for(count)
    changes = [
        event for event in await events(provider, mailbox.webhook_events) if isinstance(event, SubscriptionChanged)
    ]
    assert [event.state.value for event in changes] == ["active", "grace", "grace", "expired"]
    assert len({event.period_ends_at for event in changes}) == 1, "nothing more was paid for"


async def test_the_owner_renews_fails_and_sends_again(
    provider: LocalProvider, order: Shopping, mailbox: Mailbox, pay_place: str
):
    await buy(provider, order(Period.year))
    told = await events(provider, await mailbox.wait_for(2))
    (subscription,) = [event.subscription for event in told if isinstance(event, SubscriptionChanged)]
    await on_dashboard(pay_place, "renew", subscription)
    await mailbox.wait_for(4)
    await on_dashboard(pay_place, "fail_renewal", subscription)
    grace = (await events(provider, await mailbox.wait_for(5)))[-1]
    assert isinstance(grace, SubscriptionChanged)
    assert grace.state is SubscriptionState.grace
    await on_dashboard(pay_place, "send_again", subscription)
    assert (await events(provider, await mailbox.wait_for(6)))[-1] == grace
    async with browser() as client:
        page = (await client.get(f"{pay_place}/pay/local")).text
    assert subscription in page
    assert "past_due" in page


async def test_the_books_say_what_was_paid_in_a_period(
    provider: LocalProvider, order: Shopping, mailbox: Mailbox, moving_clock: MovableClock
):
    start = clock.now()
    old = order()
    await buy(provider, old)
    (first,) = await events(provider, await mailbox.wait_for(1))
    assert isinstance(first, Paid)
    moving_clock.forward(hours=48)
    await buy(provider, order())
    second = (await events(provider, await mailbox.wait_for(2)))[1]
    assert isinstance(second, Paid)
    await provider.do_refund(second.charge, 90, "TRY", "r")
    await provider.do_open_checkout(order())  # never paid
    end = clock.now() + timedelta(seconds=1)
    recent = await provider.statement(end - timedelta(hours=24), end, [])
    assert recent.complete
    assert [(charge.provider_charge_id, charge.amount, charge.refunded) for charge in recent.charges] == [
        (second.charge, 4990, 90)
    ]
    known = await provider.statement(end - timedelta(hours=24), end, [first.charge, "lpy_unknown"])
    assert [charge.provider_charge_id for charge in known.charges] == [first.charge, second.charge]
    whole = await provider.statement(start, end, [])
    assert [charge.payment_id for charge in whole.charges] == [old.payment_id, second.payment_id]


async def test_an_account_sees_nothing_of_anothers(
    provider: LocalProvider, order: Shopping, mailbox: Mailbox, pay_place: str, other_tenant: tenants.Tenant
):
    checkout = await buy(provider, order())
    (paid,) = await events(provider, await mailbox.wait_for(1))
    assert isinstance(paid, Paid)
    place = integrations.current().local_payments
    assert place is not None
    neighbour = LocalProvider(LocalAccount.at(place, other_tenant.id), sandbox=True)
    for asked in (checkout.provider_checkout_id, paid.charge):
        with pytest.raises(ProviderRefused, match="no_such_object"):
            await neighbour.payment(asked)
    assert (await neighbour.statement(clock.now() - timedelta(days=9), clock.now(), [paid.charge])).charges == []
    await neighbour.close()
    for key in (
        "",
        "Bearer",
        "Bearer 1.00",
        f"Basic {api_keys(other_tenant.id)[0]}",
        f"Bearer {api_keys(1)[0]}x",
    ):
        async with browser() as client:
            answer = await client.get(f"{pay_place}/pay/local/v1/payments", headers={"authorization": key})
            assert (answer.status_code, answer.json()["code"]) == (401, "api_key_invalid")


def test_periods_end_where_the_calendar_says():
    start = datetime.fromisoformat("2027-01-31T12:00:00+00:00")
    ends = [period_end(start, Period.month, count).date().isoformat() for count in (1, 2, 3, 12)]
    assert ends == ["2027-02-28", "2027-03-31", "2027-04-30", "2028-01-31"]
    leap = datetime.fromisoformat("2028-02-29T12:00:00+00:00")
    assert period_end(leap, Period.year, 1).date().isoformat() == "2029-02-28"
    assert period_end(leap, Period.year, 4).date().isoformat() == "2032-02-29"
    assert period_end(start, Period.week, 2) == start + timedelta(days=14)
