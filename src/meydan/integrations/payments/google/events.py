"""Google Play's orders and subscriptions as our events. Nothing is asked here."""

from datetime import datetime
from uuid import UUID

from meydan.integrations.payments.contract import (
    Awaited,
    Charge,
    Disputed,
    DisputeState,
    Failed,
    Paid,
    ProviderEvent,
    Refunded,
    SubscriptionChanged,
    SubscriptionState,
)
from meydan.integrations.payments.google.models import Money, PlayOrder, Subscription
from meydan.kit import clock

_STATES = {
    "SUBSCRIPTION_STATE_ACTIVE": SubscriptionState.active,
    "SUBSCRIPTION_STATE_IN_GRACE_PERIOD": SubscriptionState.grace,
    "SUBSCRIPTION_STATE_CANCELED": SubscriptionState.cancelled,
    # On hold and paused give nothing until money comes again.
    "SUBSCRIPTION_STATE_ON_HOLD": SubscriptionState.expired,
    "SUBSCRIPTION_STATE_PAUSED": SubscriptionState.expired,
    "SUBSCRIPTION_STATE_EXPIRED": SubscriptionState.expired,
}


def paid_events(
    order: PlayOrder,
    payment_id: UUID | None,
    *,
    test: bool,
    subscription: str | None = None,
    replaces: str | None = None,
) -> list[ProviderEvent]:
    """Reads an order; empty while nothing is paid, and for an order of nothing."""
    paid = order.paid
    if paid is None:
        return []
    period = order.item.subscription_details
    return [
        Paid(
            event_id=f"{order.order_id}:paid",
            happened_at=order.paid_at,
            charge=order.order_id,
            amount=paid.minor,
            currency=paid.currency_code,
            payment_id=payment_id,
            product_id=order.item.product_id,
            subscription=subscription or (order.order_id.partition("..")[0] if period else None),
            replaces=replaces,
            period_ends_at=period.service_period_end_time if period else None,
            test=test,
        )
    ]


def refund_id(order: PlayOrder) -> str:
    """Id of the refund of a whole order: Google gives a refund no id, and refunds an order once."""
    return f"{order.order_id}:refund"


def failed(payment_id: UUID | None, at: datetime) -> Failed:
    return Failed(
        event_id=f"{payment_id}:failed", happened_at=at, payment_id=payment_id, checkout=None, reason="cancelled"
    )


def awaited(payment_id: UUID | None) -> Awaited:
    return Awaited(event_id=f"{payment_id}:awaited", happened_at=clock.now(), payment_id=payment_id, checkout=None)


def reversal_events(order: PlayOrder) -> list[ProviderEvent]:
    """Reads an order's refunds and its chargeback."""
    paid, back = order.paid, order.charged_back
    if paid is None:
        return []
    events: list[ProviderEvent] = []
    if order.refunded > 0:
        events.append(
            Refunded(
                event_id=f"{order.order_id}:refunded:{order.refunded}",
                happened_at=order.refunded_at,
                charge=order.order_id,
                refunded=order.refunded,
                currency=paid.currency_code,
                refund=refund_id(order) if order.refunded == paid.minor else None,
            )
        )
    if back is not None and order.refunded < paid.minor:
        # Google argues with the bank, or does not; what reaches us is decided.
        events.append(
            Disputed(
                event_id=f"{order.order_id}:chargeback",
                happened_at=back.event_time,
                charge=order.order_id,
                dispute=f"{order.order_id}:chargeback",
                amount=paid.minor - order.refunded,
                currency=paid.currency_code,
                state=DisputeState.lost,
            )
        )
    return events


def state_events(
    subscription: Subscription, reference: str, payment_id: UUID | None, at: datetime, replaces: str | None, token: str
) -> list[ProviderEvent]:
    """Reads the state of a subscription; empty for a replaced one, whose successor tells the state."""
    item = subscription.item
    state = _STATES.get(subscription.subscription_state)
    if state is None or item.expiry_time is None or subscription.is_replaced:
        return []
    if state is SubscriptionState.active and not (
        item.auto_renewing_plan and item.auto_renewing_plan.auto_renew_enabled
    ):
        state = SubscriptionState.cancelled
    return [
        SubscriptionChanged(
            event_id=f"{reference}:{state}:{subscription.etag or item.expiry_time.isoformat()}",
            happened_at=at,
            subscription=reference,
            state=state,
            period_ends_at=item.expiry_time,
            payment_id=payment_id,
            product_id=item.product_id,
            next_product_id=item.next_product_id,
            replaces=replaces,
            claim=None if subscription.acknowledged or state is SubscriptionState.expired else token,
            grace_ends_at=item.expiry_time if state is SubscriptionState.grace else None,
        )
    ]


def charge_line(order: PlayOrder, paid: Money) -> Charge:
    return Charge(
        provider_charge_id=order.order_id,
        amount=paid.minor,
        currency=paid.currency_code,
        refunded=order.refunded,
        disputed=order.charged_back is not None,
        paid_at=order.paid_at,
    )
