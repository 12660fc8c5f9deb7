"""iyzico's API as its own library signs it, sent by httpx: the library itself sends blocking, without a time limit."""

import hmac
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import httpx
import iyzipay  # type: ignore[import-untyped]
import msgspec
from iyzipay.iyzipay_resource import IyzipayResource  # type: ignore[import-untyped]
from msgspec import Struct

from meydan.integrations.payments.contract import ProviderRefused, ProviderUnavailable

_TIMEOUT = httpx.Timeout(20, connect=5)
# A system error, and more requests in a minute than an account may send.
_TRY_AGAIN = {"1", "50000"}
TURKEY = ZoneInfo("Europe/Istanbul")


class _Prepared(NamedTuple):
    method: str
    path: str
    body: str
    headers: dict[str, str]


class _Prepares(IyzipayResource):  # type: ignore[misc]  # no types come with the library
    """The library's request, signed and not sent."""

    header: dict[str, str]

    def connect(
        self, method: str, url: str, options: dict[str, str], request_body_dict: dict[str, Any] | None = None
    ) -> _Prepared:
        body = "" if request_body_dict is None else json.dumps(request_body_dict)
        self.header = dict(self.header)  # the library keeps one for all requests of the process
        return _Prepared(method, url, body, self.get_http_header(url, options, body))


class _Initialize(_Prepares, iyzipay.CheckoutFormInitialize):  # type: ignore[misc]
    pass


class _Result(_Prepares, iyzipay.CheckoutForm):  # type: ignore[misc]
    pass


class _Payment(_Prepares, iyzipay.Payment):  # type: ignore[misc]
    pass


class _Details(_Prepares, iyzipay.RetrievePaymentDetails):  # type: ignore[misc]
    pass


class _Transactions(_Prepares, iyzipay.RetrieveTransactions):  # type: ignore[misc]
    pass


class Answer(Struct, rename="camel"):
    """What every answer has. Numbers and texts are not told apart reliably by iyzico, so neither are they here."""

    status: str = ""
    system_time: int | str = 0
    conversation_id: str | None = None
    error_code: str | int | None = None
    error_group: str | None = None
    error_message: str | None = None
    retryable: bool | None = None
    signature: str | None = None


class FormMade(Answer, rename="camel"):
    token: str = ""
    token_expire_time: int | str = 0
    """Seconds."""
    payment_page_url: str = ""


class FormResult(Answer, rename="camel"):
    token: str = ""
    payment_status: str | None = None
    payment_id: str | int | None = None
    fraud_status: int | None = None
    basket_id: str | None = None
    currency: str | None = None
    price: Decimal | None = None
    paid_price: Decimal | None = None


class RefundMade(Answer, rename="camel"):
    payment_id: str | int | None = None
    price: Decimal | None = None
    currency: str | None = None


class RefundLine(Struct, rename="camel"):
    refund_price: Decimal
    refund_status: int
    refund_conversation_id: str | None = None
    cancel_conversation_id: str | None = None
    created_date: str | None = None


class Item(Struct, rename="camel"):
    refunds: list[RefundLine] | None = None


class PaymentDetail(Struct, rename="camel"):
    payment_id: str | int
    payment_status: int
    paid_price: Decimal
    currency: str
    created_date: str
    fraud_status: int | None = None
    basket_id: str | None = None
    cancels: list[RefundLine] | None = None
    item_transactions: list[Item] | None = None

    @property
    def refunds(self) -> list[RefundLine]:
        """Those that succeeded; a cancelled payment has gone back as a whole."""
        items = [line for item in self.item_transactions or [] for line in item.refunds or []]
        return [line for line in [*items, *(self.cancels or [])] if line.refund_status == 1]


class _DetailAnswer(Answer, rename="camel"):
    payments: list[PaymentDetail] | None = None


class Transaction(Struct, rename="camel"):
    transaction_type: str
    transaction_status: int
    transaction_date: str
    payment_id: str | int
    paid_price: Decimal
    transaction_currency: str
    conversation_id: str | None = None


class _TransactionAnswer(Answer, rename="camel"):
    transactions: list[Transaction] | None = None
    total_page_count: int = 0


T = TypeVar("T", bound=Answer)


def turkish_time(text: str) -> datetime:
    """iyzico writes the time in Turkey, whatever zone it puts behind it: 15:19Z is 12:19 UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=TURKEY).astimezone(UTC)


def plain(value: object) -> str:
    """As iyzico writes a value where it signs: decimals without the zeros at their end."""
    return "" if value is None else f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


class IyzicoClient:
    def __init__(self, url: str, api_key: str, secret_key: str) -> None:
        self._secret_key = secret_key
        self._options = {"api_key": api_key, "secret_key": secret_key, "base_url": url}
        self._http = httpx.AsyncClient(base_url=url, timeout=_TIMEOUT)

    async def initialize(self, request: dict[str, Any]) -> FormMade:
        made = self._succeeded(await self._send(_Initialize().create(request, self._options), FormMade))
        self._check(made, [made.conversation_id, made.token])
        return made

    async def result(self, token: str) -> FormResult:
        """Of the form, paid or not: iyzico calls both a failure and a form nobody has filled in yet a failed request."""
        result = await self._send(_Result().retrieve({"token": token}, self._options), FormResult)
        if result.payment_status is None and result.status != "success" and _names(result) in _CREDENTIALS:
            raise _problem(result)
        if result.payment_status == "SUCCESS":
            self._check(
                result,
                [
                    *(result.payment_status, result.payment_id, result.currency, result.basket_id),
                    *(result.conversation_id, result.paid_price, result.price, result.token),
                ],
            )
        return result

    async def detail(self, payment_id: str) -> PaymentDetail | None:
        answer = self._succeeded(
            await self._send(_Details().retrieve({"paymentId": payment_id}, self._options), _DetailAnswer)
        )
        return next((one for one in answer.payments or [] if str(one.payment_id) == payment_id), None)

    async def refund(self, payment_id: str, price: str, currency: str, conversation_id: str) -> RefundMade:
        request = {
            "paymentId": payment_id,
            "price": price,
            "currency": currency,
            "conversationId": conversation_id,
            "locale": "en",
        }
        made = self._succeeded(await self._send(_Payment().refund(request, self._options), RefundMade))
        self._check(made, [made.payment_id, made.price, made.currency, made.conversation_id])
        return made

    async def transactions(self, day: date) -> list[Transaction]:
        """Payments and refunds of a Turkish day."""
        found: list[Transaction] = []
        page, pages = 1, 1
        while page <= pages:
            request = {"transactionDate": day.isoformat(), "page": page}
            prepared = _Transactions().retrieve(request, self._options)
            answer = self._succeeded(await self._send(prepared, _TransactionAnswer))
            found += answer.transactions or []
            page, pages = page + 1, answer.total_page_count
        return found

    async def close(self) -> None:
        await self._http.aclose()

    async def _send(self, prepared: _Prepared, kind: type[T]) -> T:
        try:
            answer = await self._http.request(
                prepared.method, prepared.path, content=prepared.body.encode(), headers=prepared.headers
            )
        except httpx.HTTPError as error:
            raise ProviderUnavailable(f"iyzico could not be reached: {error!r}") from error
        if answer.is_server_error or answer.status_code in (408, 429):
            raise ProviderUnavailable(f"iyzico answered {answer.status_code}")
        try:
            read = msgspec.json.decode(answer.content, type=kind)
        except msgspec.MsgspecError as error:
            raise ProviderUnavailable(
                f"iyzico answered {answer.status_code} with what is none of its answers"
            ) from error
        if _names(read) in _TRY_AGAIN or (read.retryable and read.status != "success"):
            raise ProviderUnavailable(str(_problem(read)))
        return read

    @staticmethod
    def _succeeded(answer: T) -> T:
        if answer.status != "success":
            raise _problem(answer)
        return answer

    def _check(self, answer: Answer, signed: Sequence[object]) -> None:
        """The answer is signed too, with the key only the two of us have."""
        own: str = IyzipayResource.calculate_hmac_sha256_signature([plain(value) for value in signed], self._secret_key)
        if not hmac.compare_digest(own.encode(), (answer.signature or "").encode()):
            raise ProviderUnavailable("iyzico's answer is not signed as it should be")


_CREDENTIALS = {"1000", "1001"}
"""The request's signature does not hold; there is no such key."""


def _names(answer: Answer) -> str:
    return "" if answer.error_code is None else str(answer.error_code)


def _problem(answer: Answer) -> ProviderRefused:
    said = " ".join(filter(None, (_names(answer), answer.error_group, answer.error_message)))
    return ProviderRefused(f"iyzico refused: {said or 'without a reason'}")


def sign_notice(secret_key: str, *parts: object) -> str:
    """X-IYZ-SIGNATURE-V3 of a notification: the key, then what is signed, without anything between."""
    text = secret_key + "".join(map(plain, parts))
    return hmac.new(secret_key.encode(), text.encode(), sha256).hexdigest()
