"""A server that behaves like iyzico: signed requests, a form with a token, no idempotency, refunds up to what was paid.

Its rules are those of docs.iyzico.com ("HMACSHA256 Auth", "CF-Initialize", "CF-Retrieve", "Refund & Cancel", "Reporting
Service", "Webhook", "Response Signature Validation", "Error Codes"). Shapes of its answers stand in ``iyzico_shapes``.
"""

import base64
import hmac
import json
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import count
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4
from zoneinfo import ZoneInfo

from msgspec import Struct

from meydan.integrations.payments.contract import Webhook
from meydan.kit import clock
from tests.integrations.payments.fake_server import Answered, Asked, FakeServer, Refused
from tests.integrations.payments.servers.iyzico_shapes import SHAPES

Json = dict[str, Any]

_CURRENCIES = {"TRY", "USD", "EUR", "GBP", "NOK", "CHF"}
_FORM_NEEDS = {"price", "paidPrice", "callbackUrl", "shippingAddress", "billingAddress", "basketItems"}
_BUYER_NEEDS = {"id", "name", "surname", "identityNumber", "registrationAddress", "city", "country", "ip"}
_ADDRESS_NEEDS = {"contactName", "city", "country", "address"}
_LAG = timedelta(seconds=30)
_CARD_REFUSED = {
    "status": "failure",
    "errorCode": "10051",
    "errorMessage": "Kart limiti yetersiz, yetersiz bakiye",
    "errorGroup": "NOT_SUFFICIENT_FUNDS",
}


class Refund(Struct, frozen=True):
    price: Decimal
    conversation_id: str
    made_at: datetime
    is_cancel: bool = False


class Payment(Struct):
    id: int
    request: Json
    paid: Decimal
    fraud_status: int
    paid_at: datetime
    refunds: list[Refund] = []


class Form(Struct):
    token: str
    request: Json
    status: str | None = None
    payment: Payment | None = None


def _refused(code: int, message: str) -> Refused:
    return Refused(Answered(body=SHAPES.made("Envelope", status="failure", errorCode=str(code), errorMessage=message)))


class Iyzico(FakeServer):
    def __init__(self) -> None:
        super().__init__()
        self.api_key, self.secret_key = "sandbox-key", "sandbox-secret"
        self.forms: dict[str, Form] = {}
        self.payments: dict[int, Payment] = {}
        self.report_lags = False
        """Reports know only what happened a while ago."""
        self.forges = False
        """Answers carry somebody else's signature."""
        self._numbers = count(25_180_000)

    # What a buyer and a bank do.

    def pay(self, token: str, *, fraud_status: int = 1) -> Payment:
        form, number = self.forms[token], next(self._numbers)
        made = Payment(number, form.request, Decimal(form.request["paidPrice"]), fraud_status, clock.now())
        form.status, form.payment = "SUCCESS", made
        self.payments[number] = made
        return made

    def refuse_card(self, token: str) -> None:
        self.forms[token].status = "FAILURE"

    def ask_the_bank(self, token: str) -> None:
        self.forms[token].status = "INIT_THREEDS"

    def cancel(self, payment: Payment) -> None:
        """In iyzico's panel, on the day it was paid."""
        payment.refunds.append(Refund(payment.paid, "", clock.now(), is_cancel=True))

    # What comes to the merchant.

    def callback(self, token: str) -> Webhook:
        """The buyer's browser, on its way back."""
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return Webhook(headers, urlencode({"token": token}).encode(), self.forms[token].request["callbackUrl"])

    def notification(self, token: str, status: str = "SUCCESS") -> Webhook:
        form = self.forms[token]
        number = form.payment.id if form.payment else next(self._numbers)
        about = {"token": token, "status": status, "iyziEventType": "CHECKOUT_FORM_AUTH", "iyziPaymentId": number}
        signed = ("iyziEventType", "iyziPaymentId", "token", "paymentConversationId", "status")
        return self._notice(form.request, about, signed)

    def payment_notification(self, payment: Payment, kind: str) -> Webhook:
        """A notice of the form without a token, as for what is done by API."""
        about = {"paymentId": payment.id, "iyziPaymentId": payment.id, "status": "SUCCESS", "iyziEventType": kind}
        return self._notice(payment.request, about, ("iyziEventType", "paymentId", "paymentConversationId", "status"))

    def _notice(self, request: Json, about: Json, signed: tuple[str, ...]) -> Webhook:
        names = {"paymentConversationId": request["conversationId"], "merchantId": 3382172}
        body = names | {"iyziReferenceCode": str(uuid4()), "iyziEventTime": _epoch(clock.now())} | about
        text = self.secret_key + "".join(str(body[name]) for name in signed)
        headers = {"content-type": "application/json", "x-iyz-signature-v3": _hmac(self.secret_key, text)}
        return Webhook(headers, json.dumps(body).encode(), "https://meet.example/api/payments/webhooks/iyzico/t")

    # Its API.

    async def answer(self, asked: Asked) -> Answered:
        self._authorize(asked)
        given = json.loads(asked.body) if asked.body else {}
        query = {name: values[0] for name, values in asked.query.items()}
        match asked.method, asked.path:
            # The path of iyzico's library for Python; the one its documents name does the same.
            case "POST", "/payment/iyzipos/checkoutform/initialize/ecom":
                shape, body = "FormMade", self._form(given)
            case "POST", "/payment/iyzipos/checkoutform/auth/ecom/detail":
                shape, body = "FormResult", self._result(given)
            case "POST", "/v2/payment/refund":
                shape, body = "RefundMade", self._refund(given)
            case "GET", "/v2/reporting/payment/details":
                payment = self.payments.get(int(query["paymentId"]))
                shape, body = "Details", {"payments": [self._detail(payment)] if payment else []}
            case "GET", "/v2/reporting/payment/transactions":
                shape, body = "Transactions", self._transactions(query["transactionDate"], int(query["page"]))
            case _:
                raise LookupError(asked.path)
        envelope = {"status": "success", "locale": given.get("locale", "tr"), "systemTime": _epoch(clock.now())}
        named = {name: given[name] for name in ("conversationId",) if name in given}
        return Answered(body=SHAPES.check(shape, envelope | named | body))

    def _authorize(self, asked: Asked) -> None:
        scheme, _, sealed = asked.headers["authorization"].partition(" ")
        parts = dict(part.split(":") for part in base64.b64decode(sealed, validate=True).decode().split("&"))
        assert (scheme, asked.headers["x-iyzi-rnd"]) == ("IYZWSv2", parts["randomKey"])
        if parts["apiKey"] != self.api_key:
            raise _refused(1001, "api bilgileri bulunamadı")
        if parts["signature"] != _hmac(self.secret_key, parts["randomKey"] + asked.path + asked.body.decode()):
            raise _refused(1000, "Geçersiz imza")

    def _form(self, given: Json) -> Json:
        assert given.keys() >= _FORM_NEEDS
        assert given["buyer"].keys() >= _BUYER_NEEDS
        assert given["billingAddress"].keys() >= _ADDRESS_NEEDS
        if given["currency"] not in _CURRENCIES:
            raise _refused(11, "Geçersiz istek")
        if "@" not in given["buyer"]["email"]:
            raise _refused(5, "email hatalı formatta gönderilmiştir")
        price = Decimal(given["price"])
        if price <= 0:
            raise _refused(5005, "price 0'dan büyük olmalıdır")
        assert sum(Decimal(item["price"]) for item in given["basketItems"]) == price
        token = str(uuid4())
        self.forms[token] = Form(token, given)
        return {
            "token": token,
            "tokenExpireTime": 1800,
            "paymentPageUrl": f"https://sandbox-cpp.iyzipay.com?token={token}&lang=tr",
            "signature": self._signature([given["conversationId"], token]),
        }

    def _result(self, given: Json) -> Json:
        form = self.forms.get(given["token"])
        if form is None or form.status is None:
            raise _refused(11, "Geçersiz istek")
        payment, request = form.payment, form.request
        known = {"token": form.token, "callbackUrl": request["callbackUrl"], "paymentStatus": form.status}
        if form.status == "FAILURE":
            return known | _CARD_REFUSED | {"basketId": request["basketId"]}
        if payment is None:
            return known
        price, currency, basket = Decimal(request["price"]), request["currency"], request["basketId"]
        signed = ["SUCCESS", payment.id, currency, basket, given.get("conversationId")]
        return known | {
            "price": float(price),
            "paidPrice": float(payment.paid),
            "currency": currency,
            "paymentId": str(payment.id),
            "fraudStatus": payment.fraud_status,
            "basketId": basket,
            "signature": self._signature([*signed, payment.paid, price, form.token]),
        }

    def _refund(self, given: Json) -> Json:
        payment, price = self.payments[int(given["paymentId"])], Decimal(given["price"])
        currency, conversation = payment.request["currency"], given["conversationId"]
        assert price > 0
        assert given["currency"] == currency
        if sum((one.price for one in payment.refunds), price) > payment.paid:
            raise _refused(11, "İade tutarı ödeme tutarından büyük olamaz")
        payment.refunds.append(Refund(price, conversation, clock.now()))
        return {
            "paymentId": str(payment.id),
            "price": float(price),
            "currency": currency,
            "retryable": False,
            "signature": self._signature([payment.id, price, currency, conversation]),
        }

    def _detail(self, payment: Payment) -> Json:
        lines: dict[bool, list[Json]] = {True: [], False: []}
        for one in payment.refunds:
            if self._is_reported(one.made_at):
                line = {"refundPrice": float(one.price), "refundStatus": 1, "createdDate": _iso(one.made_at)}
                named = {} if one.is_cancel else {"refundConversationId": one.conversation_id}
                lines[one.is_cancel].append(line | named)
        return {
            "paymentId": payment.id,
            "paymentStatus": 1,
            "price": float(payment.request["price"]),
            "paidPrice": float(payment.paid),
            "fraudStatus": payment.fraud_status,
            "basketId": payment.request["basketId"],
            "currency": payment.request["currency"],
            "createdDate": _iso(payment.paid_at),
            "cancels": lines[True],
            "itemTransactions": [{"refunds": lines[False]}],
        }

    def _transactions(self, day: str, page: int) -> Json:
        happened = [
            *((one, "PAYMENT", one.paid, one.paid_at) for one in self.payments.values()),
            *(
                (payment, "CANCEL" if one.is_cancel else "REFUND", one.price, one.made_at)
                for payment in self.payments.values()
                for one in payment.refunds
            ),
        ]
        lines = [_line(*one) for one in happened if self._is_reported(one[-1]) and _iso(one[-1]).startswith(day)]
        shown, _ = self.page(lines, (page - 1) * self.page_size)
        return {"transactions": shown, "currentPage": page, "totalPageCount": -(-len(lines) // self.page_size)}

    def _is_reported(self, at: datetime) -> bool:
        return not self.report_lags or at < clock.now() - _LAG

    def _signature(self, parts: list[Any]) -> str:
        """Parts with a colon between, decimals without zeros at their end, nothing for what is absent."""
        texts = ["" if part is None else _plain(part) for part in parts]
        return _hmac("somebody else's" if self.forges else self.secret_key, ":".join(texts))


def _line(payment: Payment, kind: str, price: Decimal, at: datetime) -> Json:
    return {
        "transactionType": kind,
        "transactionDate": _iso(at),
        "transactionStatus": 1,
        "paymentId": payment.id,
        "conversationId": payment.request["conversationId"],
        **dict.fromkeys(("price", "paidPrice"), float(price)),
        "transactionCurrency": payment.request["currency"],
    }


def _hmac(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), sha256).hexdigest()


def _plain(part: Any) -> str:
    text = str(part)
    return text.rstrip("0").rstrip(".") if isinstance(part, Decimal) and "." in text else text


def _iso(at: datetime) -> str:
    """Turkish time with a Z behind it: on docs.iyzico.com a payment of 12:19 UTC by its ``systemTime`` is one of 15:19Z."""
    return at.astimezone(ZoneInfo("Europe/Istanbul")).strftime("%Y-%m-%dT%H:%M:%SZ")


def _epoch(at: datetime) -> int:
    return int(at.timestamp() * 1000)
