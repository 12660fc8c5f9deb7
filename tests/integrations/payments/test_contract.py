"""The contract of payment providers, told of every one of them. What is peculiar to one stands in its own file."""

import json
import random
from datetime import timedelta
from typing import TypeVar
from uuid import uuid4

import msgspec
import pytest

from meydan.integrations.payments.contract import (
    Disputed,
    DisputeState,
    Paid,
    ProviderEvent,
    ProviderLocked,
    ProviderRefused,
    ProviderUnavailable,
    Refunded,
    RefundElsewhere,
    SignatureInvalid,
    SubscriptionChanged,
)
from meydan.integrations.payments.enums import Period, ProviderName
from meydan.kit import clock
from tests.integrations.payments.fake_server import Answered, badly_delivered
from tests.integrations.payments.harnesses.base import NOWHERE, Harness

STRIPE, IYZICO, APPLE = ProviderName.stripe, ProviderName.iyzico, ProviderName.apple
GOOGLE, REVENUECAT, LOCAL = ProviderName.google, ProviderName.revenuecat, ProviderName.local
STORES = (APPLE, GOOGLE, REVENUECAT)

T = TypeVar("T", bound=ProviderEvent)


def of(*names: ProviderName) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("harness", names or tuple(ProviderName), indirect=True)


def all_but(*names: ProviderName) -> pytest.MarkDecorator:
    return of(*(name for name in ProviderName if name not in names))


def only(kind: type[T], events: list[ProviderEvent]) -> T:
    """The one event of a kind, however often it was told."""
    found = {event.event_id: event for event in events if isinstance(event, kind)}
    (event,) = found.values()
    return event


# The checkout


@all_but(IYZICO)  # which knows no idempotency
async def test_the_same_order_has_the_same_checkout(harness: Harness):
    wanted = harness.order()
    first, again = await harness.provider.do_open_checkout(wanted), await harness.provider.do_open_checkout(wanted)
    assert msgspec.structs.replace(again, expires_at=first.expires_at) == first
    assert (first.url == "") is harness.provider.store
    assert first.expires_at > clock.now()


@of(STRIPE, LOCAL)
async def test_another_order_under_a_known_id_is_refused(harness: Harness):
    wanted = harness.order()
    await harness.provider.do_open_checkout(wanted)
    with pytest.raises(ProviderRefused, match=r"(?i)idempotency"):
        await harness.provider.do_open_checkout(msgspec.structs.replace(wanted, amount=1))


@of(*STORES)
async def test_an_order_without_a_product_in_the_store_is_not_sold_there(harness: Harness):
    with pytest.raises(ProviderRefused, match="'500 coins' has no product id"):
        await harness.provider.do_open_checkout(harness.order(store_product_id=None))
    assert harness.server.asked == []


# The purchase


@of()
async def test_a_purchase_is_told_and_checked_alike(harness: Harness):
    wanted = harness.order()
    checkout = await harness.provider.do_open_checkout(wanted)
    assert await harness.provider.payment(checkout.provider_checkout_id) == [], "coming back is not paying"
    asked = await harness.pay(wanted)
    told = await harness.read(await harness.webhooks())
    paid = only(Paid, told)
    assert (paid.amount, paid.currency, paid.subscription) == (wanted.amount, "TRY", None)
    assert paid.payment_id == wanted.payment_id or paid.buyer == wanted.buyer.customer_reference
    assert paid.test is (harness.name in (STRIPE, IYZICO, LOCAL))
    for known in (asked, paid.charge):
        events = await harness.provider.payment(known)
        assert [event.event_id for event in events] == [paid.event_id]
        assert only(Paid, events).charge == paid.charge


@of()
async def test_webhooks_twice_and_in_any_order_say_the_same(harness: Harness):
    first, second = harness.order(), harness.order()
    for wanted in (first, second):
        await harness.pay(wanted)
    sent = await harness.webhooks()
    once = {event.event_id for event in await harness.read(sent)}
    assert len(once) == 2
    badly = await harness.read(badly_delivered(sent, repeats=2, shuffled=random.Random(5)))
    assert {event.event_id for event in badly} == once
    kept = [await harness.provider.verify(webhook) for webhook in sent]
    assert [await harness.provider.verify(webhook) for webhook in sent] == kept
    assert len({event.event_id for event in kept}) == len(kept)


@all_but(IYZICO)  # which finds no payment by nonsense, and says no more
async def test_nonsense_names_no_payment(harness: Harness):
    for nonsense in ("", "nonsense", "../../x", "pi_" + "0" * 24, "9" * 18):
        with pytest.raises(ProviderRefused):
            await harness.provider.payment(nonsense)


@of(*STORES)
@pytest.mark.parametrize(
    ("amount", "currency", "minor"), [(199, "USD", 199), (330_000, "KRW", 3_300), (30_000, "JPY", 300), (99, "EUR", 99)]
)
async def test_a_stores_price_becomes_minor_units_exactly(harness: Harness, amount: int, currency: str, minor: int):
    """``amount`` in hundredths of the currency's unit, as the harness hands it to the store."""
    wanted = harness.order(amount=amount, currency=currency)
    if harness.name is APPLE:
        harness.server.buy(price=amount * 10, currency=currency)  # type: ignore[attr-defined]
    else:
        await harness.pay(wanted)
    paid = only(Paid, await harness.read(await harness.webhooks()))
    assert (paid.amount, paid.currency) == (minor, currency)


@of(*STORES)
async def test_half_a_minor_unit_is_refused_and_not_rounded(harness: Harness):
    await _buy_for_half_a_yen(harness)
    with pytest.raises(ProviderRefused, match="not a whole amount"):
        await harness.read(await harness.webhooks())


async def _buy_for_half_a_yen(harness: Harness) -> None:
    if harness.name is APPLE:
        harness.server.buy(price=150_500, currency="JPY")  # type: ignore[attr-defined]
    else:
        await harness.pay(harness.order(amount=15_050, currency="JPY"))


@of(APPLE, GOOGLE)
async def test_several_at_once_are_for_staff(harness: Harness):
    harness.server.buy(quantity=3)  # type: ignore[attr-defined]
    with pytest.raises(ProviderRefused, match=r"(3|several) at once"):
        await harness.read(await harness.webhooks())


@of(*STORES)
async def test_what_was_free_is_no_money(harness: Harness):
    await harness.pay(harness.order(Period.month, amount=0))
    assert [type(event) for event in await harness.read(await harness.webhooks())] == [SubscriptionChanged]


@of(APPLE, GOOGLE)
async def test_a_number_that_anybody_may_know_proves_nothing(harness: Harness):
    number = await harness.pay(harness.order())
    with pytest.raises(ProviderRefused, match=r"not a transaction that Apple signed|no purchase token"):
        await harness.provider.receipt(number)
    assert harness.server.asked == []


# Who may tell


@of()
async def test_a_forged_webhook_is_not_believed(harness: Harness):
    await harness.pay(harness.order())
    neighbour = harness.providers(**harness.neighbour())
    for good in await harness.webhooks():
        assert await harness.provider.verify(good)
        for forged in harness.forged(good):
            with pytest.raises(SignatureInvalid):
                await harness.provider.verify(forged)
            assert harness.provider.redirect_url(forged) is None or good.url == forged.url
        with pytest.raises(SignatureInvalid):
            await neighbour.verify(good)
    await neighbour.close()


@of(STRIPE, LOCAL, REVENUECAT)
async def test_an_old_signature_is_not_believed(harness: Harness):
    await harness.pay(harness.order())
    good = (await harness.webhooks())[0]
    for seconds in (302, 3600, -360):
        with pytest.raises(SignatureInvalid):
            await harness.provider.verify(harness.aged(good, seconds))
    assert await harness.provider.verify(harness.aged(good, 200)) == await harness.provider.verify(good)


@of()
async def test_a_kept_webhook_holds_nothing_of_the_person(harness: Harness):
    buyer = msgspec.structs.replace(harness.order().buyer, email="ayse@example.org", phone="+905321112233")
    await harness.pay(harness.order(buyer=buyer))
    for webhook in await harness.webhooks():
        kept = json.dumps((await harness.provider.verify(webhook)).payload)
        for private in ("ayse", "905321112233", "203.0.113.7", "42424242", "eyJ", "TUR"):
            assert private not in kept


@of(STRIPE, APPLE, GOOGLE, REVENUECAT)
async def test_types_that_nobody_reads_are_nothing(harness: Harness):
    assert await harness.read(harness.unknown()) == []
    assert [asked.path for asked in harness.server.asked if asked.path != "/certs"] == []


# Refunds and disputes


@of(STRIPE, IYZICO, LOCAL)
async def test_refunds_add_up_and_a_repeated_one_is_the_same(harness: Harness):
    charge = (await harness.buy()).charge
    key, other = str(uuid4()), str(uuid4())
    part = await harness.provider.do_refund(charge, 5_000, "TRY", key)
    assert await harness.provider.do_refund(charge, 5_000, "TRY", key) == part
    with pytest.raises(ProviderRefused):
        await harness.provider.do_refund(charge, 10_000, "TRY", other)
    rest = await harness.provider.do_refund(charge, 9_999, "TRY", other)
    assert (part.refunded, rest.refunded) == (5_000, 14_999)
    with pytest.raises(ProviderRefused):
        await harness.provider.do_refund(charge, 1, "TRY", str(uuid4()))
    assert only(Refunded, await harness.provider.payment(charge)).refunded == 14_999


@of(IYZICO, LOCAL, GOOGLE)
async def test_a_refund_in_another_currency_is_refused(harness: Harness):
    charge = (await harness.buy()).charge
    with pytest.raises(ProviderRefused, match=r"in (TRY|EUR)"):
        await harness.provider.do_refund(charge, 14_999, "EUR", "key")


@of(APPLE, REVENUECAT)
async def test_a_store_that_refunds_by_itself_is_not_asked(harness: Harness):
    with pytest.raises(RefundElsewhere, match=r"reportaproblem\.apple\.com" if harness.name is APPLE else None):
        await harness.provider.do_refund("1", 1, "TRY", "key")
    assert harness.server.asked == []


@of()
async def test_a_refund_is_told_and_checked_alike(harness: Harness):
    charge = (await harness.buy()).charge
    await harness.webhooks()
    await harness.refund(charge)
    checked = only(Refunded, await harness.provider.payment(charge))
    assert (checked.charge, checked.refunded, checked.currency, checked.reversed) == (charge, 14_999, "TRY", False)
    if harness.lists_refunds:
        told = only(Refunded, await harness.read(await harness.webhooks()))
        assert (told.event_id, told.refunded) == (checked.event_id, checked.refunded)


@of(STRIPE, LOCAL)
@pytest.mark.parametrize("won", [True, False])
async def test_a_dispute_stops_refunds_and_is_decided(harness: Harness, won: bool):
    charge = (await harness.buy()).charge
    await harness.webhooks()
    await harness.dispute(charge)
    opened = only(Disputed, await harness.read(await harness.webhooks()))
    assert (opened.charge, opened.amount, opened.currency) == (charge, 14_999, "TRY")
    assert opened.state is DisputeState.opened
    with pytest.raises(ProviderRefused, match="disputed"):
        await harness.provider.do_refund(charge, 1, "TRY", str(uuid4()))
    await harness.decide_dispute(charge, won=won)
    closed = only(Disputed, await harness.read(await harness.webhooks()))
    assert (closed.dispute, closed.state) == (opened.dispute, DisputeState.won if won else DisputeState.lost)
    assert closed.happened_at > opened.happened_at


# The books


@of()
async def test_a_statement_holds_what_was_paid_and_what_is_asked_for(harness: Harness):
    wanted = [harness.order() for _ in range(3)]
    paid = [await harness.buy(one) for one in wanted]
    await harness.refund(paid[1].charge)
    now = clock.now()
    known = [*(one.charge for one in paid), "GPA.0000-0000-0000-00000"]
    statement = await harness.provider.statement(now - timedelta(days=2), now + timedelta(minutes=5), known)
    assert statement.complete is harness.complete
    lines = {line.provider_charge_id: line for line in statement.charges}
    assert lines.keys() == {one.charge for one in paid}
    for line in lines.values():
        assert (line.amount, line.currency, line.disputed) == (14_999, "TRY", False)
    assert [lines[one.charge].refunded for one in paid] == [0, 14_999, 0]
    if harness.name not in (GOOGLE, REVENUECAT):  # whose books do not carry our ids
        assert [lines[one.charge].payment_id for one in paid] == [one.payment_id for one in wanted]


@of()
async def test_a_statement_of_nothing_is_empty(harness: Harness):
    now = clock.now()
    assert (await harness.provider.statement(now - timedelta(days=1), now, [])).charges == []


# What an adapter leaves to its provider


@all_but(GOOGLE)
async def test_acknowledging_is_nothing_where_no_store_waits_for_it(harness: Harness):
    assert not harness.provider.acknowledges
    for subscription in (True, False):
        await harness.provider.do_acknowledge("1", subscription=subscription, given=True)
    assert harness.name is LOCAL or harness.server.asked == []


@of(IYZICO, *STORES)
async def test_where_only_the_person_can_cancel_we_do_not(harness: Harness):
    for act in (harness.provider.do_cancel, harness.provider.do_resume):
        with pytest.raises(ProviderRefused, match="the app leads there" if harness.name in (APPLE, GOOGLE) else None):
            await act("1")
    assert harness.server.asked == []


@of()
async def test_an_account_is_closed_once_or_twice_used_or_not(harness: Harness):
    unused = harness.providers()
    for _ in range(2):
        await unused.close()
    used = harness.providers()
    await used.statement(clock.now() - timedelta(minutes=1), clock.now(), [])
    for _ in range(2):
        await used.close()


# When it does not work


@all_but(LOCAL)
@pytest.mark.parametrize("status", [None, 500, 503, 429, 200])
async def test_what_may_work_in_a_moment(harness: Harness, status: int | None):
    """A connection that drops, an error, too many requests, a proxy's page."""
    known = await harness.pay(harness.order())
    await harness.provider.payment(known)  # has an access token from now on, where one is needed
    answered = None if status is None else Answered(status, "<html>" if status == 200 else harness.failure)
    tries = 2 if harness.name is GOOGLE and status is None else harness.hiccups
    harness.server.trouble = [answered] * tries
    with pytest.raises(ProviderUnavailable) as unavailable:
        await harness.provider.payment(known)
    for secret in ("4242", "sk_", "ayse"):
        assert secret not in str(unavailable.value)
    harness.server.trouble.clear()
    assert only(Paid, await harness.provider.payment(known)).amount == 14_999


@of()
async def test_a_provider_that_is_away_may_be_back_in_a_moment(harness: Harness):
    known = await harness.pay(harness.order())
    away = harness.providers(api_url=NOWHERE + ("/" if harness.name is GOOGLE else ""))
    with pytest.raises(ProviderUnavailable):
        await away.payment(known)
    await away.close()


@of()
async def test_an_account_that_the_provider_does_not_know(harness: Harness):
    known = (await harness.buy()).charge
    for wrong in harness.strangers():
        stranger = harness.providers(**wrong)
        with pytest.raises(ProviderRefused) as refused:
            await stranger.payment(known)
        if harness.name in (STRIPE, APPLE, REVENUECAT):
            assert isinstance(refused.value, ProviderLocked), "an operator mends that"
        for secret in (str(value) for value in wrong.values()):
            assert not secret or secret not in str(refused.value)
        await stranger.close()


@of(STRIPE, LOCAL, *STORES)
async def test_a_membership_is_a_purchase_with_a_period(harness: Harness):
    wanted = harness.order(Period.month)
    assert wanted.is_subscription
    assert not harness.order().is_subscription
    paid = await harness.buy(wanted)
    assert paid.subscription is not None
    assert paid.period_ends_at is not None
