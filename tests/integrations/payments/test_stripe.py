"""Stripe, as a server of our own behaves like it."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import msgspec
import pytest

from meydan.integrations.payments.contract import (
    Awaited,
    Buyer,
    Charge,
    Declined,
    Failed,
    Order,
    Paid,
    ProviderEvent,
    ProviderRefused,
    Refunded,
    SubscriptionChanged,
    SubscriptionState,
    Webhook,
    WebhookEvent,
)
from meydan.integrations.payments.enums import Period
from meydan.integrations.payments.stripe.account import StripeAccount
from meydan.integrations.payments.stripe.adapter import StripeProvider
from meydan.integrations.payments.stripe.client import from_stripe, to_stripe
from tests.integrations.payments.fake_server import Answered
from tests.integrations.payments.servers.shapes import Unfit, check, made
from tests.integrations.payments.servers.stripe import StripeServer
from tests.integrations.payments.servers.stripe_shapes import shape_of

T = TypeVar("T", bound=ProviderEvent)


@pytest.fixture
async def server() -> AsyncIterator[StripeServer]:
    async with StripeServer() as one:
        yield one


@pytest.fixture
async def provider(server: StripeServer) -> AsyncIterator[StripeProvider]:
    one = StripeProvider(account(server), sandbox=True)
    yield one
    await one.close()


def account(server: StripeServer, **other: Any) -> StripeAccount:
    return StripeAccount(
        **{"secret_key": server.secret_key, "webhook_secret": server.webhook_secret, "api_url": server.url} | other
    )


def order(**other: Any) -> Order:
    coins = Order(
        payment_id=uuid4(),
        title="500 jeton",
        amount=14_990,
        currency="TRY",
        period=None,
        buyer=Buyer(uuid4(), "tr", "ayse@example.org", None, "203.0.113.5"),
        return_url="https://meydan.example/wallet/payments/1",
        webhook_url="https://meydan.example/api/payments/webhooks/stripe/lale",
    )
    return msgspec.structs.replace(coins, **other)


def membership(**other: Any) -> Order:
    return order(title="Üyelik", amount=9_900, period=Period.month, **other)


def only(kind: type[T], events: list[ProviderEvent]) -> T:
    (event,) = [event for event in events if isinstance(event, kind)]
    return event


async def read(provider: StripeProvider, webhooks: list[Webhook]) -> list[ProviderEvent]:
    """Each webhook goes through the database in between."""
    events: list[ProviderEvent] = []
    for webhook in webhooks:
        webhook_event = await provider.verify(webhook)
        kept = msgspec.json.decode(msgspec.json.encode(webhook_event), type=WebhookEvent)
        events += await provider.read(kept)
    return events


async def test_a_purchase_from_the_page_to_the_money(server: StripeServer, provider: StripeProvider) -> None:
    bought = order()
    checkout = await provider.do_open_checkout(bought)
    assert checkout.url.startswith("https://checkout.stripe.com/")
    assert timedelta(hours=23) < checkout.expires_at - datetime.now(UTC) <= timedelta(hours=24)
    assert await provider.payment(checkout.provider_checkout_id) == []  # coming back is not paying

    charge = server.books.pay(checkout.provider_checkout_id, card="fp-of-ayse")
    (event,) = await provider.payment(checkout.provider_checkout_id)
    assert event == Paid(
        event_id=f"{charge['payment_intent']}:paid",
        happened_at=datetime.fromtimestamp(charge["created"], UTC),
        charge=charge["payment_intent"],
        amount=14_990,
        currency="TRY",
        payment_id=bought.payment_id,
        checkout=checkout.provider_checkout_id,
        buyer=bought.buyer.customer_reference,
        card="fp-of-ayse",
        test=True,
    )
    for told in await read(provider, server.webhooks(repeats=1, shuffled=random.Random(5))):
        assert isinstance(told, Paid)
        assert (told.event_id, told.charge, told.amount, told.payment_id) == (
            event.event_id,
            event.charge,
            event.amount,
            bought.payment_id,
        )


async def test_stripe_is_told_who_ordered_what_in_the_form_it_reads(
    server: StripeServer, provider: StripeProvider
) -> None:
    bought = membership()
    session = server.books.things[(await provider.do_open_checkout(bought)).provider_checkout_id]
    assert session["client_reference_id"] == str(bought.payment_id)
    assert session["metadata"] == {
        "meydan_payment": str(bought.payment_id),
        "meydan_buyer": str(bought.buyer.customer_reference),
    }
    assert (session["mode"], session["locale"], session["success_url"]) == ("subscription", "tr", bought.return_url)
    assert b"203.0.113.5" not in server.asked[-1].body


async def test_a_declined_card_is_no_end_and_a_page_whose_time_is_up_is(
    server: StripeServer, provider: StripeProvider
) -> None:
    bought = order()
    checkout = await provider.do_open_checkout(bought)
    server.books.decline(checkout.provider_checkout_id)
    tried = only(Declined, await read(provider, server.webhooks()))
    assert (tried.payment_id, tried.card) == (bought.payment_id, "fingerprint1")
    assert await provider.payment(checkout.provider_checkout_id) == []
    server.books.pay(checkout.provider_checkout_id, card="another")
    assert only(Paid, await provider.payment(checkout.provider_checkout_id)).card == "another"

    forgotten = await provider.do_open_checkout(order())
    server.books.expire(forgotten.provider_checkout_id)
    failed = only(Failed, await read(provider, server.webhooks("checkout.session.expired")))
    assert (failed.checkout, failed.reason, failed.expired) == (forgotten.provider_checkout_id, "expired", True)


async def test_money_that_takes_days_counts_when_it_is_there(server: StripeServer, provider: StripeProvider) -> None:
    kept, broken = order(), order()
    first, second = await provider.do_open_checkout(kept), await provider.do_open_checkout(broken)
    server.books.promise(first.provider_checkout_id)
    server.books.promise(second.provider_checkout_id)
    waiting = await read(provider, server.webhooks())
    assert [type(event) for event in waiting] == [Awaited, Awaited]
    assert {event.payment_id for event in waiting if isinstance(event, Awaited)} == {kept.payment_id, broken.payment_id}

    server.books.keep_promise(first.provider_checkout_id)
    server.books.break_promise(second.provider_checkout_id)
    events = await read(
        provider,
        server.webhooks("checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed"),
    )
    paid, failed = only(Paid, events), only(Failed, events)
    assert (paid.payment_id, paid.card) == (kept.payment_id, None)
    assert (failed.payment_id, failed.reason) == (broken.payment_id, "insufficient_funds")


async def test_the_newest_refund_is_named_and_no_more_is_left(server: StripeServer, provider: StripeProvider) -> None:
    charge = server.books.pay((await provider.do_open_checkout(order())).provider_checkout_id)["payment_intent"]
    await provider.do_refund(charge, 5_000, "TRY", "first")
    server.books.later(seconds=1)
    rest = await provider.do_refund(charge, 9_990, "TRY", "second")
    assert only(Refunded, await provider.payment(charge)).refund == rest.provider_refund_id
    assert len(server.books.of("refund")) == 2
    with pytest.raises(ProviderRefused, match="charge_already_refunded"):
        await provider.do_refund(charge, 1, "TRY", "third")


async def test_a_refund_that_the_bank_sends_back(server: StripeServer, provider: StripeProvider) -> None:
    charge = server.books.pay((await provider.do_open_checkout(order())).provider_checkout_id)["payment_intent"]
    kept = await provider.do_refund(charge, 1_000, "TRY", str(uuid4()))
    server.books.later(seconds=1)
    failed = await provider.do_refund(charge, 5_000, "TRY", str(uuid4()))
    assert (kept.refunded, failed.refunded) == (1_000, 6_000)
    server.books.fail_refund(failed.provider_refund_id)
    told = only(Refunded, await read(provider, server.webhooks("refund.failed")))
    assert (told.refunded, told.reversed) == (1_000, True)


async def test_a_question_from_a_bank_is_no_dispute_yet(server: StripeServer, provider: StripeProvider) -> None:
    charge = server.books.pay((await provider.do_open_checkout(order())).provider_checkout_id)
    server.books.dispute(charge["id"], status="warning_needs_response")
    events = await read(provider, server.webhooks("charge.dispute.created"))
    assert [type(event) for event in events] == [Paid]


async def test_a_renewal_has_its_own_card_and_grace_ends_with_what_was_paid(
    server: StripeServer, provider: StripeProvider
) -> None:
    bought = membership()
    server.books.pay((await provider.do_open_checkout(bought)).provider_checkout_id)
    name = server.books.of("subscription")[0]["id"]
    server.books.events.clear()
    server.books.later(days=30)
    server.books.renew(name, card="new-card")
    renewed = only(Paid, await read(provider, server.webhooks("invoice.paid")))
    assert (renewed.card, renewed.buyer) == ("new-card", bought.buyer.customer_reference)
    server.books.fail_renewal(name)
    grace = only(SubscriptionChanged, await provider.payment(name))
    assert (grace.state, grace.period_ends_at) == (SubscriptionState.grace, renewed.period_ends_at)


async def test_a_refusal_is_told_by_its_code(server: StripeServer, provider: StripeProvider) -> None:
    decline = {
        "error": {"type": "card_error", "code": "card_declined", "decline_code": "do_not_honor", "message": "no"}
    }
    server.trouble.append(Answered(402, decline))
    with pytest.raises(ProviderRefused, match="card_declined"):
        await provider.do_refund("pi_1", 1, "TRY", "key")


async def test_a_notice_keeps_no_name_and_no_card(server: StripeServer, provider: StripeProvider) -> None:
    session = (await provider.do_open_checkout(order())).provider_checkout_id
    server.books.pay(session)
    webhook_event = await provider.verify(server.webhooks("checkout.session.completed")[0])
    assert webhook_event.payload == {"type": "checkout.session.completed", "id": session}


async def test_what_the_operator_sells_elsewhere_is_not_ours(server: StripeServer, provider: StripeProvider) -> None:
    other = server.books.sell_elsewhere(500, {"payment_id": str(uuid4()), "meydan_payment": "not an id"})
    server.books.refund(server.books.things[other["payment_intent"]], 500)
    server.books.dispute(other["id"])
    assert await read(provider, server.webhooks()) == []
    assert await provider.payment(other["id"]) == []


async def test_the_books_of_a_period_over_many_pages(server: StripeServer, provider: StripeProvider) -> None:
    server.page_size = 2
    old = server.books.pay((await provider.do_open_checkout(order())).provider_checkout_id)
    server.books.later(days=3)
    since = server.books.now
    orders = [order() for _ in range(4)]
    for one in orders:
        server.books.pay((await provider.do_open_checkout(one)).provider_checkout_id)
    server.books.decline((await provider.do_open_checkout(order())).provider_checkout_id)
    server.books.sell_elsewhere(700)
    member = membership()
    server.books.pay((await provider.do_open_checkout(member)).provider_checkout_id)
    renewal = server.books.renew(server.books.of("subscription")[0]["id"])
    refunded = server.books.of("payment_intent")[-2]
    server.books.refund(refunded, 4_990)
    server.books.dispute(refunded["latest_charge"])
    until = server.books.now + timedelta(minutes=1)

    statement = await provider.statement(since, until, [old["payment_intent"], "pi_nobody_knows"])
    assert statement.complete
    lines = {line.provider_charge_id: line for line in statement.charges}
    assert len(lines) == len(statement.charges) == 7  # four, a membership and its renewal, and the old one we asked for
    assert {line.payment_id for line in lines.values()} >= {one.payment_id for one in orders}
    assert lines[renewal["payment_intent"]].payment_id == member.payment_id  # the order it goes back to
    assert lines[old["payment_intent"]].paid_at < since
    assert lines[refunded["id"]] == Charge(
        provider_charge_id=refunded["id"],
        amount=14_990,
        currency="TRY",
        refunded=4_990,
        disputed=True,
        paid_at=datetime.fromtimestamp(refunded["created"], UTC),
        payment_id=UUID(refunded["metadata"]["meydan_payment"]),
    )


async def test_any_name_of_a_payment_leads_to_it(server: StripeServer, provider: StripeProvider) -> None:
    checkout = await provider.do_open_checkout(order())
    charge = server.books.pay(checkout.provider_checkout_id)
    refund = server.books.refund(server.books.things[charge["payment_intent"]], 10)
    server.books.pay((await provider.do_open_checkout(membership())).provider_checkout_id)
    for reference in (checkout.provider_checkout_id, charge["payment_intent"], charge["id"], refund["id"]):
        paid = only(Paid, await provider.payment(reference))
        assert paid.charge == charge["payment_intent"]
    assert only(Paid, await provider.payment(server.books.of("invoice")[0]["id"])).subscription
    for nonsense in ("", "nonsense", "cs_test_of_somebody_else", "pi_" + "0" * 24):
        with pytest.raises(ProviderRefused):
            await provider.payment(nonsense)


async def test_one_hiccup_is_not_noticed_and_pays_nothing_twice(server: StripeServer, provider: StripeProvider) -> None:
    server.trouble.append(Answered(500, {"error": {"type": "api_error"}}))
    await provider.do_open_checkout(order())
    keys = {asked.headers["idempotency-key"] for asked in server.asked}
    assert (len(server.asked), len(keys), len(server.books.of("checkout.session"))) == (2, 1, 1)


async def test_a_live_key_is_never_used_in_a_sandbox(server: StripeServer) -> None:
    for key, sandbox in (("sk_live_abc", True), ("rk_test_abc", False)):
        provider = StripeProvider(account(server, secret_key=key), sandbox=sandbox)
        with pytest.raises(ProviderRefused, match="key"):
            await provider.do_open_checkout(order())
    assert server.asked == []


@pytest.mark.parametrize("wrong", [{"secret_key": "pk_test_abc"}, {"webhook_secret": "abc"}, {"api_url": "ftp://x"}])
def test_an_account_that_cannot_work_is_refused_when_it_is_set_up(wrong: dict[str, str]) -> None:
    values = {"secret_key": "sk_test_abc", "webhook_secret": "whsec_abc"} | wrong
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(values, StripeAccount)


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        (14_990, "TRY", 14_990),
        (500, "JPY", 500),
        (500, "ISK", 50_000),
        (500, "UGX", 50_000),
        (50_000, "HUF", 50_000),
        (80_000, "TWD", 80_000),
        (50_000, "MGA", 500),
        (1_230, "KWD", 1_230),
    ],
)
def test_our_minor_unit_and_the_units_of_stripe(amount: int, currency: str, units: int) -> None:
    assert to_stripe(amount, currency) == units
    assert from_stripe(units, currency.lower()) == (amount, currency)


@pytest.mark.parametrize(("amount", "currency"), [(50_050, "MGA"), (1_234, "KWD")])
def test_an_amount_that_stripe_cannot_take_is_refused_and_not_rounded(amount: int, currency: str) -> None:
    with pytest.raises(ProviderRefused):
        to_stripe(amount, currency)


def test_half_a_krona_is_no_money() -> None:
    with pytest.raises(ProviderRefused):
        from_stripe(50_050, "isk")


def test_the_schema_notices_what_stripe_would_never_say() -> None:
    import stripe

    refund = shape_of(stripe.Refund)
    good = made(refund, id="re_1", amount=5, currency="try")
    check(refund, good)
    for bad in (good | {"amount": "5"}, good | {"reason": "because"}, good | {"colour": "red"}, {"id": "re_1"}):
        with pytest.raises(Unfit):
            check(refund, bad)
