"""Adapter of Stripe: a pay page of theirs (Checkout), subscriptions they renew, refunds, disputes, signed webhooks.

A webhook only names the object that changed. The object itself is then asked for in the version of the API that the
library speaks. So the version that an operator's endpoint sends does not matter, nor the order of its webhooks.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec
import stripe
from stripe import checkout as stripe_checkout

from meydan.integrations.payments.contract import (
    Charge,
    Checkout,
    Order,
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
from meydan.integrations.payments.signatures import check_signature
from meydan.integrations.payments.stripe import events
from meydan.integrations.payments.stripe.account import StripeAccount
from meydan.integrations.payments.stripe.client import client_of, from_stripe, new_http, to_stripe, translated_errors
from meydan.integrations.payments.stripe.models import Event, Subject
from meydan.integrations.payments.stripe.requests import session_params
from meydan.kit import clock

_CHARGE = ["latest_charge", "latest_charge.refunds"]


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

    async def do_open_checkout(self, order: Order) -> Checkout:
        with translated_errors():
            session = await self._api.checkout.sessions.create_async(
                session_params(order), {"idempotency_key": str(order.payment_id)}
            )
        if session.url is None:
            raise ProviderRefused(f"Stripe opened {session.id} without a page")
        return Checkout(session.id, session.url, events.moment(session.expires_at))

    async def verify(self, webhook: Webhook) -> WebhookEvent:
        """Raises: SignatureInvalid."""
        check_signature(self._account.webhook_secret, webhook.headers.get("stripe-signature", ""), webhook.body)
        try:
            event = msgspec.json.decode(webhook.body, type=Event)
        except msgspec.DecodeError as error:
            raise SignatureInvalid from error
        subject_id = event.data.object.id if event.data is not None else ""
        return WebhookEvent(event.id, msgspec.to_builtins(Subject(event.type, subject_id)))

    async def read(self, event: WebhookEvent) -> list[ProviderEvent]:
        subject = msgspec.convert(event.payload, Subject)
        if subject.type == events.DECLINED:
            with translated_errors():
                return await self._of_declined(subject.id)
        if subject.type not in events.TYPES:
            return []
        return await self.payment(subject.id)

    async def payment(self, provider_id: str) -> list[ProviderEvent]:
        """Asks about a checkout, a payment intent, a charge, a refund, a dispute, an invoice or a subscription."""
        with translated_errors():
            match provider_id.partition("_")[0]:
                case "cs":
                    return await self._of_session(provider_id)
                case "sub":
                    return await self._of_subscription(provider_id)
                case "in":
                    invoice = await self._api.invoices.retrieve_async(provider_id, {"expand": ["payments"]})
                    return await self._of_invoice(invoice)
                case "pi":
                    return await self._of_intent(provider_id)
                case "ch" | "py":
                    found: stripe.Charge | stripe.Refund | stripe.Dispute
                    found = await self._api.charges.retrieve_async(provider_id)
                case "re" | "pyr":
                    found = await self._api.refunds.retrieve_async(provider_id)
                case "dp" | "du":
                    found = await self._api.disputes.retrieve_async(provider_id)
                case _:
                    raise ProviderRefused("Stripe has no payment by such a reference")
            intent = events.id_of(found.payment_intent)
            return await self._of_intent(intent) if intent is not None else []

    async def subscription(self, subscription_id: str, charge: str) -> list[ProviderEvent]:  # noqa: ARG002 -- it has a name
        with translated_errors():
            seen_at = clock.now()
            found = await self._api.subscriptions.retrieve_async(
                subscription_id, {"expand": ["latest_invoice", "latest_invoice.payments"]}
            )
            paid = (
                await self._of_invoice(found.latest_invoice) if isinstance(found.latest_invoice, stripe.Invoice) else []
            )
            event = events.subscription_event(found, seen_at)
            return [*paid, event] if event is not None else paid

    async def do_refund(self, charge: str, amount: int, currency: str, key: str) -> Refund:
        units = to_stripe(amount, currency)
        with translated_errors():
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
        """Reads the books of the period. Other sales of the same account are left out."""
        lines: list[Charge] = []
        missing = dict.fromkeys(known)
        with translated_errors():
            page = await self._api.charges.list_async(
                {"created": {"gte": int(since.timestamp()), "lt": int(until.timestamp())}, "limit": 100}
            )
            async for charge in page.auto_paging_iter():
                if charge.status == "succeeded" and charge.captured:
                    lines += await self._line(charge, missing)
            for intent_id in list(missing):
                lines += await self._known_line(intent_id, missing)
        return Statement(lines, complete=True)

    async def do_cancel(self, subscription_id: str) -> None:
        with translated_errors():
            await self._api.subscriptions.update_async(subscription_id, {"cancel_at_period_end": True})

    async def do_resume(self, subscription_id: str) -> None:
        with translated_errors():
            await self._api.subscriptions.update_async(subscription_id, {"cancel_at_period_end": False})

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close_async()  # type: ignore[no-untyped-call]

    async def _of_session(self, session_id: str) -> list[ProviderEvent]:
        seen_at = clock.now()
        expand = ["payment_intent", *(f"payment_intent.{one}" for one in _CHARGE), "invoice", "invoice.payments"]
        session = await self._api.checkout.sessions.retrieve_async(session_id, {"expand": expand})
        if not events.origin_of(events.metadata_of(session)).is_ours:
            return []
        if session.status == "expired":
            return [events.failed(session, seen_at, "expired")]
        if isinstance(session.invoice, stripe.Invoice):
            found = await self._of_invoice(session.invoice) or await self._of_promise(session, session.invoice)
            subscription = events.id_of(session.subscription)
            return found + (await self._of_subscription(subscription) if subscription else [])
        if not isinstance(session.payment_intent, stripe.PaymentIntent):
            return []  # nobody has begun to pay
        if (promise := events.promised(session, session.payment_intent, seen_at)) is not None:
            return [promise]
        return await self._paid(session.payment_intent, events.origin_of(events.metadata_of(session)), session)

    async def _of_promise(self, session: stripe_checkout.Session, invoice: stripe.Invoice) -> list[ProviderEvent]:
        """Reads a subscription that was begun by a method that takes days."""
        seen_at = clock.now()
        for part in invoice.payments.data if invoice.payments else []:
            intent = events.id_of(part.payment.payment_intent) if part.payment.type == "payment_intent" else None
            promise = intent and events.promised(session, await self._intent(intent), seen_at)
            if promise:
                return [promise]
        return []

    async def _of_invoice(self, invoice: stripe.Invoice) -> list[ProviderEvent]:
        origin = await self._origin_of_invoice(invoice)
        if not origin.is_ours or invoice.payments is None:
            return []
        found: list[ProviderEvent] = []
        for part in invoice.payments.data:
            intent = events.id_of(part.payment.payment_intent) if part.payment.type == "payment_intent" else None
            if part.status == "paid" and intent is not None:
                found += await self._paid(await self._intent(intent), origin)
        return found

    async def _of_intent(self, intent_id: str) -> list[ProviderEvent]:
        intent = await self._intent(intent_id)
        return await self._paid(intent, await self._origin(intent_id, intent))

    async def _of_declined(self, charge_id: str) -> list[ProviderEvent]:
        charge = await self._api.charges.retrieve_async(charge_id)
        intent_id = events.id_of(charge.payment_intent)
        if intent_id is None:
            return []
        event = events.declined(charge, await self._origin(intent_id, charge))
        return [event] if event is not None else []

    async def _of_subscription(self, subscription_id: str) -> list[ProviderEvent]:
        seen_at = clock.now()
        event = events.subscription_event(await self._api.subscriptions.retrieve_async(subscription_id), seen_at)
        return [event] if event is not None else []

    async def _paid(
        self, intent: stripe.PaymentIntent, origin: events.Origin, session: stripe_checkout.Session | None = None
    ) -> list[ProviderEvent]:
        """Reads one payment: paid, refunded, disputed."""
        if not origin.is_ours:
            return []
        if session is not None:
            origin = msgspec.structs.replace(origin, checkout=session.id)
        found = events.payment_events(intent, origin)
        if found and isinstance(intent.latest_charge, stripe.Charge) and intent.latest_charge.disputed:
            seen_at = clock.now()
            page = await self._api.disputes.list_async({"payment_intent": intent.id, "limit": 100})
            found += [event for one in page.data if (event := events.dispute_event(one, seen_at))]
        return found

    async def _intent(self, intent_id: str) -> stripe.PaymentIntent:
        return await self._api.payment_intents.retrieve_async(intent_id, {"expand": _CHARGE})

    async def _origin(self, intent_id: str, named: stripe.PaymentIntent | stripe.Charge) -> events.Origin:
        """Finds the origin of an intent: a subscription's payments carry none of our metadata, their invoice does."""
        origin = events.origin_of(events.metadata_of(named))
        if origin.is_ours:
            return origin
        page = await self._api.invoice_payments.list_async(
            {"payment": {"type": "payment_intent", "payment_intent": intent_id}, "expand": ["data.invoice"]}
        )
        invoices = [one.invoice for one in page.data if isinstance(one.invoice, stripe.Invoice)]
        return await self._origin_of_invoice(invoices[0]) if invoices else origin

    async def _origin_of_invoice(self, invoice: stripe.Invoice) -> events.Origin:
        origin = events.origin_of_invoice(invoice)
        if not origin.is_ours or origin.subscription is None or origin.payment_id is not None:
            return origin
        # A renewal: the plan may have been changed.
        subscription = await self._api.subscriptions.retrieve_async(origin.subscription)
        return msgspec.structs.replace(origin, product_id=events.product_of_invoice(invoice, subscription))

    async def _line(self, charge: stripe.Charge, missing: dict[str, None]) -> list[Charge]:
        intent_id = events.id_of(charge.payment_intent)
        if intent_id is None:
            return []
        origin = events.origin_of(events.metadata_of(charge))
        if intent_id in missing:
            del missing[intent_id]
        elif not origin.is_ours:
            origin = await self._origin(intent_id, charge)
            if not origin.is_ours:
                return []
        return [events.charge_line(charge, origin)]

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
