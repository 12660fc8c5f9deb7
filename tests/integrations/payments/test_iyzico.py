"""iyzico's checkout form, against a server that behaves like it, and against what iyzico itself has published."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from iyzipay.iyzipay_resource import IyzipayResource  # type: ignore[import-untyped]

from meydan.integrations.payments.contract import (
    Awaited,
    Buyer,
    Checkout,
    Failed,
    Order,
    Paid,
    ProviderRefused,
    ProviderUnavailable,
    Refunded,
    Webhook,
)
from meydan.integrations.payments.enums import Period
from meydan.integrations.payments.iyzico.account import IyzicoAccount
from meydan.integrations.payments.iyzico.adapter import IyzicoProvider
from meydan.integrations.payments.iyzico.models import PaymentDetail, RefundMade, turkish_time
from meydan.kit import clock
from tests.conftest import MovableClock
from tests.integrations.payments.fake_server import Answered
from tests.integrations.payments.servers.iyzico import Iyzico
from tests.integrations.payments.servers.iyzico_shapes import SHAPES


@pytest.fixture
async def iyzico() -> AsyncIterator[Iyzico]:
    async with Iyzico() as server:
        yield server


@pytest.fixture
async def provider(iyzico: Iyzico) -> AsyncIterator[IyzicoProvider]:
    made = IyzicoProvider(account(iyzico), sandbox=True)
    yield made
    await made.close()


def account(iyzico: Iyzico, **changes: str) -> IyzicoAccount:
    values = {"api_key": iyzico.api_key, "secret_key": iyzico.secret_key, "email": "kasa@meet.example"}
    return IyzicoAccount(**values | {"api_url": iyzico.url} | changes)


def order(**changes: Any) -> Order:
    made = Order(
        payment_id=uuid4(),
        title="Meydan: 250 jeton",
        amount=4990,
        currency="TRY",
        period=None,
        buyer=Buyer(uuid4(), "tr", None, "+905321112233", "85.34.78.112"),
        return_url="https://meet.example/wallet/payments/7",
        webhook_url="https://meet.example/api/payments/webhooks/iyzico/t",
    )
    return msgspec.structs.replace(made, **changes)


async def paid_by(provider: IyzicoProvider, iyzico: Iyzico, wanted: Order | None = None) -> tuple[Checkout, Paid]:
    checkout = await provider.do_open_checkout(wanted or order())
    iyzico.pay(checkout.provider_checkout_id)
    (paid,) = await provider.payment(checkout.provider_checkout_id)
    assert isinstance(paid, Paid)
    return checkout, paid


async def test_who_pays_the_form_comes_back_with_a_token_and_iyzico_is_asked(provider: IyzicoProvider, iyzico: Iyzico):
    wanted = order()
    checkout = await provider.do_open_checkout(wanted)
    assert checkout.url.startswith("https://sandbox-cpp.iyzipay.com?token=")
    assert timedelta(minutes=29) < checkout.expires_at - clock.now() <= timedelta(minutes=30)
    payment = iyzico.pay(checkout.provider_checkout_id)
    came = iyzico.callback(checkout.provider_checkout_id)
    webhook_event = await provider.verify(came)
    assert provider.redirect_url(came) == wanted.return_url
    (paid,) = await provider.read(webhook_event)
    assert isinstance(paid, Paid)
    assert (paid.payment_id, paid.checkout, paid.charge) == (
        wanted.payment_id,
        checkout.provider_checkout_id,
        str(payment.id),
    )
    assert (paid.amount, paid.currency, paid.test) == (4990, "TRY", True)
    by_charge, by_token = await provider.payment(paid.charge), await provider.payment(checkout.provider_checkout_id)
    assert {event.event_id for event in [*by_charge, *by_token]} == {paid.event_id}


async def test_the_form_asks_for_what_was_ordered_and_for_no_instalments(provider: IyzicoProvider, iyzico: Iyzico):
    wanted = order(amount=100_005, currency="EUR", period=Period.month)
    checkout = await provider.do_open_checkout(wanted)
    asked = iyzico.forms[checkout.provider_checkout_id].request
    assert (asked["price"], asked["paidPrice"], asked["currency"]) == ("1000.05", "1000.05", "EUR")
    assert asked["enabledInstallments"] == [1]
    assert asked["conversationId"] == asked["basketId"] == str(wanted.payment_id)
    assert asked["buyer"]["id"] == str(wanted.buyer.customer_reference)
    assert asked["buyer"]["email"] == "kasa@meet.example", "who gave none is not asked for one"
    assert asked["buyer"]["gsmNumber"] == "+905321112233"
    assert asked["basketItems"][0]["itemType"] == "VIRTUAL"
    _, paid = await paid_by(provider, iyzico, wanted)
    assert (paid.amount, paid.currency) == (100_005, "EUR")


async def test_a_token_of_nothing_buys_nothing(provider: IyzicoProvider, iyzico: Iyzico):
    checkout = await provider.do_open_checkout(order())
    came = iyzico.callback(checkout.provider_checkout_id)
    assert await provider.read(await provider.verify(came)) == [], "the form is not filled in yet"
    invented = msgspec.structs.replace(came, body=f"token={uuid4()}".encode())
    assert await provider.read(await provider.verify(invented)) == []


async def test_iyzicos_own_server_tells_it_too(provider: IyzicoProvider, iyzico: Iyzico):
    wanted = order()
    checkout = await provider.do_open_checkout(wanted)
    iyzico.refuse_card(checkout.provider_checkout_id)
    failure = iyzico.notification(checkout.provider_checkout_id, "FAILURE")
    assert await provider.read(await provider.verify(failure)) == [], "the form takes another card"
    payment = iyzico.pay(checkout.provider_checkout_id)
    told = iyzico.notification(checkout.provider_checkout_id)
    assert provider.redirect_url(told) is None
    webhook_event = await provider.verify(told)
    assert webhook_event == await provider.verify(told), "a repeated notification is known again"
    (paid,) = await provider.read(webhook_event)
    assert isinstance(paid, Paid)
    assert (paid.payment_id, paid.charge) == (wanted.payment_id, str(payment.id))
    direct = await provider.read(await provider.verify(iyzico.payment_notification(payment, "API_AUTH")))
    assert [event.event_id for event in direct] == [paid.event_id]


BY_FORM = (
    '{"paymentConversationId":"conversationId","merchantId":3382172,"token":"e828c62d-fd12-4b1a-ad5a-380f15fe6596",'
    '"status":"SUCCESS","iyziReferenceCode":"77e1635c-6b39-475a-8b7b-ca15ad0cd4ac","iyziEventType":"CHECKOUT_FORM_AUTH",'
    '"iyziEventTime":1721825036103,"iyziPaymentId":22483975}'
)
BY_API = (
    '{"paymentConversationId":"conversationId","merchantId":3382172,"paymentId":22484059,"status":"SUCCESS",'
    '"iyziReferenceCode":"a9af8e6b-4401-4928-b6b8-40419aaa3d0f","iyziEventType":"API_AUTH",'
    '"iyziEventTime":1721825828467,"iyziPaymentId":22484059}'
)


@pytest.mark.parametrize(
    ("payload", "signature"),
    [
        (BY_FORM, "4031c575763486a2d2bf3f7ace0baebfcd6bed65393ab4df3fe80c00d5fd6878"),
        (BY_API, "92c7a72b7741bc83eb696066605c894778c87297b2c88d6037670666230e18ae"),
    ],
)
async def test_the_signatures_iyzico_published_hold(payload: str, signature: str):
    """The two worked examples in ``samples/webhook_Signature_Validation.php`` of its client for PHP."""
    published = IyzicoAccount("sandbox-x", "sandbox-UuLnD7wZa0a3DmytfIrwHQqAMfqCNJrs", "a@b.example")
    provider = IyzicoProvider(published, sandbox=True)
    headers = {"content-type": "application/json", "x-iyz-signature-v3": signature}
    webhook_event = await provider.verify(Webhook(headers, payload.encode()))
    assert webhook_event.event_id == f"notification:{json.loads(payload)['iyziReferenceCode']}"
    await provider.close()


async def test_a_refused_card_is_told_by_its_group(provider: IyzicoProvider, iyzico: Iyzico):
    wanted = order()
    checkout = await provider.do_open_checkout(wanted)
    iyzico.refuse_card(checkout.provider_checkout_id)
    (failed,) = await provider.payment(checkout.provider_checkout_id)
    assert isinstance(failed, Failed)
    assert (failed.payment_id, failed.checkout) == (wanted.payment_id, checkout.provider_checkout_id)
    assert failed.reason == "NOT_SUFFICIENT_FUNDS"


async def test_what_is_not_decided_is_no_news(provider: IyzicoProvider, iyzico: Iyzico):
    checkout = await provider.do_open_checkout(order())
    assert await provider.payment(checkout.provider_checkout_id) == []
    iyzico.ask_the_bank(checkout.provider_checkout_id)
    assert await provider.payment(checkout.provider_checkout_id) == []
    payment = iyzico.pay(checkout.provider_checkout_id, fraud_status=0)
    (waits,) = await provider.payment(checkout.provider_checkout_id)
    assert isinstance(waits, Awaited), "iyzico still looks at it"
    assert await provider.payment(str(payment.id)) == []
    payment.fraud_status = -1
    (failed,) = await provider.payment(checkout.provider_checkout_id)
    assert isinstance(failed, Failed)
    assert failed.reason == "FRAUD_REJECTED"
    payment.fraud_status = 1
    (paid,) = await provider.payment(checkout.provider_checkout_id)
    assert isinstance(paid, Paid)


async def test_a_refund_is_made_once_though_iyzico_knows_no_repetition(provider: IyzicoProvider, iyzico: Iyzico):
    _, paid = await paid_by(provider, iyzico)
    for _ in range(2):
        await provider.do_refund(paid.charge, 1005, "TRY", "one")
    assert [str(refund.price) for refund in iyzico.payments[int(paid.charge)].refunds] == ["10.05"]
    with pytest.raises(ProviderRefused, match="büyük olamaz"):
        await provider.do_refund(paid.charge, 3986, "TRY", "two")
    with pytest.raises(ProviderRefused, match="no payment 17"):
        await provider.do_refund("17", 1, "TRY", "two")


async def test_a_refund_whose_answer_was_lost_is_not_made_twice(provider: IyzicoProvider, iyzico: Iyzico):
    _, paid = await paid_by(provider, iyzico)
    keep = iyzico.answer

    async def lose_one_answer(asked: Any) -> Answered:
        answered = await keep(asked)
        if asked.path == "/v2/payment/refund":
            iyzico.answer = keep  # type: ignore[method-assign]
            raise ConnectionResetError
        return answered

    iyzico.answer = lose_one_answer  # type: ignore[method-assign]
    with pytest.raises(ProviderUnavailable):
        await provider.do_refund(paid.charge, 2000, "TRY", "one")
    assert iyzico.broken.pop().__class__ is ConnectionResetError
    assert (await provider.do_refund(paid.charge, 2000, "TRY", "one")).refunded == 2000
    assert len(iyzico.payments[int(paid.charge)].refunds) == 1


async def test_reports_that_lag_are_added_to(provider: IyzicoProvider, iyzico: Iyzico, moving_clock: MovableClock):
    _, paid = await paid_by(provider, iyzico)
    iyzico.report_lags = True
    assert (await provider.do_refund(paid.charge, 1000, "TRY", "one")).refunded == 1000
    assert len(await provider.payment(paid.charge)) == 1
    moving_clock.forward(minutes=1)
    _, refunded = await provider.payment(paid.charge)
    assert isinstance(refunded, Refunded)
    assert refunded.refunded == 1000


async def test_what_is_cancelled_in_the_panel_has_gone_back(provider: IyzicoProvider, iyzico: Iyzico):
    checkout, paid = await paid_by(provider, iyzico)
    iyzico.cancel(iyzico.payments[int(paid.charge)])
    for reference in (paid.charge, checkout.provider_checkout_id):
        _, refunded = await provider.payment(reference)
        assert isinstance(refunded, Refunded)
        assert refunded.refunded == 4990


async def test_the_books_of_a_period(provider: IyzicoProvider, iyzico: Iyzico, moving_clock: MovableClock):
    iyzico.page_size = 2
    _, old = await paid_by(provider, iyzico)
    moving_clock.forward(hours=24 * 5)
    since = clock.now() - timedelta(minutes=1)
    wanted = [order() for _ in range(4)]
    new = [(await paid_by(provider, iyzico, one))[1] for one in wanted]
    await provider.do_refund(new[1].charge, 90, "TRY", "r")
    moving_clock.forward(hours=30)
    await provider.do_refund(new[2].charge, 4990, "TRY", "s")
    await provider.do_refund(old.charge, 10, "TRY", "t")
    moving_clock.forward(minutes=1)
    until = clock.now()
    statement = await provider.statement(since, until, [])
    assert statement.complete
    found = {charge.provider_charge_id: charge for charge in statement.charges}
    assert set(found) == {paid.charge for paid in new}, "the old one was only refunded in it"
    assert [found[paid.charge].refunded for paid in new] == [0, 90, 4990, 0]
    assert [found[paid.charge].payment_id for paid in new] == [one.payment_id for one in wanted]
    assert all(charge.amount == 4990 for charge in statement.charges)
    assert all(abs(found[paid.charge].paid_at - paid.happened_at) < timedelta(seconds=2) for paid in new)
    known = await provider.statement(since, until, [old.charge, "1", "not-a-number"])
    assert {charge.provider_charge_id: charge.refunded for charge in known.charges}[old.charge] == 10
    assert len(known.charges) == 5


@pytest.mark.parametrize(
    ("trouble", "raised"),
    [
        (Answered(200, {"status": "failure", "errorCode": "50000", "errorMessage": "Limit"}), ProviderUnavailable),
        (Answered(200, {"status": "failure", "errorCode": "1", "errorMessage": "Sistem hatası"}), ProviderUnavailable),
        (Answered(200, {"status": "failure", "errorCode": "9", "retryable": True}), ProviderUnavailable),
        (Answered(422, {"status": "failure", "errorCode": "11", "errorMessage": "Geçersiz istek"}), ProviderRefused),
    ],
)
async def test_what_may_work_in_a_moment_is_told_from_what_will_not(
    provider: IyzicoProvider, iyzico: Iyzico, trouble: Answered | None, raised: type[Exception]
):
    iyzico.trouble = [trouble]
    with pytest.raises(raised):
        await provider.do_open_checkout(order())


async def test_wrong_keys_are_refused_everywhere(iyzico: Iyzico, provider: IyzicoProvider):
    checkout, paid = await paid_by(provider, iyzico)
    for changes, code in (({"secret_key": "wrong"}, "1000"), ({"api_key": "wrong"}, "1001")):
        stranger = IyzicoProvider(account(iyzico, **changes), sandbox=True)
        for ask in (
            stranger.do_open_checkout(order()),
            stranger.payment(checkout.provider_checkout_id),
            stranger.payment(paid.charge),
            stranger.do_refund(paid.charge, 1, "TRY", "x"),
            stranger.statement(clock.now(), clock.now(), []),
        ):
            with pytest.raises(ProviderRefused, match=code):
                await ask
        await stranger.close()


async def test_an_answer_that_is_not_iyzicos_is_not_believed(provider: IyzicoProvider, iyzico: Iyzico):
    checkout, paid = await paid_by(provider, iyzico)
    iyzico.forges = True
    for ask in (
        provider.do_open_checkout(order()),
        provider.payment(checkout.provider_checkout_id),
        provider.do_refund(paid.charge, 1, "TRY", "x"),
    ):
        with pytest.raises(ProviderUnavailable, match="not signed"):
            await ask


async def test_what_iyzico_refuses_about_a_form_is_told(provider: IyzicoProvider):
    for wrong, code in (({"currency": "JPY"}, "11"), ({"amount": 0}, "5005")):
        with pytest.raises(ProviderRefused, match=f"iyzico refused: {code} "):
            await provider.do_open_checkout(order(**wrong))
    nobody = msgspec.structs.replace(order().buyer, email="not an address")
    with pytest.raises(ProviderRefused, match="refused: 5 "):
        await provider.do_open_checkout(order(buyer=nobody))


async def test_many_requests_at_once_are_each_signed_for_themselves(provider: IyzicoProvider, iyzico: Iyzico):
    """The library keeps the headers of all requests in one place."""
    made = await asyncio.gather(*(provider.do_open_checkout(order()) for _ in range(20)))
    assert len({checkout.provider_checkout_id for checkout in made}) == 20
    assert len({asked.headers["x-iyzi-rnd"] for asked in iyzico.asked}) == 20
    assert "Authorization" not in IyzipayResource.header


async def test_live_keys_mean_live_money(iyzico: Iyzico):
    iyzico.api_key = "live-key"
    provider = IyzicoProvider(account(iyzico), sandbox=False)
    _, paid = await paid_by(provider, iyzico)
    assert paid.test is False
    await provider.close()


def test_samples_of_its_documents_are_read():
    """From "Reporting Service" and "Refund & Cancel" on docs.iyzico.com, as of 2025."""
    detail = """{"paymentId": 25236546, "paymentStatus": 1, "paymentRefundStatus": "PARTIALLY_REFUNDED", "price": 1,
        "paidPrice": 50, "installment": 1, "paymentConversationId": "123321", "fraudStatus": 1, "cardType": "CREDIT_CARD",
        "cardAssociation": "MASTER_CARD", "cardFamily": "Axess", "binNumber": "552608", "lastFourDigits": "0006",
        "basketId": "16733998", "currency": "TRY", "threeDS": false, "phase": "AUTH",
        "createdDate": "2025-08-28T15:19:03Z", "cancels": [],
        "itemTransactions": [{"paymentTransactionId": 27225634, "transactionStatus": 2, "price": 1, "paidPrice": 50}]}"""
    read = msgspec.json.decode(detail, type=PaymentDetail)
    assert (str(read.payment_id), read.paid_price, read.refunds) == ("25236546", Decimal(50), [])
    SHAPES.check("Payment", json.loads(detail))
    # The same answer's systemTime was 1756383869332: a payment cannot be made after it was reported.
    assert turkish_time(read.created_date) == datetime(2025, 8, 28, 12, 19, 3, tzinfo=UTC)
    assert turkish_time(read.created_date) < datetime.fromtimestamp(1756383869.332, UTC)
    refund = """{"status": "success", "locale": "tr", "systemTime": 1755703798426, "conversationId": "conversationId",
        "paymentId": "25180188", "price": 5, "currency": "TRY", "authCode": "512821", "hostReference": "mock00007iyzihostrfn",
        "refundHostReference": "mock00007iyzihostrfn", "retryable": false}"""
    assert msgspec.json.decode(refund, type=RefundMade).price == 5
    SHAPES.check("RefundMade", json.loads(refund))
