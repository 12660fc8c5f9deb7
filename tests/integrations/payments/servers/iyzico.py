"""A server that behaves like iyzico: signed requests, a form with a token, no idempotency, refunds up to what was paid.

Its rules are those of docs.iyzico.com ("HMACSHA256 Auth", "CF-Initialize", "CF-Retrieve", "Refund & Cancel", "Reporting
Service", "Webhook", "Response Signature Validation", "Error Codes"); what its answers look like stands in ``iyzico_shapes``.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Callable
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
from tests.integrations.payments.fake_server import Answered, Asked, FakeServer
from tests.integrations.payments.servers.iyzico_shapes import SHAPES

TOKEN_LIFE = 1800
CURRENCIES = {"TRY", "USD", "EUR", "GBP", "NOK", "CHF"}
_FORM_NEEDS = ["price", "paidPrice", "currency", "buyer", "shippingAddress", "billingAddress", "basketItems"]
_BUYER_NEEDS = ["id", "name", "surname", "identityNumber", "registrationAddress", "city", "country", "ip"]
_ADDRESS_NEEDS = ["contactName", "city", "country", "address"]


class Form(Struct):
    token: str
    request: dict[str, Any]
    made_at: datetime
    status: str | None = None
    payment: "Payment | None" = None


class Refund(Struct, frozen=True):
    price: Decimal
    conversation_id: str
    made_at: datetime
    is_cancel: bool = False


class Payment(Struct):
    id: int
    request: dict[str, Any]
    paid: Decimal
    fraud_status: int
    paid_at: datetime
    refunds: list[Refund] = []

    @property
    def refunded(self) -> Decimal:
        return sum((one.price for one in self.refunds), Decimal(0))


class Refusal(Exception):
    def __init__(self, code: int, message: str, *, retryable: bool | None = None) -> None:
        super().__init__(message)
        self.code, self.retryable = code, retryable


class Iyzico(FakeServer):
    def __init__(self, api_key: str = "sandbox-key", secret_key: str = "sandbox-secret") -> None:
        super().__init__()
        self.api_key, self.secret_key = api_key, secret_key
        self.forms: dict[str, Form] = {}
        self.payments: dict[int, Payment] = {}
        self.report_lags = False
        """Its reports know only what happened a while ago."""
        self.forges = False
        """Answers carry somebody else's signature."""
        self._numbers = count(25_180_000)

    # What a buyer and a bank do.

    def pay(self, token: str, *, fraud_status: int = 1) -> Payment:
        form = self.forms[token]
        number = next(self._numbers)
        made = Payment(
            id=number,
            request=form.request,
            paid=Decimal(form.request["paidPrice"]),
            fraud_status=fraud_status,
            paid_at=clock.now(),
        )
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
        return Webhook(
            headers={"content-type": "application/x-www-form-urlencoded"},
            body=urlencode({"token": token}).encode(),
            url=self.forms[token].request["callbackUrl"],
        )

    def notification(self, token: str, status: str = "SUCCESS") -> Webhook:
        form = self.forms[token]
        body = {
            "paymentConversationId": form.request["conversationId"],
            "merchantId": 3382172,
            "token": token,
            "status": status,
            "iyziReferenceCode": str(uuid4()),
            "iyziEventType": "CHECKOUT_FORM_AUTH",
            "iyziEventTime": _epoch(clock.now()),
            "iyziPaymentId": form.payment.id if form.payment else next(self._numbers),
        }
        signed = ("iyziEventType", "iyziPaymentId", "token", "paymentConversationId", "status")
        return self._notice(body, signed)

    def payment_notification(self, payment: Payment, kind: str) -> Webhook:
        """Of the form without a token, as for what is done by API."""
        body = {
            "paymentConversationId": payment.request["conversationId"],
            "merchantId": 3382172,
            "paymentId": payment.id,
            "status": "SUCCESS",
            "iyziReferenceCode": str(uuid4()),
            "iyziEventType": kind,
            "iyziEventTime": _epoch(clock.now()),
            "iyziPaymentId": payment.id,
        }
        return self._notice(body, ("iyziEventType", "paymentId", "paymentConversationId", "status"))

    def _notice(self, body: dict[str, Any], signed: tuple[str, ...]) -> Webhook:
        text = self.secret_key + "".join(str(body[name]) for name in signed)
        signature = hmac.new(self.secret_key.encode(), text.encode(), sha256).hexdigest()
        headers = {"content-type": "application/json", "x-iyz-signature-v3": signature}
        return Webhook(headers, json.dumps(body).encode(), "https://meet.example/api/payments/webhooks/iyzico/t")

    # Its API.

    async def answer(self, asked: Asked) -> Answered:
        given = json.loads(asked.body) if asked.body else {}
        kinds: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
            # The path of iyzico's library for Python; the one its documents name does the same.
            "POST /payment/iyzipos/checkoutform/initialize/ecom": ("FormMade", lambda: self._form(given)),
            "POST /payment/iyzipos/checkoutform/initialize/auth/ecom": ("FormMade", lambda: self._form(given)),
            "POST /payment/iyzipos/checkoutform/auth/ecom/detail": ("FormResult", lambda: self._result(given)),
            "POST /v2/payment/refund": ("RefundMade", lambda: self._refund(given)),
            "GET /v2/reporting/payment/details": ("Details", lambda: self._details(asked.query)),
            "GET /v2/reporting/payment/transactions": ("Transactions", lambda: self._transactions(asked.query)),
        }
        shape, act = kinds[f"{asked.method} {asked.path}"]
        envelope = {"locale": given.get("locale", "tr"), "systemTime": _epoch(clock.now())}
        if "conversationId" in given:
            envelope["conversationId"] = given["conversationId"]
        try:
            self._authorize(asked)
            body = {"status": "success"} | envelope | act()
        except Refusal as refusal:
            body = {"status": "failure", "errorCode": str(refusal.code), "errorMessage": str(refusal)} | envelope
            if refusal.retryable is not None:
                body["retryable"] = refusal.retryable
        return Answered(body=SHAPES.check(shape, body))

    def _authorize(self, asked: Asked) -> None:
        scheme, _, sealed = asked.headers.get("authorization", "").partition(" ")
        try:
            text = base64.b64decode(sealed, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise Refusal(1000, "Geçersiz imza") from None
        parts = dict(part.partition(":")[::2] for part in text.split("&"))
        if parts.get("apiKey") != self.api_key:
            raise Refusal(1001, "api bilgileri bulunamadı")
        signed = parts.get("randomKey", "") + asked.path + asked.body.decode()
        expected = hmac.new(self.secret_key.encode(), signed.encode(), sha256).hexdigest()
        same_key = asked.headers.get("x-iyzi-rnd") == parts.get("randomKey")
        if scheme != "IYZWSv2" or not same_key or parts.get("signature") != expected:
            raise Refusal(1000, "Geçersiz imza")

    def _form(self, given: dict[str, Any]) -> dict[str, Any]:
        if not given.get("callbackUrl"):
            raise Refusal(23, "callbackUrl gönderilmesi zorunludur")
        missing = [
            *(name for name in _FORM_NEEDS if not given.get(name)),
            *(name for name in _BUYER_NEEDS if not given.get("buyer", {}).get(name)),
            *(name for name in _ADDRESS_NEEDS if not given.get("billingAddress", {}).get(name)),
        ]
        if missing or given["currency"] not in CURRENCIES:
            raise Refusal(11, f"Geçersiz istek {missing}")
        if "@" not in given["buyer"].get("email", ""):
            raise Refusal(5, "email hatalı formatta gönderilmiştir")
        price = Decimal(given["price"])
        if price <= 0:
            raise Refusal(5005, "price 0'dan büyük olmalıdır")
        if sum(Decimal(item["price"]) for item in given["basketItems"]) != price:
            raise Refusal(5062, "Toplam ürün tutarı price ile aynı olmalıdır")
        token = str(uuid4())
        self.forms[token] = Form(token, given, clock.now())
        return {
            "token": token,
            "tokenExpireTime": TOKEN_LIFE,
            "paymentPageUrl": f"https://sandbox-cpp.iyzipay.com?token={token}&lang=tr",
            "signature": self._signature([given.get("conversationId"), token]),
        }

    def _result(self, given: dict[str, Any]) -> dict[str, Any]:
        form = self.forms.get(given.get("token", ""))
        if form is None:
            raise Refusal(11, "Geçersiz istek")
        if form.status is None:
            raise Refusal(11, "Geçersiz istek")
        known = {"token": form.token, "callbackUrl": form.request["callbackUrl"], "paymentStatus": form.status}
        if form.status == "FAILURE":
            return known | {
                "status": "failure",
                "errorCode": "10051",
                "errorMessage": "Kart limiti yetersiz, yetersiz bakiye",
                "errorGroup": "NOT_SUFFICIENT_FUNDS",
                "basketId": form.request["basketId"],
            }
        if form.payment is None:
            return known
        payment, request = form.payment, form.request
        price, basket = Decimal(request["price"]), request["basketId"]
        signed = ["SUCCESS", payment.id, request["currency"], basket, given.get("conversationId")]
        return known | {
            "price": float(price),
            "paidPrice": float(payment.paid),
            "currency": request["currency"],
            "paymentId": str(payment.id),
            "fraudStatus": payment.fraud_status,
            "basketId": basket,
            "signature": self._signature([*signed, payment.paid, price, form.token]),
        }

    def _refund(self, given: dict[str, Any]) -> dict[str, Any]:
        if not given.get("paymentId"):
            raise Refusal(5002, "paymentId gönderilmesi zorunludur")
        payment = self.payments.get(int(given["paymentId"]))
        price = Decimal(given["price"])
        if payment is None or given.get("currency", "TRY") != payment.request["currency"]:
            raise Refusal(11, "Geçersiz istek")
        if price <= 0:
            raise Refusal(5005, "price 0'dan büyük olmalıdır")
        if payment.refunded + price > payment.paid:
            raise Refusal(11, "İade tutarı ödeme tutarından büyük olamaz", retryable=False)
        conversation = given.get("conversationId", "")
        payment.refunds.append(Refund(price, conversation, clock.now()))
        return {
            "paymentId": str(payment.id),
            "price": float(price),
            "currency": payment.request["currency"],
            "retryable": False,
            "signature": self._signature([payment.id, price, payment.request["currency"], conversation]),
        }

    def _details(self, query: dict[str, list[str]]) -> dict[str, Any]:
        payment = self.payments.get(int(query["paymentId"][0]))
        return {"payments": [] if payment is None else [self._detail(payment)]}

    def _detail(self, payment: Payment) -> dict[str, Any]:
        request, refunds = payment.request, [one for one in payment.refunds if self._is_reported(one.made_at)]

        def line(one: Refund) -> dict[str, Any]:
            return {"refundPrice": float(one.price), "refundStatus": 1, "createdDate": _iso(one.made_at)}

        return {
            "paymentId": payment.id,
            "paymentStatus": 1,
            "price": float(request["price"]),
            "paidPrice": float(payment.paid),
            "fraudStatus": payment.fraud_status,
            "basketId": request["basketId"],
            "currency": request["currency"],
            "createdDate": _iso(payment.paid_at),
            "cancels": [line(one) for one in refunds if one.is_cancel],
            "itemTransactions": [
                {
                    "refunds": [
                        line(one) | {"refundConversationId": one.conversation_id}
                        for one in refunds
                        if not one.is_cancel
                    ]
                }
            ],
        }

    def _transactions(self, query: dict[str, list[str]]) -> dict[str, Any]:
        day, page = query["transactionDate"][0], int(query["page"][0])
        lines = [
            *(self._line(payment, "PAYMENT", payment.paid, payment.paid_at) for payment in self._reported()),
            *(
                self._line(payment, "CANCEL" if one.is_cancel else "REFUND", one.price, one.made_at)
                for payment in self.payments.values()
                for one in payment.refunds
                if self._is_reported(one.made_at)
            ),
        ]
        lines = [line for line in lines if line["transactionDate"].startswith(day)]
        shown, _ = self.page(lines, (page - 1) * self.page_size)
        return {
            "transactions": shown,
            "currentPage": page,
            "totalPageCount": -(-len(lines) // self.page_size),
        }

    def _reported(self) -> list[Payment]:
        return [payment for payment in self.payments.values() if self._is_reported(payment.paid_at)]

    def _is_reported(self, at: datetime) -> bool:
        return not self.report_lags or at < clock.now() - timedelta(seconds=30)

    @staticmethod
    def _line(payment: Payment, kind: str, price: Decimal, at: datetime) -> dict[str, Any]:
        return {
            "transactionType": kind,
            "transactionDate": _iso(at),
            "transactionStatus": 1,
            "paymentId": payment.id,
            "conversationId": payment.request["conversationId"],
            "price": float(price),
            "paidPrice": float(price),
            "transactionCurrency": payment.request["currency"],
        }

    def _signature(self, parts: list[Any]) -> str:
        """Parts with a colon between, decimals without zeros at their end, nothing for what is absent."""
        texts = ["" if part is None else _plain(part) for part in parts]
        key = "somebody else's" if self.forges else self.secret_key
        return hmac.new(key.encode(), ":".join(texts).encode(), sha256).hexdigest()


def _plain(part: Any) -> str:
    text = str(part)
    return text.rstrip("0").rstrip(".") if isinstance(part, Decimal) and "." in text else text


def _iso(at: datetime) -> str:
    """Turkish time with a Z behind it: on docs.iyzico.com a payment of 12:19 UTC by its ``systemTime`` is one of 15:19Z."""
    return at.astimezone(ZoneInfo("Europe/Istanbul")).strftime("%Y-%m-%dT%H:%M:%SZ")


def _epoch(at: datetime) -> int:
    return int(at.timestamp() * 1000)
