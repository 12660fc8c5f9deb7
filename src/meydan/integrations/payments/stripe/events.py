"""Stripe's objects as our events. Nothing is asked here.

Our charge is Stripe's payment intent: a checkout, an invoice, a refund and a dispute all name it. It stands for attempts
(Stripe's charges), of which one succeeds. Event ids are derived from the content: an event has the same id whether it was
sent or asked for.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

import stripe
from msgspec import Struct
from stripe import checkout as stripe_checkout

from meydan.integrations.payments.contract import (
    Awaited,
    Charge,
    Declined,
    Disputed,
    DisputeState,
    Failed,
    Paid,
    ProviderEvent,
    Refunded,
    SubscriptionChanged,
    SubscriptionState,
)
from meydan.integrations.payments.identifiers import uuid_of
from meydan.integrations.payments.stripe.client import from_stripe

PAYMENT_ID = "meydan_payment"
BUYER = "meydan_buyer"
"""Our keys in Stripe's metadata. An object that carries neither is another sale of the operator's."""

TYPES = frozenset(
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
DECLINED = "charge.failed"
"""Type of a declined card. It ends nothing: the person is still on the pay page. How many cards they try is counted."""

_DISPUTES = {
    "needs_response": DisputeState.opened,
    "under_review": DisputeState.opened,
    "appeal_needs_response": DisputeState.opened,
    "appeal_under_review": DisputeState.opened,
    "won": DisputeState.won,
    "lost": DisputeState.lost,
}
"""An inquiry (``warning_…``) takes no money, and one that is prevented ends as a refund: neither is a dispute yet."""


class Identified(Protocol):
    id: str


class Origin(Struct, frozen=True):
    """The order, buyer and subscription that a payment intent belongs to."""

    payment_id: UUID | None = None
    began_with: UUID | None = None
    """The order that a renewal's subscription began with."""
    buyer: UUID | None = None
    checkout: str | None = None
    subscription: str | None = None
    product_id: str | None = None
    period_ends_at: datetime | None = None

    @property
    def is_ours(self) -> bool:
        return self.buyer is not None or self.payment_id is not None


def id_of(expandable: str | Identified | None) -> str | None:
    return expandable if expandable is None or isinstance(expandable, str) else expandable.id


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def metadata_of(thing: stripe.StripeObject) -> Mapping[str, str]:
    metadata = getattr(thing, "metadata", None)
    return metadata.to_dict() if isinstance(metadata, stripe.StripeObject) else {}


def origin_of(metadata: Mapping[str, str]) -> Origin:
    return Origin(payment_id=uuid_of(metadata.get(PAYMENT_ID)), buyer=uuid_of(metadata.get(BUYER)))


def origin_of_invoice(invoice: stripe.Invoice) -> Origin:
    """Reads an invoice's origin. Only a subscription's first invoice is the payment that was ordered; others are renewals."""
    details = invoice.parent and invoice.parent.subscription_details
    if not details:
        return Origin()
    ordered = origin_of(metadata_of(details))
    ends = [line.period.end for line in invoice.lines.data if line.parent and line.parent.subscription_item_details]
    return Origin(
        payment_id=ordered.payment_id if invoice.billing_reason == "subscription_create" else None,
        began_with=ordered.payment_id,
        buyer=ordered.buyer,
        subscription=id_of(details.subscription),
        period_ends_at=moment(max(ends)) if ends else None,
    )


def payment_events(intent: stripe.PaymentIntent, origin: Origin) -> list[ProviderEvent]:
    """Reads a payment intent with its charge and refunds: that it was paid, and how much of it was refunded."""
    charge = intent.latest_charge
    if intent.status != "succeeded" or not isinstance(charge, stripe.Charge) or not charge.paid:
        return []
    amount, currency = from_stripe(charge.amount_captured, charge.currency)
    events: list[ProviderEvent] = [
        Paid(
            event_id=f"{intent.id}:paid",
            happened_at=moment(charge.created),
            charge=intent.id,
            amount=amount,
            currency=currency,
            payment_id=origin.payment_id,
            checkout=origin.checkout,
            buyer=origin.buyer,
            product_id=origin.product_id,
            card=_fingerprint(charge),
            subscription=origin.subscription,
            period_ends_at=origin.period_ends_at,
            test=not charge.livemode,
        )
    ]
    newest = max(_refunds(charge), key=lambda refund: refund.created, default=None)
    if charge.amount_refunded or newest is not None:
        refunded, _ = from_stripe(charge.amount_refunded, charge.currency)
        events.append(
            Refunded(
                event_id=f"{intent.id}:refunded:{refunded}",
                happened_at=moment(newest.created if newest else charge.created),
                charge=intent.id,
                refunded=refunded,
                currency=currency,
                refund=newest.id if newest else None,
                reversed=any(one.status in ("failed", "canceled") for one in _refunds(charge)),
            )
        )
    return events


def dispute_event(dispute: stripe.Dispute, seen_at: datetime) -> Disputed | None:
    state = _DISPUTES.get(dispute.status)
    charge = id_of(dispute.payment_intent) or id_of(dispute.charge)
    if state is None or charge is None:
        return None
    amount, currency = from_stripe(dispute.amount, dispute.currency)
    return Disputed(
        event_id=f"{dispute.id}:{state}",
        happened_at=seen_at,  # its amount may change while it is open, and it may be opened again
        charge=charge,
        dispute=dispute.id,
        amount=amount,
        currency=currency,
        state=state,
    )


def failed(session: stripe_checkout.Session, seen_at: datetime, reason: str) -> Failed:
    expired = reason == "expired"
    return Failed(
        event_id=f"{session.id}:{reason}",
        happened_at=moment(session.expires_at) if expired and moment(session.expires_at) < seen_at else seen_at,
        payment_id=origin_of(metadata_of(session)).payment_id,
        checkout=session.id,
        reason=reason,
        expired=expired,
    )


def awaited(session: stripe_checkout.Session, seen_at: datetime) -> Awaited:
    return Awaited(
        event_id=f"{session.id}:awaited",
        happened_at=seen_at,
        payment_id=origin_of(metadata_of(session)).payment_id,
        checkout=session.id,
    )


def declined(charge: stripe.Charge, origin: Origin) -> Declined | None:
    """A card's declined attempt. None for other methods, charges that are not ours, and renewals, which no user tries."""
    card = _fingerprint(charge)
    if charge.status != "failed" or card is None or origin.payment_id is None:
        return None
    return Declined(
        event_id=f"{charge.id}:declined",
        happened_at=moment(charge.created),
        payment_id=origin.payment_id,
        checkout=None,
        card=card,
    )


def subscription_event(subscription: stripe.Subscription, seen_at: datetime) -> SubscriptionChanged | None:
    """``seen_at``: just before Stripe was asked. None while its first payment is not made."""
    found = _state(subscription)
    origin = origin_of(metadata_of(subscription))
    if found is None or not origin.is_ours:
        return None
    state, ends_at = found
    return SubscriptionChanged(
        event_id=f"{subscription.id}:{state}:{seen_at.isoformat()}",
        happened_at=seen_at,
        subscription=subscription.id,
        state=state,
        period_ends_at=moment(ends_at),
        payment_id=origin.payment_id,
        buyer=origin.buyer,
        product_id=_product(subscription),
    )


def product_of_invoice(invoice: stripe.Invoice, subscription: stripe.Subscription) -> str | None:
    """None where the subscription's price is another since: then this invoice is of the time before."""
    prices = {
        id_of(line.pricing.price_details.price)
        for line in invoice.lines.data
        if line.pricing and line.pricing.price_details and line.amount >= 0
    }
    items = subscription["items"].data
    return _product(subscription) if len(items) == 1 and items[0].price.id in prices else None


def _product(subscription: stripe.Subscription) -> str | None:
    """The operator's name of a price that people may switch to. The price of an order has none."""
    items = subscription["items"].data
    return items[0].price.lookup_key if len(items) == 1 else None


def _state(subscription: stripe.Subscription) -> tuple[SubscriptionState, int] | None:
    items = subscription["items"].data  # the attribute is the mapping's own method
    began = max((item.current_period_start for item in items), default=subscription.start_date)
    ends = max((item.current_period_end for item in items), default=began)
    match subscription.status:
        case "active" | "trialing":
            if subscription.cancel_at_period_end or subscription.cancel_at is not None:
                return SubscriptionState.cancelled, min(ends, subscription.cancel_at or ends)
            return SubscriptionState.active, ends
        case "past_due":
            return SubscriptionState.grace, began  # Stripe has moved on to the period nobody has paid for yet
        case "incomplete":
            return None
        case _:
            return SubscriptionState.expired, subscription.ended_at or began


def charge_line(charge: stripe.Charge, origin: Origin) -> Charge:
    """Reads a line of the books. A renewal names the first order, so that a missed one is known to be ours."""
    amount, currency = from_stripe(charge.amount_captured, charge.currency)
    refunded, _ = from_stripe(charge.amount_refunded, charge.currency)
    return Charge(
        provider_charge_id=id_of(charge.payment_intent) or charge.id,
        amount=amount,
        currency=currency,
        refunded=refunded,
        disputed=charge.disputed,
        paid_at=moment(charge.created),
        payment_id=origin.payment_id or origin.began_with,
    )


def _refunds(charge: stripe.Charge) -> list[stripe.Refund]:
    listed = getattr(charge, "refunds", None)  # there only where it was asked for
    return list(listed.data) if listed is not None else []


def _fingerprint(charge: stripe.Charge) -> str | None:
    details = charge.payment_method_details
    card = details and getattr(details, "card", None)
    fingerprint = card and getattr(card, "fingerprint", None)
    return str(fingerprint) if fingerprint else None


def promised(
    session: stripe_checkout.Session, intent: stripe.PaymentIntent, seen_at: datetime
) -> Awaited | Failed | None:
    """Reads a payment whose buyer has left the page: on its way, or never coming."""
    if session.status != "complete":
        return None
    if intent.status == "processing":
        return awaited(session, seen_at)
    if intent.status in ("requires_payment_method", "canceled"):
        return failed(session, seen_at, _why(intent))
    return None


def _why(intent: stripe.PaymentIntent) -> str:
    error = intent.last_payment_error
    return (error and error.code) or intent.cancellation_reason or intent.status
