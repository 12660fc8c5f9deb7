"""Answers and webhooks of RevenueCat, as far as they are read here; the names are RevenueCat's."""

from datetime import UTC, datetime
from decimal import Decimal

from msgspec import Struct

from meydan.integrations.payments.identifiers import uuid_of


def from_milliseconds(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp / 1000, UTC)


class Price(Struct, frozen=True):
    amount: Decimal
    currency: str


class OneTime(Struct, frozen=True):
    is_sandbox: bool
    purchase_date: datetime
    store: str
    store_transaction_id: str | int | None = None
    price: Price | None = None


class Subscribed(Struct, frozen=True):
    """The newest period of a subscription."""

    is_sandbox: bool
    purchase_date: datetime
    store: str
    expires_date: datetime | None = None
    store_transaction_id: str | int | None = None
    price: Price | None = None
    ownership_type: str = "PURCHASED"
    product_plan_identifier: str | None = None
    billing_issues_detected_at: datetime | None = None
    grace_period_expires_date: datetime | None = None
    refunded_at: datetime | None = None
    unsubscribe_detected_at: datetime | None = None


class Subscriber(Struct, frozen=True):
    subscriptions: dict[str, Subscribed]
    non_subscriptions: dict[str, list[OneTime]]


class CustomerInfo(Struct, frozen=True):
    request_date_ms: int
    subscriber: Subscriber

    @property
    def seen_at(self) -> datetime:
        return from_milliseconds(self.request_date_ms)


class PurchaseFound(Struct, frozen=True):
    customer_id: str
    status: str
    store_purchase_identifier: str


class SubscriptionFound(Struct, frozen=True):
    id: str
    customer_id: str


class TransactionFound(Struct, frozen=True):
    id: str
    purchased_at: int
    expiration_date: int | None = None


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


class Subject(Struct, frozen=True):
    """The payload of a kept webhook event: its purchase, and no attributes of the person.

    Field names change only with a migration."""

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


def subject_of(event: Event) -> Subject:
    known = [event.app_user_id, event.original_app_user_id, *event.aliases]
    price = event.price_in_purchased_currency
    return Subject(
        type=event.type,
        customer=next((name for name in known if name and uuid_of(name)), None),
        products=[product for product in (event.product_id, event.new_product_id) if product],
        next_product=event.new_product_id if event.type == "PRODUCT_CHANGE" else None,
        transaction=event.transaction_id,
        # A refund has a negative price.
        price=Price(abs(price), event.currency) if price is not None and event.currency else None,
        ends_at=from_milliseconds(event.expiration_at_ms) if event.expiration_at_ms is not None else None,
        refunded=event.type == "CANCELLATION" and event.cancel_reason == "CUSTOMER_SUPPORT",
        moved_from=[name for name in event.transferred_from if uuid_of(name)],
        moved_to=[name for name in event.transferred_to if uuid_of(name)],
    )
