"""RevenueCat's words in commerce's. Nothing is asked here.

The charge is the store's transaction. A subscription is named by its buyer and product: so it stays over its renewals.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from msgspec import Struct

from meydan.integrations.payments.contract import Paid, Refunded, SubscriptionChanged, SubscriptionState
from meydan.integrations.payments.money import to_minor
from meydan.integrations.payments.revenuecat.client import CustomerInfo, OneTime, Price, Subscribed, from_milliseconds

_WITHOUT_A_BREAK = timedelta(days=1)
"""So long after one ended, the next one is still the same membership."""


class Event(Struct, frozen=True):
    id: str
    type: str
    app_user_id: str | None = None
    original_app_user_id: str | None = None
    aliases: list[str] = []
    product_id: str | None = None
    new_product_id: str | None = None
    transaction_id: str | None = None
    expiration_at_ms: int | None = None
    price_in_purchased_currency: Decimal | None = None
    currency: str | None = None
    cancel_reason: str | None = None
    transferred_from: list[str] = []
    transferred_to: list[str] = []


class Body(Struct, frozen=True):
    event: Event


class Told(Struct, frozen=True):
    """What a notice keeps: no attributes of the person, only which purchase it is about."""

    type: str
    customer: str | None
    """Our buyer's reference, as the app wrote it."""
    products: list[str]
    next_product: str | None
    transaction: str | None
    price: Price | None
    ends_at: datetime | None
    refunded: bool
    moved_from: list[str]
    moved_to: list[str]


class Line(Struct, frozen=True):
    """One purchase as RevenueCat knows it."""

    charge: str
    product: str
    amount: int
    currency: str
    bought: OneTime | Subscribed


def told_of(event: Event) -> Told:
    known = [event.app_user_id, event.original_app_user_id, *event.aliases]
    price = event.price_in_purchased_currency
    return Told(
        type=event.type,
        customer=next((name for name in known if name and uuid_of(name)), None),
        products=[product for product in (event.product_id, event.new_product_id) if product],
        next_product=event.new_product_id if event.type == "PRODUCT_CHANGE" else None,
        transaction=event.transaction_id,
        # What is given back is told as less than nothing.
        price=Price(abs(price), event.currency) if price is not None and event.currency else None,
        ends_at=from_milliseconds(event.expiration_at_ms) if event.expiration_at_ms is not None else None,
        refunded=event.type == "CANCELLATION" and event.cancel_reason == "CUSTOMER_SUPPORT",
        moved_from=[name for name in event.transferred_from if uuid_of(name)],
        moved_to=[name for name in event.transferred_to if uuid_of(name)],
    )


def bought_by(seen: CustomerInfo) -> Iterator[tuple[str, OneTime | Subscribed]]:
    """Each with the product's name."""
    for key, subscribed in seen.subscriber.subscriptions.items():
        yield named(key, subscribed), subscribed
    for product, purchases in seen.subscriber.non_subscriptions.items():
        for purchase in purchases:
            yield product, purchase


def found(seen: CustomerInfo, charge: str) -> tuple[str, OneTime | Subscribed] | None:
    return next((one for one in bought_by(seen) if str(one[1].store_transaction_id) == charge), None)


def line_of(product: str, bought: OneTime | Subscribed) -> Line | None:
    """None of what cost nothing: a trial, a present, a family's share."""
    is_shared = isinstance(bought, Subscribed) and bought.ownership_type != "PURCHASED"
    if bought.price is None or bought.store_transaction_id is None or is_shared or bought.store == "promotional":
        return None
    amount, currency = minor(bought.price)
    return Line(str(bought.store_transaction_id), product, amount, currency, bought) if amount > 0 else None


def subscribed_to(seen: CustomerInfo, product: str) -> Subscribed | None:
    return next((one for key, one in seen.subscriber.subscriptions.items() if named(key, one) == product), None)


def went_on_from(seen: CustomerInfo, product: str) -> str | None:
    """The product that somebody had in the same store when this one began, and that ended for it: they changed the plan."""
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
        and old.expires_date >= new.purchase_date - _WITHOUT_A_BREAK
        and (old.expires_date <= seen.seen_at or old.unsubscribe_detected_at is not None)
    ]
    return max(before)[1] if before else None


def with_what_follows(seen: CustomerInfo, products: list[str]) -> list[str]:
    """These, and before them what somebody changed them for: that tells on what the membership goes on."""
    others = [name for name, one in bought_by(seen) if isinstance(one, Subscribed) and name not in products]
    known = [*others, *products]
    followed = [name for name in known if went_on_from(seen, name) in known]
    return [*followed, *(name for name in products if name not in followed)]


def named(key: str, subscribed: Subscribed) -> str:
    """Google's products are told with their base plan, and listed without."""
    plan = subscribed.product_plan_identifier
    return f"{key}:{plan}" if plan and ":" not in key else key


def paid(line: Line, buyer: UUID | None, seen: CustomerInfo) -> Paid:
    is_subscription = isinstance(line.bought, Subscribed) and buyer is not None
    before = went_on_from(seen, line.product) if is_subscription else None
    return Paid(
        event_id=f"{line.charge}:paid",
        happened_at=min(line.bought.purchase_date, seen.seen_at),  # Apple renews hours before the new period begins
        charge=line.charge,
        amount=line.amount,
        currency=line.currency,
        buyer=buyer,
        product_id=line.product,
        subscription=f"{buyer}:{line.product}" if is_subscription else None,
        replaces=f"{buyer}:{before}" if before else None,
        period_begins_at=line.bought.purchase_date if is_subscription else None,
        period_ends_at=line.bought.expires_date if isinstance(line.bought, Subscribed) else None,
        test=line.bought.is_sandbox,
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


def state_of(
    seen: CustomerInfo, buyer: UUID, product: str, next_product: str | None = None
) -> Iterator[SubscriptionChanged]:
    """Of a subscription, at the moment RevenueCat was asked; ``next_product`` where it is told what comes next."""
    subscribed = subscribed_to(seen, product)
    if subscribed is None or subscribed.expires_date is None or subscribed.ownership_type != "PURCHASED":
        return
    ends, grace = subscribed.expires_date, subscribed.grace_period_expires_date
    if subscribed.refunded_at is not None:
        yield changed(seen, buyer, product, SubscriptionState.expired, min(ends, subscribed.refunded_at), None)
    elif max(ends, grace or ends) <= seen.seen_at:
        yield changed(seen, buyer, product, SubscriptionState.expired, ends, None)
    elif subscribed.billing_issues_detected_at is not None:
        yield changed(seen, buyer, product, SubscriptionState.grace, ends, grace)
    elif subscribed.unsubscribe_detected_at is not None:
        yield changed(seen, buyer, product, SubscriptionState.cancelled, ends, None)
    else:
        yield changed(seen, buyer, product, SubscriptionState.active, ends, None, next_product)


def changed(
    seen: CustomerInfo,
    buyer: UUID,
    product: str,
    state: SubscriptionState,
    ends_at: datetime,
    grace_ends_at: datetime | None,
    next_product: str | None = None,
) -> SubscriptionChanged:
    now, before = subscribed_to(seen, product), went_on_from(seen, product)
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
    """Stores count in millionths; what is finer is noise of a number that was a float on its way."""
    return to_minor(Fraction(round(price.amount, 6)), price.currency), price.currency


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:  # an id that the app's library made up before the person logged in, or another's
        return None
