"""The local provider's objects as our events. Nothing is asked here."""

from meydan.integrations.payments.contract import (
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
from meydan.integrations.payments.local.models import (
    CheckoutStatus,
    LocalEvent,
    LocalEventType,
    LocalPayment,
    LocalPaymentStatus,
    LocalSubscriptionStatus,
    event_of,
)

_STATES = {
    LocalSubscriptionStatus.active: SubscriptionState.active,
    LocalSubscriptionStatus.past_due: SubscriptionState.grace,
    LocalSubscriptionStatus.cancelled: SubscriptionState.cancelled,
    LocalSubscriptionStatus.expired: SubscriptionState.expired,
}


def payment_events(payment: LocalPayment, *, test: bool) -> list[ProviderEvent]:
    """Reads a payment as it is now: paid, refunded, disputed."""
    if payment.status is not LocalPaymentStatus.paid or payment.paid_at is None:
        return []
    found = events_of(event_of(LocalEventType.payment_paid, payment.paid_at, payment), test=test)
    if payment.refunds:
        at = payment.refunds[-1].created_at
        found += events_of(event_of(LocalEventType.payment_refunded, at, payment), test=test)
    if payment.disputes:
        at = max(dispute.changed_at for dispute in payment.disputes)
        found += events_of(event_of(LocalEventType.payment_disputed, at, payment), test=test)
    return found


def events_of(event: LocalEvent, *, test: bool) -> list[ProviderEvent]:
    """Reads an event of the local provider into ours."""
    if (
        event.type is LocalEventType.checkout_declined
        and event.checkout is not None
        and event.checkout.card is not None
    ):
        return [
            Declined(
                event_id=event.id,
                happened_at=event.happened_at,
                payment_id=event.checkout.order.reference,
                checkout=event.checkout.id,
                card=event.checkout.card.fingerprint,
            )
        ]
    if event.checkout is not None:
        return [
            Failed(
                event_id=event.id,
                happened_at=event.happened_at,
                payment_id=event.checkout.order.reference,
                checkout=event.checkout.id,
                reason=event.checkout.status,
                expired=event.checkout.status is CheckoutStatus.expired,
            )
        ]
    if (subscription := event.subscription) is not None:
        return [
            SubscriptionChanged(
                event_id=event.id,
                happened_at=event.happened_at,
                subscription=subscription.id,
                state=_STATES[subscription.status],
                period_ends_at=subscription.period_ends_at,
                payment_id=subscription.reference,
                buyer=subscription.buyer,
            )
        ]
    return [] if event.payment is None else [_payment_event(event, event.payment, test=test)]


def _payment_event(event: LocalEvent, payment: LocalPayment, *, test: bool) -> ProviderEvent:
    if event.type is LocalEventType.payment_refunded:
        return Refunded(
            event_id=event.id,
            happened_at=event.happened_at,
            charge=payment.id,
            refunded=payment.refunded,
            currency=payment.currency,
            refund=payment.refunds[-1].id,
        )
    if event.type is LocalEventType.payment_disputed:
        newest = max(payment.disputes, key=lambda dispute: dispute.changed_at)
        return Disputed(
            event_id=event.id,
            happened_at=event.happened_at,
            charge=payment.id,
            dispute=newest.id,
            amount=newest.amount,
            currency=payment.currency,
            state=DisputeState(newest.status),
        )
    return Paid(
        event_id=event.id,
        happened_at=event.happened_at,
        charge=payment.id,
        amount=payment.amount,
        currency=payment.currency,
        payment_id=payment.reference,
        checkout=payment.checkout,
        buyer=payment.buyer,
        card=payment.card.fingerprint,
        subscription=payment.subscription,
        period_ends_at=payment.period_ends_at,
        test=test,
    )
