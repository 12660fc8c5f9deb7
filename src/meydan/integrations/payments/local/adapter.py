"""Adapter of the local provider: the product speaks to it over HTTP, as it does to any other."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from meydan.integrations.payments.contract import (
    Charge,
    Checkout,
    Order,
    Provider,
    ProviderEvent,
    ProviderRefused,
    Refund,
    Statement,
    Webhook,
    WebhookEvent,
)
from meydan.integrations.payments.enums import ProviderName
from meydan.integrations.payments.local import models
from meydan.integrations.payments.local.account import LocalAccount
from meydan.integrations.payments.local.client import Client
from meydan.integrations.payments.local.events import events_of, payment_events
from meydan.integrations.payments.local.models import LocalEvent, LocalEventType, LocalSubscription, event_of
from meydan.integrations.payments.local.signatures import SIGNATURE
from meydan.integrations.payments.signatures import check_signature


class LocalProvider(Provider):
    name = ProviderName.local
    renews = True

    def __init__(self, account: LocalAccount, *, sandbox: bool) -> None:
        self._account, self._sandbox = account, sandbox
        self._client = Client(account)

    async def do_open_checkout(self, order: Order) -> Checkout:
        body = models.OpenCheckoutRequest(
            reference=order.payment_id,
            title=order.title,
            amount=order.amount,
            currency=order.currency,
            period=order.period,
            buyer=order.buyer.customer_reference,
            language=order.buyer.language,
            return_url=order.return_url,
            webhook_url=order.webhook_url,
        )
        answer = await self._client.do_post("checkouts", models.CheckoutResult, body, key=str(order.payment_id))
        return Checkout(answer.checkout.id, answer.url, answer.checkout.expires_at)

    async def verify(self, webhook: Webhook) -> WebhookEvent:
        check_signature(self._account.signing_key, webhook.headers.get(SIGNATURE, ""), webhook.body)
        payload = msgspec.json.decode(webhook.body)
        return WebhookEvent(payload["id"], payload)

    async def read(self, event: WebhookEvent) -> list[ProviderEvent]:
        return self._events(msgspec.convert(event.payload, LocalEvent))

    async def payment(self, provider_id: str) -> list[ProviderEvent]:
        if not provider_id.startswith(("lch_", "lpy_")):
            raise ProviderRefused("This is no checkout's or payment's id")
        if not provider_id.startswith("lch_"):
            payment = await self._client.get(f"payments/{provider_id}", models.LocalPayment)
            return payment_events(payment, test=self._sandbox)
        answer = await self._client.get(f"checkouts/{provider_id}", models.CheckoutResult)
        found: list[ProviderEvent] = []
        if (ended_at := answer.checkout.ended_at) is not None:
            ending = LocalEventType(f"checkout.{answer.checkout.status}")
            found += self._events(event_of(ending, ended_at, answer.checkout))
        if answer.payment is not None:
            found += payment_events(answer.payment, test=self._sandbox)
        return found + (self._state_events(answer.subscription) if answer.subscription is not None else [])

    async def subscription(self, subscription_id: str, charge: str) -> list[ProviderEvent]:
        known = await self._client.get(f"subscriptions/{subscription_id}", LocalSubscription)
        return [*await self.payment(charge), *self._state_events(known)]

    async def do_refund(self, charge: str, amount: int, currency: str, key: str) -> Refund:
        payment = await self._client.get(f"payments/{charge}", models.LocalPayment)
        if payment.currency != currency:
            raise ProviderRefused(f"the payment is in {payment.currency}, not {currency}")
        body = models.RefundPaymentRequest(amount)
        made = await self._client.do_post(f"payments/{charge}/refunds", models.RefundResult, body, key=key)
        return Refund(made.id, made.payment.refunded)

    async def statement(self, since: datetime, until: datetime, known: Sequence[str]) -> Statement:
        wanted, charges, after = set(known), [], 0
        while True:
            page = await self._client.get(f"payments?after={after}", models.PaymentPage)
            charges += [
                Charge(
                    provider_charge_id=payment.id,
                    amount=payment.amount,
                    currency=payment.currency,
                    refunded=payment.refunded,
                    disputed=any(one.status is not models.DisputeStatus.won for one in payment.disputes),
                    paid_at=payment.paid_at,
                    payment_id=payment.reference,
                )
                for payment in page.payments
                if payment.paid_at and (since <= payment.paid_at < until or payment.id in wanted)
            ]
            if page.next is None:
                return Statement(charges, complete=True)
            after = page.next

    async def do_cancel(self, subscription_id: str) -> None:
        await self._client.do_post(f"subscriptions/{subscription_id}/cancel", LocalSubscription)

    async def do_resume(self, subscription_id: str) -> None:
        await self._client.do_post(f"subscriptions/{subscription_id}/resume", LocalSubscription)

    async def close(self) -> None:
        await self._client.close()

    def _events(self, event: LocalEvent) -> list[ProviderEvent]:
        return events_of(event, test=self._sandbox)

    def _state_events(self, subscription: LocalSubscription) -> list[ProviderEvent]:
        return self._events(event_of(LocalEventType.subscription_changed, subscription.changed_at, subscription))
