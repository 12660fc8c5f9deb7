"""The product's side of the provider of ours: it speaks to it over HTTP, as it does to any other."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import httpx
import msgspec
from msgspec import Struct

from meydan.integrations import LocalPayments
from meydan.integrations.payments import contract
from meydan.integrations.payments.contract import (
    Charge,
    Checkout,
    Declined,
    Disputed,
    DisputeState,
    Failed,
    Notice,
    Order,
    Paid,
    Provider,
    ProviderEvent,
    ProviderRefused,
    ProviderUnavailable,
    Refund,
    Refunded,
    SignatureInvalid,
    Statement,
    SubscriptionChanged,
    Webhook,
)
from meydan.integrations.payments.enums import ProviderName
from meydan.integrations.payments.local import models, webhook_delivery
from meydan.integrations.payments.local.models import CheckoutStatus, News, NewsType, PaymentStatus, SubscriptionStatus

T = TypeVar("T")

_STATES = {
    SubscriptionStatus.active: contract.SubscriptionState.active,
    SubscriptionStatus.past_due: contract.SubscriptionState.grace,
    SubscriptionStatus.cancelled: contract.SubscriptionState.cancelled,
    SubscriptionStatus.expired: contract.SubscriptionState.expired,
}
_FINAL = range(400, 500)
_TRY_AGAIN = {408, 429}


class LocalAccount(Struct, frozen=True):
    api_url: str
    api_key: str
    signing_key: str
    certificate: Path | None = None

    @classmethod
    def at(cls, place: LocalPayments, tenant_id: int) -> "LocalAccount":
        """Every community has one; its keys come from the installation's own."""
        return cls(
            place.url, webhook_delivery.api_key(tenant_id), webhook_delivery.signing_key(tenant_id), place.certificate
        )


class LocalProvider(Provider):
    name = ProviderName.local
    renews = True

    def __init__(self, account: LocalAccount, *, sandbox: bool) -> None:
        self._account, self._sandbox = account, sandbox
        self._client = webhook_delivery.client(account.certificate)
        self._client.headers["authorization"] = f"Bearer {account.api_key}"

    async def checkout(self, order: Order) -> Checkout:
        body = models.CheckoutOrder(
            reference=order.payment_id,
            kind=order.kind,
            title=order.title,
            amount=order.amount,
            currency=order.currency,
            period=order.period,
            buyer=order.buyer.reference,
            language=order.buyer.language,
            return_url=order.return_url,
            webhook_url=order.webhook_url,
        )
        answer = await self._ask("POST", "checkouts", models.CheckoutAnswer, body, key=str(order.payment_id))
        return Checkout(answer.checkout.id, answer.url, answer.checkout.expires_at)

    async def verify(self, webhook: Webhook) -> Notice:
        if not webhook_delivery.is_signed(
            self._account.signing_key, webhook.headers.get(webhook_delivery.SIGNATURE, ""), webhook.body
        ):
            raise SignatureInvalid
        payload = msgspec.json.decode(webhook.body)
        return Notice(payload["id"], payload)

    async def read(self, notice: Notice) -> list[ProviderEvent]:
        return self._event(msgspec.convert(notice.payload, News))

    async def payment(self, reference: str) -> list[ProviderEvent]:
        if not reference.startswith("lch_"):
            return self._all_of(await self._ask("GET", f"payments/{reference}", models.Payment))
        answer = await self._ask("GET", f"checkouts/{reference}", models.CheckoutAnswer)
        found: list[ProviderEvent] = []
        if (ended_at := answer.checkout.ended_at) is not None:
            how = NewsType(f"checkout.{answer.checkout.status}")
            found += self._event(webhook_delivery.news_of(how, ended_at, answer.checkout))
        if answer.payment is not None:
            found += self._all_of(answer.payment)
        if (subscription := answer.subscription) is not None:
            news = webhook_delivery.news_of(NewsType.subscription_changed, subscription.changed_at, subscription)
            found += self._event(news)
        return found

    async def subscription(self, subscription: str, charge: str) -> list[ProviderEvent]:
        known = await self._ask("GET", f"subscriptions/{subscription}", models.Subscription)
        news = webhook_delivery.news_of(NewsType.subscription_changed, known.changed_at, known)
        return [*await self.payment(charge), *self._event(news)]

    async def refund(self, charge: str, amount: int, currency: str, key: str) -> Refund:
        payment = await self._ask("GET", f"payments/{charge}", models.Payment)
        if payment.currency != currency:
            raise ProviderRefused(f"the payment is in {payment.currency}, not {currency}")
        made = await self._ask(
            "POST", f"payments/{charge}/refunds", models.RefundAnswer, models.RefundOrder(amount), key=key
        )
        return Refund(made.id, made.payment.refunded)

    async def statement(self, since: datetime, until: datetime, known: Sequence[str]) -> Statement:
        wanted, charges, after = set(known), [], 0
        while True:
            page = await self._ask("GET", f"payments?after={after}", models.PaymentPage)
            charges += [
                Charge(
                    charge=payment.id,
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

    async def cancel(self, subscription: str) -> None:
        await self._ask("POST", f"subscriptions/{subscription}/cancel", models.Subscription)

    async def resume(self, subscription: str) -> None:
        await self._ask("POST", f"subscriptions/{subscription}/resume", models.Subscription)

    async def close(self) -> None:
        await self._client.aclose()

    def _all_of(self, payment: models.Payment) -> list[ProviderEvent]:
        if payment.status is not PaymentStatus.paid or payment.paid_at is None:
            return []
        found = self._event(webhook_delivery.news_of(NewsType.payment_paid, payment.paid_at, payment))
        if payment.refunds:
            at = payment.refunds[-1].created_at
            found += self._event(webhook_delivery.news_of(NewsType.payment_refunded, at, payment))
        if payment.disputes:
            at = max(dispute.changed_at for dispute in payment.disputes)
            found += self._event(webhook_delivery.news_of(NewsType.payment_disputed, at, payment))
        return found

    def _event(self, news: News) -> list[ProviderEvent]:
        """The product's words for it."""
        if news.type is NewsType.checkout_declined and news.checkout is not None and news.checkout.card is not None:
            return [
                Declined(
                    event_id=news.id,
                    happened_at=news.happened_at,
                    payment_id=news.checkout.order.reference,
                    checkout=news.checkout.id,
                    card=news.checkout.card.fingerprint,
                )
            ]
        if news.checkout is not None:
            return [
                Failed(
                    event_id=news.id,
                    happened_at=news.happened_at,
                    payment_id=news.checkout.order.reference,
                    checkout=news.checkout.id,
                    reason=news.checkout.status,
                    expired=news.checkout.status is CheckoutStatus.expired,
                )
            ]
        if (subscription := news.subscription) is not None:
            return [
                SubscriptionChanged(
                    event_id=news.id,
                    happened_at=news.happened_at,
                    subscription=subscription.id,
                    state=_STATES[subscription.status],
                    period_ends_at=subscription.period_ends_at,
                    payment_id=subscription.reference,
                    buyer=subscription.buyer,
                )
            ]
        return [] if news.payment is None else [self._payment_event(news, news.payment)]

    def _payment_event(self, news: News, payment: models.Payment) -> ProviderEvent:
        if news.type is NewsType.payment_refunded:
            return Refunded(
                event_id=news.id,
                happened_at=news.happened_at,
                charge=payment.id,
                refunded=payment.refunded,
                currency=payment.currency,
                refund=payment.refunds[-1].id,
            )
        if news.type is NewsType.payment_disputed:
            newest = max(payment.disputes, key=lambda dispute: dispute.changed_at)
            return Disputed(
                event_id=news.id,
                happened_at=news.happened_at,
                charge=payment.id,
                dispute=newest.id,
                amount=newest.amount,
                currency=payment.currency,
                state=DisputeState(newest.status),
            )
        return Paid(
            event_id=news.id,
            happened_at=news.happened_at,
            charge=payment.id,
            amount=payment.amount,
            currency=payment.currency,
            payment_id=payment.reference,
            checkout=payment.checkout,
            buyer=payment.buyer,
            card=payment.card.fingerprint,
            subscription=payment.subscription,
            period_ends_at=payment.period_ends_at,
            test=self._sandbox,
        )

    async def _ask(self, method: str, path: str, kind: type[T], body: Struct | None = None, *, key: str = "") -> T:
        headers = {"content-type": "application/json"} | ({"idempotency-key": key} if key else {})
        try:
            answer = await self._client.request(
                method,
                f"{self._account.api_url}/pay/local/v1/{path}",
                content=None if body is None else msgspec.json.encode(body),
                headers=headers,
            )
        except httpx.HTTPError as error:
            raise ProviderUnavailable(f"the local provider could not be reached: {error!r}") from error
        if answer.status_code in _FINAL and answer.status_code not in _TRY_AGAIN:
            raise ProviderRefused(f"the local provider answered {answer.status_code}: {answer.text}")
        if not answer.is_success:
            raise ProviderUnavailable(f"the local provider answered {answer.status_code}")
        return msgspec.json.decode(answer.content, type=kind)
