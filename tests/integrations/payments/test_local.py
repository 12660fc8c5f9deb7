"""The provider of ours, as the product, a buyer's browser and its own owner meet it: over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import msgspec
import pytest

from meydan import config, integrations, tenants
from meydan.integrations import LocalPayments
from meydan.integrations.payments.contract import (
    Buyer,
    Checkout,
    Declined,
    Disputed,
    DisputeState,
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
from meydan.integrations.payments.local.account import LocalAccount
from meydan.integrations.payments.local.adapter import LocalProvider
from meydan.integrations.payments.local.books import webhook_delivery
from meydan.integrations.payments.local.books.operations import period_end
from meydan.integrations.payments.local.books.store import Store
from meydan.integrations.payments.local.pages.texts import price
from meydan.integrations.payments.local.signatures import SIGNATURE, api_key
from meydan.integrations.payments.local.tasks import wake
from meydan.kit import clock
from meydan.kit.runtime import runtime
from tests.conftest import MovableClock
from tests.integrations.payments.fake_server import served
from tests.waiting import patience

GOOD, DECLINED, ASKS = "4242 4242 4242 4242", "4000 0000 0000 0002", "4000 0025 0000 3155"
DISPUTED, LATE, NO_RENEWAL = "4000 0000 0000 0259", "4000 0000 0000 0077", "4000 0000 0000 0341"


class Mailbox:
    """Where webhooks are sent to; ``answers`` are given first, then 200."""

    def __init__(self) -> None:
        self.received: list[Webhook] = []
        self.webhook_events: list[WebhookEvent] = []
        self.provider: LocalProvider | None = None
        self.answers: list[int] = []
        self.url = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        webhook = Webhook(headers, body, self.url)
        assert self.provider is not None
        self.webhook_events.append(await self.provider.verify(webhook))
        self.received.append(webhook)
        status = self.answers.pop(0) if self.answers else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def wait_for(self, count: int) -> list[WebhookEvent]:
        async with patience():
            while len(self.received) < count:
                wake()
                await asyncio.sleep(0.02)
        return self.webhook_events


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    box = Mailbox()
    async with served(box) as url:
        box.url = f"{url}/webhooks"
        yield box


@pytest.fixture
async def provider(pay_place: str, tenant: tenants.Tenant, mailbox: Mailbox) -> AsyncIterator[LocalProvider]:
    place = integrations.current().local_payments
    assert place is not None
    made = mailbox.provider = LocalProvider(LocalAccount.at(place, tenant.id), sandbox=True)
    yield made
    await made.close()


Shopping = Callable[..., Order]


@pytest.fixture
def order(pay_place: str, mailbox: Mailbox) -> Shopping:
    def make(period: Period | None = None, **changes: Any) -> Order:
        made = Order(
            payment_id=uuid4(),
            title="250 coins",
            amount=4990,
            currency="TRY",
            period=period,
            buyer=Buyer(uuid4(), "en", None, None, "127.0.0.1"),
            return_url=f"{pay_place}/wallet/payments/1",
            webhook_url=mailbox.url,
        )
        return msgspec.structs.replace(made, **changes)

    return make


@asynccontextmanager
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client


async def press(url: str, do: str = "pay", number: str = "") -> httpx.Response:
    async with browser() as client:
        return await client.post(url, data={"do": do, "number": number})


async def buy(provider: LocalProvider, order: Order, number: str = GOOD) -> Checkout:
    """What a person does: the page, a card, and back."""
    checkout = await provider.do_open_checkout(order)
    answer = await press(checkout.url, number=number)
    assert (answer.status_code, answer.headers.get("location")) == (303, order.return_url)
    return checkout


async def events(provider: LocalProvider, webhook_events: list[WebhookEvent]) -> list[ProviderEvent]:
    """What the product makes of them, in the order they came."""
    found: list[ProviderEvent] = []
    for webhook_event in webhook_events:
        found += await provider.read(webhook_event)
    return found


async def no_other_came(provider: LocalProvider, order: Shopping, mailbox: Mailbox, count: int) -> None:
    """No other webhook than so many: the next one is that of a later payment."""
    checkout = await buy(provider, order())
    await mailbox.wait_for(count + 1)
    [paid] = await provider.read(mailbox.webhook_events[count])
    assert isinstance(paid, Paid)
    assert (paid.checkout, len(mailbox.received)) == (checkout.provider_checkout_id, count + 1)


async def on_dashboard(pay_place: str, do: str, id: str, **more: str) -> httpx.Response:
    async with browser() as client:
        return await client.post(f"{pay_place}/pay/local", data={"do": do, "id": id, **more})


async def test_who_pays_comes_back_and_the_shop_is_told(provider: LocalProvider, order: Shopping, mailbox: Mailbox):
    wanted = order()
    checkout = await buy(provider, wanted)
    (paid,) = await events(provider, await mailbox.wait_for(1))
    assert isinstance(paid, Paid)
    assert (paid.payment_id, paid.checkout, paid.buyer) == (
        wanted.payment_id,
        checkout.provider_checkout_id,
        wanted.buyer.customer_reference,
    )
    assert (paid.amount, paid.currency, paid.test) == (4990, "TRY", True)
    assert await provider.payment(checkout.provider_checkout_id) == [paid], "asked or told, it is the same event"
    assert await provider.payment(paid.charge) == [paid]


async def test_the_same_order_is_the_same_checkout_and_another_under_its_key_is_refused(
    provider: LocalProvider, order: Shopping
):
    wanted = order()
    first, again = await asyncio.gather(provider.do_open_checkout(wanted), provider.do_open_checkout(wanted))
    assert first == again
    with pytest.raises(ProviderRefused, match="idempotency_key_of_another_request"):
        await provider.do_open_checkout(msgspec.structs.replace(wanted, amount=1))


async def test_a_declined_card_pays_nothing_and_another_may_be_tried(
    provider: LocalProvider, order: Shopping, mailbox: Mailbox
):
    wanted = order()
    checkout = await provider.do_open_checkout(wanted)
    declined = await press(checkout.url, number=DECLINED)
    assert declined.status_code == 402
    assert "The bank declined this card." in declined.text
    assert (await press(checkout.url, number="1234")).status_code == 422
    assert (await press(checkout.url, number="4242 4242 4242 4241")).status_code == 422, "its last digit does not check"
    assert await provider.payment(checkout.provider_checkout_id) == []
    assert (await press(checkout.url, number=DECLINED)).status_code == 402
    assert (await press(checkout.url, number=GOOD)).status_code == 303
    told = await events(provider, await mailbox.wait_for(3))
    first, second = [event for event in told if isinstance(event, Declined)]
    [paid] = [event for event in told if isinstance(event, Paid)]
    assert first.event_id == second.event_id, "the same card once more is no news"
    assert (first.payment_id, first.checkout) == (wanted.payment_id, checkout.provider_checkout_id)
    assert first.card != paid.card and "4000" not in first.card
    await no_other_came(provider, order, mailbox, 3)


async def test_the_bank_may_ask_and_be_told_no_or_yes(provider: LocalProvider, order: Shopping, mailbox: Mailbox):
    wanted = order()
    checkout = await provider.do_open_checkout(wanted)
    asked = await press(checkout.url, number=ASKS)
    assert "Your bank asks" in asked.text
    assert await provider.payment(checkout.provider_checkout_id) == []
    assert "answered with no" in (await press(checkout.url, "refuse")).text
    await press(checkout.url, number=ASKS)
    assert (await press(checkout.url, "approve")).headers["location"] == wanted.return_url
    (paid,) = await events(provider, await mailbox.wait_for(1))
    assert isinstance(paid, Paid)
    twice = await press(checkout.url, "approve")
    assert twice.status_code == 303, "the button twice is one payment"
    await no_other_came(provider, order, mailbox, 1)


async def test_who_leaves_has_paid_nothing_and_the_shop_knows(
    provider: LocalProvider, order: Shopping, mailbox: Mailbox
):
    wanted = order()
    checkout = await provider.do_open_checkout(wanted)
    assert (await press(checkout.url, "leave")).headers["location"] == wanted.return_url
    (failed,) = await events(provider, await mailbox.wait_for(1))
    assert isinstance(failed, Failed)
    assert (failed.payment_id, failed.reason) == (wanted.payment_id, "cancelled")
    assert await provider.payment(checkout.provider_checkout_id) == [failed]
    assert (await press(checkout.url, number=GOOD)).status_code == 303
    assert await provider.payment(checkout.provider_checkout_id) == [failed], "what was left cannot be paid any more"


async def test_a_checkout_ends_by_itself(
    provider: LocalProvider, order: Shopping, mailbox: Mailbox, moving_clock: MovableClock
):
    checkout = await provider.do_open_checkout(order())
    moving_clock.forward(minutes=31)
    (failed,) = await events(provider, await mailbox.wait_for(1))
    assert isinstance(failed, Failed)
    assert failed.reason == "expired"
    async with browser() as client:
        assert "This payment is over" in (await client.get(checkout.url)).text


async def test_money_may_come_late(
    provider: LocalProvider, order: Shopping, mailbox: Mailbox, moving_clock: MovableClock
):
    checkout = await buy(provider, order(), LATE)
    assert await provider.payment(checkout.provider_checkout_id) == []
    moving_clock.forward(seconds=25)
    (paid,) = await events(provider, await mailbox.wait_for(1))
    assert isinstance(paid, Paid)


async def test_a_card_has_one_fingerprint_and_its_number_is_kept_nowhere(
    provider: LocalProvider, order: Shopping, mailbox: Mailbox, settings: config.Settings
):
    for number in ("5555 5555 5555 4444", "5555555555554444", GOOD):
        await buy(provider, order(), number)
    told = [event for event in await events(provider, await mailbox.wait_for(3)) if isinstance(event, Paid)]
    assert len({event.charge for event in told}) == 3
    assert len({event.card for event in told}) == 2
    kept = b"".join(file.read_bytes() for file in settings.data.glob("pay.sqlite3*"))
    assert b"lpy_" in kept
    assert b"5555555555554444" not in kept
    assert b"5555 5555 5555 4444" not in kept
    assert {file.stat().st_mode & 0o777 for file in settings.data.glob("pay.sqlite3*")} == {0o600}


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


async def test_a_webhook_comes_until_it_is_taken(
    provider: LocalProvider, order: Shopping, mailbox: Mailbox, moving_clock: MovableClock
):
    mailbox.answers = [500, 302]
    await buy(provider, order())
    await mailbox.wait_for(1)
    moving_clock.forward(seconds=2)
    await mailbox.wait_for(2)
    moving_clock.forward(seconds=3)
    await mailbox.wait_for(3)
    assert len({webhook.body for webhook in mailbox.received}) == 1
    assert len({webhook.headers[SIGNATURE] for webhook in mailbox.received}) > 1, "signed anew each time"
    await no_other_came(provider, order, mailbox, 3)
    moving_clock.forward(hours=1)
    await no_other_came(provider, order, mailbox, 4)


async def test_webhooks_outlive_the_process_that_owed_them(
    provider: LocalProvider, order: Shopping, mailbox: Mailbox, settings: config.Settings, moving_clock: MovableClock
):
    mailbox.answers = [503]
    await buy(provider, order())
    await mailbox.wait_for(1)
    place = integrations.current().local_payments
    assert place is not None
    async with webhook_delivery.client(None) as client:  # as another process, or the same after a start, would have it
        moving_clock.forward(seconds=2)
        await webhook_delivery.Sender(Store(place.database), client).do_deliver_due()
    await mailbox.wait_for(2)


async def test_webhooks_can_be_told_to_misbehave(
    provider: LocalProvider,
    order: Shopping,
    mailbox: Mailbox,
    tenant: tenants.Tenant,
    pay_place: str,
    moving_clock: MovableClock,
):
    async def be(**manners: object) -> None:
        key = {"authorization": f"Bearer {api_key(tenant.id)}"}
        async with browser() as client:
            assert (
                await client.put(f"{pay_place}/pay/local/v1/webhook-behaviour", json=manners, headers=key)
            ).is_success

    await be(repeats=2)
    await buy(provider, order())
    first = await mailbox.wait_for(3)
    assert len({webhook_event.event_id for webhook_event in first}) == 1
    await be(delay=3600)
    await buy(provider, order())
    await be(shuffled=True, delay=600)
    checkouts = [await buy(provider, order()) for _ in range(8)]
    moving_clock.forward(minutes=11)
    told = (await mailbox.wait_for(3 + 8))[3:]
    came = [event.checkout for event in await events(provider, told) if isinstance(event, Paid)]
    assert sorted(filter(None, came)) == sorted(checkout.provider_checkout_id for checkout in checkouts)
    assert came != [checkout.provider_checkout_id for checkout in checkouts]


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
        f"Basic {api_key(other_tenant.id)}",
        f"Bearer {api_key(1)}x",
    ):
        async with browser() as client:
            answer = await client.get(f"{pay_place}/pay/local/v1/payments", headers={"authorization": key})
            assert (answer.status_code, answer.json()["code"]) == (401, "api_key_invalid")


async def test_the_page_speaks_both_languages_and_lets_nothing_run_in_it(provider: LocalProvider, order: Shopping):
    wanted = order(Period.month, title="<script>alert(1)</script>", amount=124990)
    turkish = msgspec.structs.replace(
        wanted, payment_id=uuid4(), buyer=msgspec.structs.replace(wanted.buyer, language="tr")
    )
    english_page, turkish_page = await provider.do_open_checkout(wanted), await provider.do_open_checkout(turkish)
    async with browser() as client:
        english = await client.get(english_page.url, params={"card": '"><b>'})
        assert '<html lang="en">' in english.text
        assert "₺1,249.90 again each month, until you cancel." in english.text
        assert "<script" not in english.text
        assert "&lt;script&gt;" in english.text
        assert 'value="&quot;&gt;&lt;b&gt;"' in english.text
        policy = english.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert english.headers["cache-control"] == "no-store"
        assert "₺1.249,90 öde" in (await client.get(turkish_page.url)).text
        assert "₺1.249,90 öde" in (await client.get(english_page.url, params={"language": "tr"})).text


@pytest.mark.parametrize("path", ["/pay/local", "/pay/local/lch_x", "/pay/local/v1/payments"])
async def test_production_has_no_such_provider(api: httpx.AsyncClient, tmp_path, path: str):
    real = config.Settings(data=tmp_path, environment=config.Environment.production)
    assert LocalPayments.found(real) is None
    with runtime.using(msgspec.structs.replace(integrations.current(), local_payments=None)):
        assert (await api.get(path)).status_code == 404
        assert (await api.post(path.replace("payments", "checkouts"), json={})).status_code in (400, 404)


async def test_a_strangers_page_presses_no_button(
    api: httpx.AsyncClient, provider: LocalProvider, order: Shopping, mailbox: Mailbox
):
    await buy(provider, order())
    (paid,) = await events(provider, await mailbox.wait_for(1))
    assert isinstance(paid, Paid)
    form = {"do": "refund", "id": paid.charge, "amount": "4990"}
    refused = await api.post("/pay/local", data=form, headers={"Origin": "https://evil.example"})
    assert (refused.status_code, refused.json()["code"]) == (403, "button_elsewhere")
    own = await api.post("/pay/local", data=form, headers={"Origin": "http://127.0.0.1:8000"})
    assert own.status_code == 303
    again = await api.post("/pay/local", data=form)
    assert (again.status_code, again.json()["code"]) == (400, "amount_too_large")
    unknown = await api.post("/pay/local", data={"do": "dance", "id": paid.charge})
    assert unknown.json()["code"] == "unknown_wish"


async def test_under_localhost_a_community_is_this_machine(provider: LocalProvider, order: Shopping, mailbox: Mailbox):
    port = urlsplit(mailbox.url).port
    await buy(provider, order(webhook_url=f"http://chess.localhost:{port}/webhooks"))
    await mailbox.wait_for(1)
    assert mailbox.received[0].headers["host"] == f"chess.localhost:{port}"


def test_periods_end_where_the_calendar_says():
    start = datetime.fromisoformat("2027-01-31T12:00:00+00:00")
    ends = [period_end(start, Period.month, count).date().isoformat() for count in (1, 2, 3, 12)]
    assert ends == ["2027-02-28", "2027-03-31", "2027-04-30", "2028-01-31"]
    leap = datetime.fromisoformat("2028-02-29T12:00:00+00:00")
    assert period_end(leap, Period.year, 1).date().isoformat() == "2029-02-28"
    assert period_end(leap, Period.year, 4).date().isoformat() == "2032-02-29"
    assert period_end(start, Period.week, 2) == start + timedelta(days=14)


@pytest.mark.parametrize(
    ("amount", "currency", "language", "written"),
    [
        (4990, "TRY", "tr", "₺49,90"),
        (124990, "TRY", "en", "₺1,249.90"),
        (5, "EUR", "en", "€0.05"),
        (1500, "JPY", "tr", "1.500 JPY"),
        (1234567, "KWD", "en", "1,234.567 KWD"),
    ],
)
def test_prices_read_as_people_write_them(amount: int, currency: str, language: str, written: str):
    assert price(amount, currency, language) == written
