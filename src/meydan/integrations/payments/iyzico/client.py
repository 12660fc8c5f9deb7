"""Client of iyzico's API: requests as its own library signs them, sent by httpx.

The library itself sends blocking, without a time limit.
"""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

import httpx
import iyzipay  # type: ignore[import-untyped]
import msgspec
from iyzipay.iyzipay_resource import IyzipayResource  # type: ignore[import-untyped]

from meydan.integrations.payments.contract import ProviderRefused, ProviderUnavailable
from meydan.integrations.payments.iyzico.models import (
    Answer,
    DetailAnswer,
    FormMade,
    FormResult,
    PaymentDetail,
    RefundMade,
    TransactionAnswer,
    TransactionLine,
)
from meydan.integrations.payments.iyzico.signatures import is_answer_signed

_TIMEOUT = httpx.Timeout(20, connect=5)
# A system error, and more requests in a minute than an account may send.
_TRY_AGAIN = {"1", "50000"}


class _Prepared(NamedTuple):
    method: str
    path: str
    body: str
    headers: dict[str, str]


class _Unsent(IyzipayResource):  # type: ignore[misc]  # no types come with the library
    """Base of the library's requests: signed and not sent."""

    header: dict[str, str]

    def connect(
        self, method: str, url: str, options: dict[str, str], request_body_dict: dict[str, Any] | None = None
    ) -> _Prepared:
        body = "" if request_body_dict is None else json.dumps(request_body_dict)
        self.header = dict(self.header)  # the library keeps one for all requests of the process
        return _Prepared(method, url, body, self.get_http_header(url, options, body))


class _Initialize(_Unsent, iyzipay.CheckoutFormInitialize):  # type: ignore[misc]
    pass


class _Result(_Unsent, iyzipay.CheckoutForm):  # type: ignore[misc]
    pass


class _Payment(_Unsent, iyzipay.Payment):  # type: ignore[misc]
    pass


class _Details(_Unsent, iyzipay.RetrievePaymentDetails):  # type: ignore[misc]
    pass


class _Transactions(_Unsent, iyzipay.RetrieveTransactions):  # type: ignore[misc]
    pass


T = TypeVar("T", bound=Answer)


class IyzicoClient:
    def __init__(self, url: str, api_key: str, secret_key: str) -> None:
        self._secret_key = secret_key
        self._options = {"api_key": api_key, "secret_key": secret_key, "base_url": url}
        self._http = httpx.AsyncClient(base_url=url, timeout=_TIMEOUT)

    async def do_initialize(self, request: dict[str, Any]) -> FormMade:
        made = self._succeeded(await self._send(_Initialize().create(request, self._options), FormMade))
        self._check(made, [made.conversation_id, made.token])
        return made

    async def result(self, token: str) -> FormResult:
        """Reads a form, paid or not: iyzico answers a declined and an unfilled form both with a failed request."""
        result = await self._send(_Result().retrieve({"token": token}, self._options), FormResult)
        if result.payment_status is None and result.status != "success" and _names(result) in _CREDENTIALS:
            raise _refusal(result)
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
            await self._send(_Details().retrieve({"paymentId": payment_id}, self._options), DetailAnswer)
        )
        return next((one for one in answer.payments or [] if str(one.payment_id) == payment_id), None)

    async def do_refund(self, payment_id: str, price: str, currency: str, conversation_id: str) -> RefundMade:
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

    async def transactions(self, day: date) -> list[TransactionLine]:
        """Lists the payments and refunds of a Turkish day."""
        found: list[TransactionLine] = []
        page, pages = 1, 1
        while page <= pages:
            request = {"transactionDate": day.isoformat(), "page": page}
            prepared = _Transactions().retrieve(request, self._options)
            answer = self._succeeded(await self._send(prepared, TransactionAnswer))
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
            raise ProviderUnavailable(str(_refusal(read)))
        return read

    @staticmethod
    def _succeeded(answer: T) -> T:
        if answer.status != "success":
            raise _refusal(answer)
        return answer

    def _check(self, answer: Answer, signed: Sequence[object]) -> None:
        """Checks the answer's signature, made with the key that only the two of us have."""
        if not is_answer_signed(self._secret_key, answer.signature, signed):
            raise ProviderUnavailable("iyzico's answer is not signed as it should be")


_CREDENTIALS = {"1000", "1001"}
"""The request's signature does not hold; there is no such key."""


def _names(answer: Answer) -> str:
    return "" if answer.error_code is None else str(answer.error_code)


def _refusal(answer: Answer) -> ProviderRefused:
    message = " ".join(filter(None, (_names(answer), answer.error_group, answer.error_message)))
    return ProviderRefused(f"iyzico refused: {message or 'without a reason'}")
