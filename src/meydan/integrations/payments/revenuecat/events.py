"""RevenueCat's purchases as our events. Nothing is asked here.

The charge is the store's transaction. A subscription is named by its buyer and product: so it stays over its renewals.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID

from msgspec import Struct

from meydan.integrations.payments.contract import Paid, Refunded, SubscriptionChanged, SubscriptionState
from meydan.integrations.payments.money import to_minor
from meydan.integrations.payments.revenuecat.models import CustomerInfo, OneTime, Price, Subscribed

PURCHASES = frozenset({"INITIAL_PURCHASE", "NON_RENEWING_PURCHASE", "RENEWAL"})
TYPES = PURCHASES | {
    "BILLING_ISSUE",
    "CANCELLATION",
    "EXPIRATION",
    "PRODUCT_CHANGE",
    "REFUND_REVERSED",
    "SUBSCRIPTION_EXTENDED",
    "SUBSCRIPTION_PAUSED",
    "UNCANCELLATION",
}
"""Types of webhooks that are read; the others change nothing here."""

_LONGEST_BREAK = timedelta(days=1)
"""Longest break after a subscription's end in which the next one is still the same membership."""


class Purchase(Struct, frozen=True):
    """A purchase as RevenueCat knows it."""

    charge: str
    product: str
    amount: int
    currency: str
    bought: OneTime | Subscribed


def bought_by(seen: CustomerInfo) -> Iterator[tuple[str, OneTime | Subscribed]]:
    """Lists a customer's purchases, each with its product's name."""
    for key, subscribed in seen.subscriber.subscriptions.items():
        yield named(key, subscribed), subscribed
    for product, purchases in seen.subscriber.non_subscriptions.items():
        for purchase in purchases:
            yield product, purchase


def purchase_with(seen: CustomerInfo, charge: str) -> tuple[str, OneTime | Subscribed] | None:
    return next((one for one in bought_by(seen) if str(one[1].store_transaction_id) == charge), None)


def purchase_of(product: str, bought: OneTime | Subscribed) -> Purchase | None:
    """None for a free one: a trial, a present, a family's share."""
    is_shared = isinstance(bought, Subscribed) and bought.ownership_type != "PURCHASED"
    if bought.price is None or bought.store_transaction_id is None or is_shared or bought.store == "promotional":
        return None
    amount, currency = minor(bought.price)
    return Purchase(str(bought.store_transaction_id), product, amount, currency, bought) if amount > 0 else None


def subscribed_to(seen: CustomerInfo, product: str) -> Subscribed | None:
    return next((one for key, one in seen.subscriber.subscriptions.items() if named(key, one) == product), None)


def replaced_product(seen: CustomerInfo, product: str) -> str | None:
    """Finds the product that ended in the same store when this one began: the person changed the plan."""
    new = subscribed_to(seen, product)
    if new is None:
        return None
    before = [
        (old.purchase_date, name)
        for name, old in bought_by(seen)
        if isinstance(old, Subscribed)
        and name != product
        and old.store == new.store
        and old.ownership_type == new.ownership_type == "PURCHASED"
        and old.purchase_date < new.purchase_date
        and old.expires_date is not None
        and old.expires_date >= new.purchase_date - _LONGEST_BREAK
        and (old.expires_date <= seen.seen_at or old.unsubscribe_detected_at is not None)
    ]
    return max(before)[1] if before else None


def with_replaced(seen: CustomerInfo, products: list[str]) -> list[str]:
    """Puts products before these that replaced them, or were replaced: they tell on which one the membership goes on."""
    others = [name for name, one in bought_by(seen) if isinstance(one, Subscribed) and name not in products]
    known = [*others, *products]
    followed = [name for name in known if replaced_product(seen, name) in known]
    return [*followed, *(name for name in products if name not in followed)]


def named(key: str, subscribed: Subscribed) -> str:
    """Names a product as webhooks do: Google's carry the base plan there, and none in lists."""
    plan = subscribed.product_plan_identifier
    return f"{key}:{plan}" if plan and ":" not in key else key


def paid_event(purchase: Purchase, buyer: UUID | None, seen: CustomerInfo) -> Paid:
    is_subscription = isinstance(purchase.bought, Subscribed) and buyer is not None
    before = replaced_product(seen, purchase.product) if is_subscription else None
    return Paid(
        event_id=f"{purchase.charge}:paid",
        happened_at=min(purchase.bought.purchase_date, seen.seen_at),  # Apple renews hours before the new period begins
        charge=purchase.charge,
        amount=purchase.amount,
        currency=purchase.currency,
        buyer=buyer,
        product_id=purchase.product,
        subscription=f"{buyer}:{purchase.product}" if is_subscription else None,
        replaces=f"{buyer}:{before}" if before else None,
        period_begins_at=purchase.bought.purchase_date if is_subscription else None,
        period_ends_at=purchase.bought.expires_date if isinstance(purchase.bought, Subscribed) else None,
        test=purchase.bought.is_sandbox,
    )


def refunded_event(charge: str, refunded: int, currency: str, seen_at: datetime) -> Refunded:
    return Refunded(
        event_id=f"{charge}:refunded:{refunded}",
        happened_at=seen_at,
        charge=charge,
        refunded=refunded,
        currency=currency,
        reversed=refunded == 0,
    )


def state_events(
    seen: CustomerInfo, buyer: UUID, product: str, next_product: str | None = None
) -> Iterator[SubscriptionChanged]:
    """Reads a subscription's state at the moment RevenueCat was asked; ``next_product`` where a webhook named one."""
    subscribed = subscribed_to(seen, product)
    if subscribed is None or subscribed.expires_date is None or subscribed.ownership_type != "PURCHASED":
        return
    ends, grace = subscribed.expires_date, subscribed.grace_period_expires_date
    if subscribed.refunded_at is not None:
        yield changed_event(seen, buyer, product, SubscriptionState.expired, min(ends, subscribed.refunded_at), None)
    elif max(ends, grace or ends) <= seen.seen_at:
        yield changed_event(seen, buyer, product, SubscriptionState.expired, ends, None)
    elif subscribed.billing_issues_detected_at is not None:
        yield changed_event(seen, buyer, product, SubscriptionState.grace, ends, grace)
    elif subscribed.unsubscribe_detected_at is not None:
        yield changed_event(seen, buyer, product, SubscriptionState.cancelled, ends, None)
    else:
        yield changed_event(seen, buyer, product, SubscriptionState.active, ends, None, next_product)


def changed_event(
    seen: CustomerInfo,
    buyer: UUID,
    product: str,
    state: SubscriptionState,
    ends_at: datetime,
    grace_ends_at: datetime | None,
    next_product: str | None = None,
) -> SubscriptionChanged:
    now, before = subscribed_to(seen, product), replaced_product(seen, product)
    return SubscriptionChanged(
        event_id=f"{buyer}:{product}:{state}:{seen.request_date_ms}",
        happened_at=seen.seen_at,
        subscription=f"{buyer}:{product}",
        state=state,
        period_ends_at=ends_at,
        buyer=buyer,
        product_id=product,
        product_since=now.purchase_date if now else None,
        next_product_id=next_product,
        replaces=f"{buyer}:{before}" if before else None,
        grace_ends_at=grace_ends_at,
    )


def minor(price: Price) -> tuple[int, str]:
    """Converts a price. Stores count in millionths; finer digits are noise of a float on the way."""
    return to_minor(Fraction(round(price.amount, 6)), price.currency), price.currency
