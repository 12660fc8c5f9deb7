"""The pay page of ours, as a buyer meets it: cards, banks, time, languages, and a stranger's page."""

import asyncio
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import msgspec
import pytest

from meydan import config, integrations
from meydan.integrations import LocalPayments
from meydan.integrations.payments.contract import (
    Declined,
    Failed,
    Paid,
    ProviderRefused,
)
from meydan.integrations.payments.enums import Period
from meydan.integrations.payments.local.adapter import LocalProvider
from meydan.integrations.payments.local.pages.texts import price
from meydan.kit.runtime import runtime
from tests.conftest import MovableClock
from tests.integrations.payments.local_shopping import (
    ASKS,
    DECLINED,
    GOOD,
    LATE,
    Mailbox,
    Shopping,
    browser,
    buy,
    events,
    mailbox,
    no_other_came,
    order,
    press,
    provider,
)

__all__ = ["mailbox", "order", "provider"]


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
