"""Answers and notifications of Google Play, as far as they are read here; the names are Google's."""

import base64
import binascii
from datetime import datetime
from fractions import Fraction

import msgspec
from msgspec import Struct

from meydan.integrations.payments.contract import ProviderRefused, SignatureInvalid
from meydan.integrations.payments.money import to_minor

_NANO = 1_000_000_000
_ACKNOWLEDGED = "ACKNOWLEDGEMENT_STATE_ACKNOWLEDGED"


class PurchaseNotFound(ProviderRefused):
    """Google does not know it, or not any more."""


class _Answer(Struct, frozen=True, rename="camel"):
    """Fields that Google leaves out have a default."""


class Money(_Answer, frozen=True):
    currency_code: str
    units: str = "0"
    nanos: int = 0

    @property
    def minor(self) -> int:
        return to_minor(Fraction(int(self.units) * _NANO + self.nanos, _NANO), self.currency_code)


class OneTimePurchase(_Answer, frozen=True):
    quantity: int = 1


class SubscriptionPeriod(_Answer, frozen=True):
    service_period_end_time: datetime | None = None


class OrderItem(_Answer, frozen=True):
    product_id: str
    one_time_purchase_details: OneTimePurchase | None = None
    subscription_details: SubscriptionPeriod | None = None


class RefundDetails(_Answer, frozen=True):
    total: Money


class PartialRefund(_Answer, frozen=True):
    state: str
    create_time: datetime
    refund_details: RefundDetails | None = None
    process_time: datetime | None = None


class WholeRefund(_Answer, frozen=True):
    event_time: datetime
    refund_reason: str = "OTHER"


class Processed(_Answer, frozen=True):
    event_time: datetime


class OrderHistory(_Answer, frozen=True):
    processed_event: Processed | None = None
    partial_refund_events: list[PartialRefund] = []
    refund_event: WholeRefund | None = None


class PlayOrder(_Answer, frozen=True):
    order_id: str
    state: str
    create_time: datetime
    purchase_token: str = ""
    total: Money | None = None
    line_items: list[OrderItem] = []
    order_history: OrderHistory = OrderHistory()

    @property
    def item(self) -> OrderItem:
        if len(self.line_items) != 1:
            raise ProviderRefused(f"{self.order_id} is for {len(self.line_items)} products; one is sold at a time")
        item = self.line_items[0]
        if item.one_time_purchase_details is not None and item.one_time_purchase_details.quantity != 1:
            raise ProviderRefused(f"{self.order_id} is for several at once; the app sells one at a time")
        return item

    @property
    def paid(self) -> Money | None:
        """None while nothing was paid, and where nothing is to be paid: a free trial, a promotion."""
        if self.state not in {"PROCESSED", "PENDING_REFUND", "PARTIALLY_REFUNDED", "REFUNDED"}:
            return None
        return self.total if self.total is not None and self.total.minor > 0 else None

    @property
    def paid_at(self) -> datetime:
        processed = self.order_history.processed_event
        return processed.event_time if processed else self.create_time

    @property
    def charged_back(self) -> WholeRefund | None:
        whole = self.order_history.refund_event
        return whole if whole is not None and whole.refund_reason == "CHARGEBACK" else None

    @property
    def refunded(self) -> int:
        """Refunded amount, without a chargeback."""
        if self.state == "REFUNDED" and self.charged_back is None and self.total is not None:
            return self.total.minor
        return sum(part.refund_details.total.minor for part in self._parts if part.refund_details)

    @property
    def refunded_at(self) -> datetime:
        whole = self.order_history.refund_event
        times = [part.process_time or part.create_time for part in self._parts]
        return max([*times, whole.event_time] if whole else times)

    @property
    def _parts(self) -> list[PartialRefund]:
        return [part for part in self.order_history.partial_refund_events if part.state == "PROCESSED_SUCCESSFULLY"]


class Orders(_Answer, frozen=True):
    orders: list[PlayOrder] = []


class PurchaseState(_Answer, frozen=True):
    purchase_state: str


class OfferDetails(_Answer, frozen=True):
    consumption_state: str = "CONSUMPTION_STATE_YET_TO_BE_CONSUMED"


class ProductItem(_Answer, frozen=True):
    product_id: str
    product_offer_details: OfferDetails = OfferDetails()


class Present(_Answer, frozen=True):
    """An object that says what it says by being there."""


class Product(_Answer, frozen=True):
    purchase_state_context: PurchaseState
    product_line_item: list[ProductItem] = []
    order_id: str | None = None
    acknowledgement_state: str = "ACKNOWLEDGEMENT_STATE_PENDING"
    obfuscated_external_account_id: str | None = None
    test_purchase_context: Present | None = None

    @property
    def acknowledged(self) -> bool:
        return self.acknowledgement_state == _ACKNOWLEDGED

    @property
    def consumed(self) -> bool:
        return all(
            item.product_offer_details.consumption_state == "CONSUMPTION_STATE_CONSUMED"
            for item in self.product_line_item
        )


class AutoRenewing(_Answer, frozen=True):
    auto_renew_enabled: bool = False


class Replacement(_Answer, frozen=True):
    """Product of the item after its present period."""

    product_id: str


class SubscriptionItem(_Answer, frozen=True):
    product_id: str
    expiry_time: datetime | None = None
    latest_successful_order_id: str | None = None
    auto_renewing_plan: AutoRenewing | None = None
    deferred_item_replacement: Replacement | None = None

    @property
    def next_product_id(self) -> str:
        return self.deferred_item_replacement.product_id if self.deferred_item_replacement else self.product_id


class AccountIdentifiers(_Answer, frozen=True):
    obfuscated_external_account_id: str | None = None


class OutOfApp(_Answer, frozen=True):
    """Taken up again in Google Play itself, after it had ended; gone once the purchase is acknowledged."""

    expired_external_account_identifiers: AccountIdentifiers = AccountIdentifiers()


class WhyCancelled(_Answer, frozen=True):
    replacement_cancellation: Present | None = None


class Subscription(_Answer, frozen=True):
    subscription_state: str
    canceled_state_context: WhyCancelled = WhyCancelled()
    etag: str = ""
    acknowledgement_state: str = "ACKNOWLEDGEMENT_STATE_PENDING"
    line_items: list[SubscriptionItem] = []
    external_account_identifiers: AccountIdentifiers = AccountIdentifiers()
    out_of_app_purchase_context: OutOfApp = OutOfApp()
    linked_purchase_token: str | None = None
    test_purchase: Present | None = None

    @property
    def account(self) -> str | None:
        """The account id that our app handed to Play, with this purchase or with the one it takes up again."""
        before = self.out_of_app_purchase_context.expired_external_account_identifiers
        own = self.external_account_identifiers
        return own.obfuscated_external_account_id or before.obfuscated_external_account_id

    @property
    def is_replaced(self) -> bool:
        return self.canceled_state_context.replacement_cancellation is not None

    @property
    def item(self) -> SubscriptionItem:
        """The item that is owned. Its replacement may be listed beside it, without an order."""
        owned = [item for item in self.line_items if item.latest_successful_order_id] or self.line_items
        if len(owned) != 1:
            raise ProviderRefused(f"A subscription of {len(owned)} products; one is sold at a time")
        return owned[0]

    @property
    def first_order_id(self) -> str | None:
        """Id of the subscription, as long as its token lasts. Renewals carry a number behind two dots."""
        newest = self.item.latest_successful_order_id
        return newest.partition("..")[0] if newest else None

    @property
    def acknowledged(self) -> bool:
        return self.acknowledgement_state == _ACKNOWLEDGED


class Voided(_Answer, frozen=True):
    order_id: str


class Pages(_Answer, frozen=True):
    next_page_token: str | None = None


class VoidedList(_Answer, frozen=True):
    voided_purchases: list[Voided] = []
    token_pagination: Pages = Pages()


class Notification(Struct, frozen=True, omit_defaults=True):
    """The subject of a notification; its state is asked from Google. Empty for a test. Kept as JSON in webhook events."""

    token: str | None = None
    order_id: str | None = None
    kind: str = ""


class _Message(Struct, frozen=True, rename="camel"):
    data: str
    message_id: str


class _Push(Struct, frozen=True):
    message: _Message


class _Purchase(Struct, frozen=True, rename="camel"):
    purchase_token: str
    order_id: str | None = None


class _Pushed(Struct, frozen=True, rename="camel"):
    package_name: str
    one_time_product_notification: _Purchase | None = None
    subscription_notification: _Purchase | None = None
    voided_purchase_notification: _Purchase | None = None


def read_push(body: bytes, package_name: str) -> tuple[str, Notification]:
    """Reads the message's id and its subject.

    Raises: SignatureInvalid (another app's, or no notification)."""
    try:
        message = msgspec.json.decode(body, type=_Push).message
        pushed = msgspec.json.decode(base64.b64decode(message.data, validate=True), type=_Pushed)
    except (msgspec.DecodeError, binascii.Error, ValueError) as error:
        raise SignatureInvalid from error
    if pushed.package_name != package_name:
        raise SignatureInvalid
    for kind, about in (
        ("product", pushed.one_time_product_notification),
        ("subscription", pushed.subscription_notification),
        ("voided", pushed.voided_purchase_notification),
    ):
        if about is not None:
            return message.message_id, Notification(about.purchase_token, about.order_id, kind)
    return message.message_id, Notification()
