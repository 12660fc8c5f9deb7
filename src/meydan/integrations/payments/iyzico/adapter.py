"""iyzico: its checkout form. The buyer's own browser brings the news, and proves nothing: iyzico is asked what happened.

It knows no idempotency. A form asked for again is another form, and the one whose answer was lost was seen by nobody. Before
a refund its books are asked whether it was made already: a refund carries our key as its ``conversationId``.
Chargebacks are told by no API of iyzico's, and it has no fingerprint of cards.
"""

import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan.integrations.payments.contract import (
    Awaited,
    Charge,
    Checkout,
    Failed,
    Notice,
    Order,
    Paid,
    Provider,
    ProviderEvent,
    ProviderRefused,
    Refund,
    Refunded,
    SignatureInvalid,
    Statement,
    Webhook,
)
from meydan.integrations.payments.enums import ProviderName
from meydan.integrations.payments.iyzico.client import (
    TURKEY,
    FormResult,
    IyzicoClient,
    PaymentDetail,
    Transaction,
    sign_notice,
    turkish_time,
)
from meydan.integrations.payments.money import decimals, to_minor
from meydan.kit import clock

_LIVE, _SANDBOX = "https://api.iyzipay.com", "https://sandbox-api.iyzipay.com"
_SIGNATURE = "x-iyz-signature-v3"
_FRAUD_REJECTED = -1
_SAFE = 1
_LONGEST_TOKEN = 200


class IyzicoAccount(Struct, frozen=True):
    """iyzico wants a name, an identity number, an e-mail and an address of every buyer, who gives us none of them: here is
    what is written instead."""

    api_key: str
    secret_key: str
    email: str
    """Gets iyzico's receipts of those who have no e-mail here."""
    name: str = "Meydan"
    surname: str = "Üyesi"
    identity_number: str = "11111111111"
    address: str = "Dijital hizmet: adres alınmaz"
    city: str = "İstanbul"
    country: str = "Türkiye"
    api_url: str = ""
    """Empty: iyzico's own, or that of its sandbox."""


class _Notification(Struct, rename="camel"):
    """From server to server, set up in iyzico's panel."""

    iyzi_event_type: str
    iyzi_reference_code: str
    status: str
    payment_conversation_id: str | None = None
    iyzi_payment_id: int | str | None = None
    payment_id: int | str | None = None
    token: str | None = None
    """Of a form; a payment without one has no such member."""


class _News(Struct):
    """What is kept of either kind of notice."""

    token: str | None = None
    payment_id: str | None = None
    status: str | None = None


class IyzicoProvider(Provider):
    name = ProviderName.iyzico
    renews = False

    def __init__(self, account: IyzicoAccount, *, sandbox: bool) -> None:
        self._account = account
        self._test = sandbox or account.api_key.startswith("sandbox-")
        self._url = account.api_url or (_SANDBOX if sandbox else _LIVE)

    @cached_property
    def _client(self) -> IyzicoClient:
        # Made when something is asked: it costs more than looking at a signature, and anybody may post us a forged one.
        return IyzicoClient(self._url, self._account.api_key, self._account.secret_key)

    async def checkout(self, order: Order) -> Checkout:
        made = await self._client.initialize(self._form(order))
        life = timedelta(seconds=int(made.token_expire_time))
        return Checkout(made.token, made.payment_page_url, clock.now() + life)

    async def verify(self, webhook: Webhook) -> Notice:
        if (token := _posted_token(webhook)) is not None:
            if self._onward(webhook) is None or len(token) > _LONGEST_TOKEN:
                raise SignatureInvalid
            return Notice(f"callback:{token}", msgspec.to_builtins(_News(token=token)))
        try:
            told = msgspec.json.decode(webhook.body, type=_Notification)
        except msgspec.MsgspecError:
            raise SignatureInvalid from None
        payment_id, token_part = (told.payment_id, []) if told.token is None else (told.iyzi_payment_id, [told.token])
        own = sign_notice(
            self._account.secret_key,
            *(told.iyzi_event_type, payment_id, *token_part, told.payment_conversation_id, told.status),
        )
        if not hmac.compare_digest(own.encode(), webhook.headers.get(_SIGNATURE, "").lower().encode()):
            raise SignatureInvalid
        news = _News(told.token, None if payment_id is None else str(payment_id), told.status)
        return Notice(f"notification:{told.iyzi_reference_code}", msgspec.to_builtins(news))

    async def read(self, notice: Notice) -> list[ProviderEvent]:
        news = msgspec.convert(notice.payload, _News)
        # A card that was refused is not the end: the form stays open and takes another.
        if news.status not in (None, "SUCCESS"):
            return []
        if news.token is not None:
            return self._of_form(await self._client.result(news.token))
        return [] if news.payment_id is None else await self.payment(news.payment_id)

    async def payment(self, reference: str) -> list[ProviderEvent]:
        if reference.isdecimal():
            detail = await self._client.detail(reference)
            return [] if detail is None else [*self._of_detail(detail), *_refunds(detail)]
        events = self._of_form(await self._client.result(reference))
        paid = next((event for event in events if isinstance(event, Paid)), None)
        detail = None if paid is None else await self._client.detail(paid.charge)
        return events if detail is None else [*events, *_refunds(detail)]

    async def refund(self, charge: str, amount: int, currency: str, key: str) -> Refund:
        detail = await self._client.detail(charge)
        if detail is None:
            raise ProviderRefused(f"iyzico knows no payment {charge}")
        if detail.currency != currency:
            raise ProviderRefused(f"the payment is in {detail.currency}, not {currency}")
        before = _refunded(detail)
        if any(line.refund_conversation_id == key for line in detail.refunds):
            return Refund(key, before)
        await self._client.refund(charge, _price(amount, currency), currency, key)
        return Refund(key, before + amount)

    async def statement(self, since: datetime, until: datetime, known: Sequence[str]) -> Statement:
        """iyzico lists by day of Turkey; what was refunded by now is asked of each payment that shows a refund."""
        day, last = since.astimezone(TURKEY).date(), max(until, clock.now()).astimezone(TURKEY).date()
        lines: list[Transaction] = []
        while day <= last:
            lines += [line for line in await self._client.transactions(day) if line.transaction_status == 1]
            day += timedelta(days=1)
        refunded = {str(line.payment_id) for line in lines if line.transaction_type != "PAYMENT"}
        listed = {str(line.payment_id): line for line in lines if str(line.payment_id) not in refunded}
        charges = [_listed(line) for line in listed.values()]
        for payment_id in sorted((refunded | set(known)) - listed.keys()):
            if payment_id.isdecimal() and (detail := await self._client.detail(payment_id)) is not None:
                charges += _charge(detail)
        wanted = [one for one in charges if one.charge in known or since <= one.paid_at < until]
        return Statement(wanted, complete=True)

    def answer(self, webhook: Webhook) -> str | None:
        return None if _posted_token(webhook) is None else self._onward(webhook)

    async def close(self) -> None:
        if "_client" in self.__dict__:
            await self._client.close()

    def _form(self, order: Order) -> dict[str, Any]:
        account, buyer = self._account, order.buyer
        price, ours = _price(order.amount, order.currency), str(order.payment_id)
        address = {
            "contactName": f"{account.name} {account.surname}",
            "city": account.city,
            "country": account.country,
            "address": account.address,
        }
        person = {
            "id": str(buyer.reference),
            "name": account.name,
            "surname": account.surname,
            "identityNumber": account.identity_number,
            "email": buyer.email or account.email,
            "registrationAddress": account.address,
            "city": account.city,
            "country": account.country,
            "ip": buyer.address,
        }
        if buyer.phone:
            person["gsmNumber"] = buyer.phone
        item = {
            "id": order.kind.value,
            "name": order.title,
            "category1": order.kind.value,
            "itemType": "VIRTUAL",
            "price": price,
        }
        return {
            "locale": "tr" if buyer.language == "tr" else "en",
            "conversationId": ours,
            "basketId": ours,
            "price": price,
            "paidPrice": price,
            "currency": order.currency,
            "paymentGroup": "PRODUCT",
            # By instalments more is paid than was asked for.
            "enabledInstallments": [1],
            "callbackUrl": f"{order.webhook_url}?{urlencode({'to': order.return_url, 'seal': self._seal(order.return_url)})}",
            "buyer": person,
            "shippingAddress": address,
            "billingAddress": address,
            "basketItems": [item],
        }

    def _seal(self, place: str) -> str:
        """Only we have sent a browser there."""
        return hmac.new(self._account.secret_key.encode(), f"return {place}".encode(), sha256).hexdigest()

    def _onward(self, webhook: Webhook) -> str | None:
        query = parse_qs(urlsplit(webhook.url).query)
        place, seal = query.get("to", [""])[0], query.get("seal", [""])[0]
        return place if place and hmac.compare_digest(self._seal(place).encode(), seal.encode()) else None

    def _of_form(self, result: FormResult) -> list[ProviderEvent]:
        at = datetime.fromtimestamp(int(result.system_time) / 1000, UTC) if result.system_time else clock.now()
        if result.payment_status == "SUCCESS" and result.paid_price is not None and result.currency is not None:
            charge = str(result.payment_id)
            if result.fraud_status == _SAFE:
                return [
                    Paid(
                        event_id=f"paid:{charge}",
                        happened_at=at,
                        charge=charge,
                        amount=to_minor(Fraction(result.paid_price), result.currency),
                        currency=result.currency,
                        payment_id=_ours(result.basket_id),
                        checkout=result.token,
                        test=self._test,
                    )
                ]
            if result.fraud_status != _FRAUD_REJECTED:
                return [_awaited(result, at)]  # iyzico still looks at it; its word comes later
            return [self._failed(result, at, "FRAUD_REJECTED")]
        if result.payment_status == "FAILURE":
            return [self._failed(result, at, str(result.error_group or result.error_code or "FAILURE"))]
        return []

    @staticmethod
    def _failed(result: FormResult, at: datetime, reason: str) -> Failed:
        return Failed(
            event_id=f"failed:{result.token}:{result.payment_id or ''}",
            happened_at=at,
            payment_id=_ours(result.basket_id),
            checkout=result.token or None,
            reason=reason,
        )

    def _of_detail(self, detail: PaymentDetail) -> list[ProviderEvent]:
        if detail.payment_status != 1 or detail.fraud_status not in (None, _SAFE):
            return []
        charge = str(detail.payment_id)
        return [
            Paid(
                event_id=f"paid:{charge}",
                happened_at=turkish_time(detail.created_date),
                charge=charge,
                amount=to_minor(Fraction(detail.paid_price), detail.currency),
                currency=detail.currency,
                payment_id=_ours(detail.basket_id),
                test=self._test,
            )
        ]


def _awaited(result: FormResult, at: datetime) -> Awaited:
    return Awaited(
        event_id=f"awaited:{result.token}",
        happened_at=at,
        payment_id=_ours(result.basket_id),
        checkout=result.token or None,
    )


def _posted_token(webhook: Webhook) -> str | None:
    """Of the form that the buyer's browser posts; None for iyzico's own server."""
    if not webhook.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return None
    return parse_qs(webhook.body.decode("latin-1")).get("token", [""])[0]


def _ours(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _price(amount: int, currency: str) -> str:
    places = decimals(currency)
    whole, part = divmod(amount, 10**places)
    return f"{whole}.{part:0{places}d}" if places else str(whole)


def _refunded(detail: PaymentDetail) -> int:
    return sum(to_minor(Fraction(line.refund_price), detail.currency) for line in detail.refunds)


def _refunds(detail: PaymentDetail) -> list[ProviderEvent]:
    if not detail.refunds:
        return []
    newest = max(reversed(detail.refunds), key=lambda line: line.created_date or "")  # of one second's, the last
    total = _refunded(detail)
    return [
        Refunded(
            event_id=f"refunded:{detail.payment_id}:{total}",
            happened_at=turkish_time(newest.created_date) if newest.created_date else clock.now(),
            charge=str(detail.payment_id),
            refunded=total,
            currency=detail.currency,
            refund=newest.refund_conversation_id or newest.cancel_conversation_id,
        )
    ]


def _listed(line: Transaction) -> Charge:
    currency = line.transaction_currency
    amount, paid_at = to_minor(Fraction(line.paid_price), currency), turkish_time(line.transaction_date)
    return Charge(str(line.payment_id), amount, currency, 0, False, paid_at, _ours(line.conversation_id))


def _charge(detail: PaymentDetail) -> list[Charge]:
    if detail.payment_status != 1:
        return []
    amount = to_minor(Fraction(detail.paid_price), detail.currency)
    paid_at = turkish_time(detail.created_date)
    ours = _ours(detail.basket_id)
    return [Charge(str(detail.payment_id), amount, detail.currency, _refunded(detail), False, paid_at, ours)]
