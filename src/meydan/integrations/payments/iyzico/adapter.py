"""Adapter of iyzico's checkout form. The buyer's own browser brings the callback, which proves nothing: iyzico is asked.

iyzico is not idempotent. A form asked for again is another form; the one whose answer was lost is seen by nobody. Before a
refund its books are asked for one with our key, which a refund carries as its ``conversationId``.
No API of iyzico's tells of chargebacks, and it has no fingerprint of cards.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import parse_qs

import msgspec

from meydan.integrations.payments.contract import (
    Checkout,
    Order,
    Paid,
    Provider,
    ProviderEvent,
    ProviderRefused,
    Refund,
    SignatureInvalid,
    Statement,
    Webhook,
    WebhookEvent,
)
from meydan.integrations.payments.enums import ProviderName
from meydan.integrations.payments.iyzico import events
from meydan.integrations.payments.iyzico.account import IyzicoAccount
from meydan.integrations.payments.iyzico.client import IyzicoClient
from meydan.integrations.payments.iyzico.models import TURKEY, Subject, TransactionLine
from meydan.integrations.payments.iyzico.requests import form, price_text
from meydan.integrations.payments.iyzico.signatures import check_notification, sealed_return_url
from meydan.kit import clock

_LIVE, _SANDBOX = "https://api.iyzipay.com", "https://sandbox-api.iyzipay.com"
_LONGEST_TOKEN = 200


class IyzicoProvider(Provider):
    name = ProviderName.iyzico
    renews = False

    def __init__(self, account: IyzicoAccount, *, sandbox: bool) -> None:
        self._account = account
        self._test = sandbox or account.api_key.startswith("sandbox-")
        self._url = account.api_url or (_SANDBOX if sandbox else _LIVE)

    @cached_property
    def _client(self) -> IyzicoClient:
        # Made with the first request: it costs more than a signature's check, and anybody may post us a forged one.
        return IyzicoClient(self._url, self._account.api_key, self._account.secret_key)

    async def do_open_checkout(self, order: Order) -> Checkout:
        made = await self._client.do_initialize(form(self._account, order))
        life = timedelta(seconds=int(made.token_expire_time))
        return Checkout(made.token, made.payment_page_url, clock.now() + life)

    async def verify(self, webhook: Webhook) -> WebhookEvent:
        """Raises: SignatureInvalid."""
        if (token := _posted_token(webhook)) is not None:
            if self._sealed_return_url(webhook) is None or len(token) > _LONGEST_TOKEN:
                raise SignatureInvalid
            return WebhookEvent(f"callback:{token}", msgspec.to_builtins(Subject(token=token)))
        notification = check_notification(webhook, self._account.secret_key)
        payment_id = None if notification.paid_id is None else str(notification.paid_id)
        subject = Subject(notification.token, payment_id, notification.status)
        return WebhookEvent(f"notification:{notification.iyzi_reference_code}", msgspec.to_builtins(subject))

    async def read(self, event: WebhookEvent) -> list[ProviderEvent]:
        subject = msgspec.convert(event.payload, Subject)
        # A card that was refused is not the end: the form stays open and takes another.
        if subject.status not in (None, "SUCCESS"):
            return []
        if subject.token is not None:
            return events.form_events(await self._client.result(subject.token), test=self._test)
        return [] if subject.payment_id is None else await self.payment(subject.payment_id)

    async def payment(self, provider_id: str) -> list[ProviderEvent]:
        if provider_id.isdecimal():
            detail = await self._client.detail(provider_id)
            if detail is None:
                return []
            return [*events.payment_events(detail, test=self._test), *events.refund_events(detail)]
        found = events.form_events(await self._client.result(provider_id), test=self._test)
        paid = next((event for event in found if isinstance(event, Paid)), None)
        detail = None if paid is None else await self._client.detail(paid.charge)
        return found if detail is None else [*found, *events.refund_events(detail)]

    async def do_refund(self, charge: str, amount: int, currency: str, key: str) -> Refund:
        detail = await self._client.detail(charge)
        if detail is None:
            raise ProviderRefused(f"iyzico knows no payment {charge}")
        if detail.currency != currency:
            raise ProviderRefused(f"the payment is in {detail.currency}, not {currency}")
        before = events.refunded_amount(detail)
        if any(line.refund_conversation_id == key for line in detail.refunds):
            return Refund(key, before)
        await self._client.do_refund(charge, price_text(amount, currency), currency, key)
        return Refund(key, before + amount)

    async def statement(self, since: datetime, until: datetime, known: Sequence[str]) -> Statement:
        """Lists payments by day of Turkey. A listed refund says too little, so its payment is asked for."""
        day, last = since.astimezone(TURKEY).date(), max(until, clock.now()).astimezone(TURKEY).date()
        lines: list[TransactionLine] = []
        while day <= last:
            lines += [line for line in await self._client.transactions(day) if line.transaction_status == 1]
            day += timedelta(days=1)
        refunded = {str(line.payment_id) for line in lines if line.transaction_type != "PAYMENT"}
        listed = {str(line.payment_id): line for line in lines if str(line.payment_id) not in refunded}
        charges = [events.charge_of_line(line) for line in listed.values()]
        for payment_id in sorted((refunded | set(known)) - listed.keys()):
            if payment_id.isdecimal() and (detail := await self._client.detail(payment_id)) is not None:
                charges += events.charges_of_payment(detail)
        wanted = [one for one in charges if one.provider_charge_id in known or since <= one.paid_at < until]
        return Statement(wanted, complete=True)

    def redirect_url(self, webhook: Webhook) -> str | None:
        return None if _posted_token(webhook) is None else self._sealed_return_url(webhook)

    async def close(self) -> None:
        if "_client" in self.__dict__:
            await self._client.close()

    def _sealed_return_url(self, webhook: Webhook) -> str | None:
        return sealed_return_url(self._account.secret_key, webhook)


def _posted_token(webhook: Webhook) -> str | None:
    """Reads the token that the buyer's browser posts; None for a webhook of iyzico's own server."""
    if not webhook.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return None
    return parse_qs(webhook.body.decode("latin-1")).get("token", [""])[0]
