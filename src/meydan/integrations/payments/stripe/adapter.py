"""Stripe: a pay page of theirs (Checkout), subscriptions they renew, refunds, disputes, signed webhooks.

A webhook says only which object changed; the object itself is then asked for in the version of the API that the library
speaks. So it does not matter which version an operator's endpoint sends, nor in which order its news arrives.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
import stripe
from msgspec import Struct
from stripe import checkout as stripe_checkout

from meydan.integrations.payments.contract import (
    Awaited,
    Charge,
    Checkout,
    Failed,
    Notice,
    Order,
    Provider,
    ProviderEvent,
    ProviderRefused,
    Refund,
    SignatureInvalid,
    Statement,
    Webhook,
)
from meydan.integrations.payments.enums import Period, ProviderName
from meydan.integrations.payments.stripe import events as news
from meydan.integrations.payments.stripe.client import (
    StripeAccount,
    asking,
    client_of,
    from_stripe,
    new_http,
    to_stripe,
)
from meydan.kit import clock

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

__all__ = ["StripeAccount", "StripeProvider"]

_TOLERANCE = 300
_CHARGE = ["latest_charge", "latest_charge.refunds"]
_NEWS = frozenset(
    {
        "charge.dispute.closed",
        "charge.dispute.created",
        "charge.dispute.funds_reinstated",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.refunded",
        "checkout.session.async_payment_failed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.completed",
        "checkout.session.expired",
        "customer.subscription.created",
        "customer.subscription.deleted",
        "customer.subscription.paused",
        "customer.subscription.resumed",
        "customer.subscription.updated",
        "invoice.paid",
        "payment_intent.succeeded",
        "refund.created",
        "refund.failed",
        "refund.updated",
    }
)
_DECLINED = "charge.failed"
"""Ends nothing: the person is still on the pay page and takes another card. How many they try is counted."""


class _Object(Struct, frozen=True):
    id: str


class _Data(Struct, frozen=True):
    object: _Object


class _Event(Struct, frozen=True):
    id: str
    type: str
    data: _Data | None = None


class _Told(Struct, frozen=True):
    """What a notice keeps."""

    type: str
    id: str


class StripeProvider(Provider):
    name = ProviderName.stripe
    renews = True

    def __init__(self, account: StripeAccount, *, sandbox: bool) -> None:
        self._account = account
        self._sandbox = sandbox
        self._http: stripe.HTTPXClient | None = None

    @property
    def _api(self) -> stripe.V1Services:
        if self._account.is_live is self._sandbox:
            raise ProviderRefused("a live key in a sandbox, or a test key outside of one")
        if self._http is None:
            self._http = new_http()
            self._client = client_of(self._account, self._http)
        return self._client.v1

    async def checkout(self, order: Order) -> Checkout:
        with asking():
            session = await self._api.checkout.sessions.create_async(
                _ordered(order), {"idempotency_key": str(order.payment_id)}
            )
        if session.url is None:
            raise ProviderRefused(f"Stripe opened {session.id} without a page")
        return Checkout(session.id, session.url, news.moment(session.expires_at))

    async def verify(self, webhook: Webhook) -> Notice:
        header = webhook.headers.get("stripe-signature", "")
        if not header.isascii():  # which the library cannot compare
            raise SignatureInvalid
        try:
            stripe.WebhookSignature.verify_header(webhook.body, header, self._account.webhook_secret, _TOLERANCE)
            event = msgspec.json.decode(webhook.body, type=_Event)
        except (stripe.SignatureVerificationError, UnicodeDecodeError, msgspec.DecodeError) as error:
            raise SignatureInvalid from error
        about = event.data.object.id if event.data is not None else ""
        return Notice(event.id, msgspec.to_builtins(_Told(event.type, about)))

    async def read(self, notice: Notice) -> list[ProviderEvent]:
        told = msgspec.convert(notice.payload, _Told)
        if told.type == _DECLINED:
            with asking():
                return await self._of_declined(told.id)
        if told.type not in _NEWS:
            return []
        return await self.payment(told.id)

    async def payment(self, reference: str) -> list[ProviderEvent]:
        """Of a checkout, a payment intent, a charge, a refund, a dispute, an invoice or a subscription."""
        with asking():
            match reference.partition("_")[0]:
                case "cs":
                    return await self._of_session(reference)
                case "sub":
                    return await self._of_subscription(reference)
                case "in":
                    invoice = await self._api.invoices.retrieve_async(reference, {"expand": ["payments"]})
                    return await self._of_invoice(invoice)
                case "pi":
                    return await self._of_intent(reference)
                case "ch" | "py":
                    found: stripe.Charge | stripe.Refund | stripe.Dispute
                    found = await self._api.charges.retrieve_async(reference)
                case "re" | "pyr":
                    found = await self._api.refunds.retrieve_async(reference)
                case "dp" | "du":
                    found = await self._api.disputes.retrieve_async(reference)
                case _:
                    raise ProviderRefused("Stripe has no payment by such a reference")
            intent = news.id_of(found.payment_intent)
            return await self._of_intent(intent) if intent is not None else []

    async def subscription(self, subscription: str, charge: str) -> list[ProviderEvent]:  # noqa: ARG002 -- it has a name
        with asking():
            seen_at = clock.now()
            found = await self._api.subscriptions.retrieve_async(
                subscription, {"expand": ["latest_invoice", "latest_invoice.payments"]}
            )
            paid = (
                await self._of_invoice(found.latest_invoice) if isinstance(found.latest_invoice, stripe.Invoice) else []
            )
            event = news.subscription_event(found, seen_at)
            return [*paid, event] if event is not None else paid

    async def refund(self, charge: str, amount: int, currency: str, key: str) -> Refund:
        units = to_stripe(amount, currency)
        with asking():
            made = await self._api.refunds.create_async(
                {"payment_intent": charge, "amount": units}, {"idempotency_key": key}
            )
            if made.status in ("failed", "canceled"):
                raise ProviderRefused(f"Stripe: {made.id} {made.status} {made.failure_reason or ''}".strip())
            intent = await self._api.payment_intents.retrieve_async(charge, {"expand": ["latest_charge"]})
        paid = intent.latest_charge
        if not isinstance(paid, stripe.Charge):
            raise ProviderRefused(f"Stripe refunded {charge}, which was never paid")
        refunded, _ = from_stripe(paid.amount_refunded, paid.currency)
        return Refund(made.id, refunded)

    async def statement(self, since: datetime, until: datetime, known: Sequence[str]) -> Statement:
        """Other things sold through the same account are left out."""
        lines: list[Charge] = []
        missing = dict.fromkeys(known)
        with asking():
            page = await self._api.charges.list_async(
                {"created": {"gte": int(since.timestamp()), "lt": int(until.timestamp())}, "limit": 100}
            )
            async for charge in page.auto_paging_iter():
                if charge.status == "succeeded" and charge.captured:
                    lines += await self._line(charge, missing)
            for intent_id in list(missing):
                lines += await self._known_line(intent_id, missing)
        return Statement(lines, complete=True)

    async def cancel(self, subscription: str) -> None:
        with asking():
            await self._api.subscriptions.update_async(subscription, {"cancel_at_period_end": True})

    async def resume(self, subscription: str) -> None:
        with asking():
            await self._api.subscriptions.update_async(subscription, {"cancel_at_period_end": False})

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close_async()  # type: ignore[no-untyped-call]

    async def _of_session(self, session_id: str) -> list[ProviderEvent]:
        seen_at = clock.now()
        expand = ["payment_intent", *(f"payment_intent.{one}" for one in _CHARGE), "invoice", "invoice.payments"]
        session = await self._api.checkout.sessions.retrieve_async(session_id, {"expand": expand})
        if not news.origin_of(news.metadata_of(session)).is_ours:
            return []
        if session.status == "expired":
            return [news.failed(session, seen_at, "expired")]
        if isinstance(session.invoice, stripe.Invoice):
            events = await self._of_invoice(session.invoice) or await self._of_promise(session, session.invoice)
            subscription = news.id_of(session.subscription)
            return events + (await self._of_subscription(subscription) if subscription else [])
        if not isinstance(session.payment_intent, stripe.PaymentIntent):
            return []  # nobody has begun to pay
        if (promise := _promised(session, session.payment_intent, seen_at)) is not None:
            return [promise]
        return await self._paid(session.payment_intent, news.origin_of(news.metadata_of(session)), session)

    async def _of_promise(self, session: stripe_checkout.Session, invoice: stripe.Invoice) -> list[ProviderEvent]:
        """A subscription begun by a method that takes days."""
        seen_at = clock.now()
        for part in invoice.payments.data if invoice.payments else []:
            intent = news.id_of(part.payment.payment_intent) if part.payment.type == "payment_intent" else None
            promise = intent and _promised(session, await self._intent(intent), seen_at)
            if promise:
                return [promise]
        return []

    async def _of_invoice(self, invoice: stripe.Invoice) -> list[ProviderEvent]:
        origin = await self._origin_of_invoice(invoice)
        if not origin.is_ours or invoice.payments is None:
            return []
        events: list[ProviderEvent] = []
        for part in invoice.payments.data:
            intent = news.id_of(part.payment.payment_intent) if part.payment.type == "payment_intent" else None
            if part.status == "paid" and intent is not None:
                events += await self._paid(await self._intent(intent), origin)
        return events

    async def _of_intent(self, intent_id: str) -> list[ProviderEvent]:
        intent = await self._intent(intent_id)
        return await self._paid(intent, await self._origin(intent_id, intent))

    async def _of_declined(self, charge_id: str) -> list[ProviderEvent]:
        charge = await self._api.charges.retrieve_async(charge_id)
        intent_id = news.id_of(charge.payment_intent)
        if intent_id is None:
            return []
        event = news.declined(charge, await self._origin(intent_id, charge))
        return [event] if event is not None else []

    async def _of_subscription(self, subscription_id: str) -> list[ProviderEvent]:
        seen_at = clock.now()
        event = news.subscription_event(await self._api.subscriptions.retrieve_async(subscription_id), seen_at)
        return [event] if event is not None else []

    async def _paid(
        self, intent: stripe.PaymentIntent, origin: news.Origin, session: stripe_checkout.Session | None = None
    ) -> list[ProviderEvent]:
        """Everything about one payment: paid, refunded, disputed."""
        if not origin.is_ours:
            return []
        if session is not None:
            origin = msgspec.structs.replace(origin, checkout=session.id)
        events = news.payment_events(intent, origin)
        if events and isinstance(intent.latest_charge, stripe.Charge) and intent.latest_charge.disputed:
            seen_at = clock.now()
            page = await self._api.disputes.list_async({"payment_intent": intent.id, "limit": 100})
            events += [event for one in page.data if (event := news.dispute_event(one, seen_at))]
        return events

    async def _intent(self, intent_id: str) -> stripe.PaymentIntent:
        return await self._api.payment_intents.retrieve_async(intent_id, {"expand": _CHARGE})

    async def _origin(self, intent_id: str, named: stripe.PaymentIntent | stripe.Charge) -> news.Origin:
        """A subscription's payments carry no word of ours; their invoice does."""
        origin = news.origin_of(news.metadata_of(named))
        if origin.is_ours:
            return origin
        page = await self._api.invoice_payments.list_async(
            {"payment": {"type": "payment_intent", "payment_intent": intent_id}, "expand": ["data.invoice"]}
        )
        invoices = [one.invoice for one in page.data if isinstance(one.invoice, stripe.Invoice)]
        return await self._origin_of_invoice(invoices[0]) if invoices else origin

    async def _origin_of_invoice(self, invoice: stripe.Invoice) -> news.Origin:
        origin = news.origin_of_invoice(invoice)
        if not origin.is_ours or origin.subscription is None or origin.payment_id is not None:
            return origin
        # A renewal: the plan may have been changed.
        subscription = await self._api.subscriptions.retrieve_async(origin.subscription)
        return msgspec.structs.replace(origin, product_id=news.product_of_invoice(invoice, subscription))

    async def _line(self, charge: stripe.Charge, missing: dict[str, None]) -> list[Charge]:
        intent_id = news.id_of(charge.payment_intent)
        if intent_id is None:
            return []
        origin = news.origin_of(news.metadata_of(charge))
        if intent_id in missing:
            del missing[intent_id]
        elif not origin.is_ours:
            origin = await self._origin(intent_id, charge)
            if not origin.is_ours:
                return []
        return [news.charge_line(charge, origin)]

    async def _known_line(self, intent_id: str, missing: dict[str, None]) -> list[Charge]:
        try:
            intent = await self._api.payment_intents.retrieve_async(intent_id, {"expand": ["latest_charge"]})
        except stripe.InvalidRequestError as error:
            if error.code != "resource_missing":
                raise
            return []  # not in their books: that is what a comparison is for
        charge = intent.latest_charge
        if intent.status != "succeeded" or not isinstance(charge, stripe.Charge):
            return []
        return await self._line(charge, missing)


def _ordered(order: Order) -> "SessionCreateParams":
    """The same order is the same request: what is asked under one key must not change, so nothing here is a time."""
    words = {news.PAYMENT_ID: str(order.payment_id), news.BUYER: str(order.buyer.reference)}
    price: Any = {
        "currency": order.currency.lower(),
        "unit_amount": to_stripe(order.amount, order.currency),
        "product_data": {"name": order.title},
    }
    params: SessionCreateParams = {
        "line_items": [{"quantity": 1, "price_data": price}],
        "client_reference_id": str(order.payment_id),
        "metadata": words,
        "success_url": order.return_url,
        "cancel_url": order.return_url,
        "locale": "tr" if order.buyer.language == "tr" else "auto",
        "adaptive_pricing": {"enabled": False},  # what is paid is what the shop says
    }
    if order.buyer.email is not None:
        params["customer_email"] = order.buyer.email
    if order.period is None:
        params["mode"] = "payment"
        params["submit_type"] = "pay"
        params["payment_intent_data"] = {"description": order.title, "metadata": words}
    else:
        price["recurring"] = {"interval": _INTERVALS[order.period]}
        params["mode"] = "subscription"
        params["subscription_data"] = {"description": order.title, "metadata": words}
    return params


_INTERVALS = {Period.week: "week", Period.month: "month", Period.year: "year"}


def _promised(
    session: stripe_checkout.Session, intent: stripe.PaymentIntent, seen_at: datetime
) -> Awaited | Failed | None:
    """What became of a payment whose buyer has left the page: on its way, or never coming."""
    if session.status != "complete":
        return None
    if intent.status == "processing":
        return news.awaited(session, seen_at)
    if intent.status in ("requires_payment_method", "canceled"):
        return news.failed(session, seen_at, _why(intent))
    return None


def _why(intent: stripe.PaymentIntent) -> str:
    error = intent.last_payment_error
    return (error and error.code) or intent.cancellation_reason or intent.status
