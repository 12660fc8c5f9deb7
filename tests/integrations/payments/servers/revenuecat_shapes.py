"""What RevenueCat publishes of its answers and webhooks, field by field; our server's are held against it.

From openapi-spec/api-v1.yaml and api-v2.yaml and docs/integrations/webhooks in github.com/RevenueCat/docs (February 2026):
version 1 names what may be there (its example shows what may be null, and ids that are numbers), version 2 requires everything
and allows nothing else.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

Text = Annotated[str, Meta(min_length=1)]
Maybe = UnsetType
_STORES = Literal["app_store", "mac_app_store", "play_store", "amazon", "stripe", "promotional", "roku", "paddle"]
_FOUND_IN = Literal["amazon", "app_store", "mac_app_store", "play_store", "promotional", "stripe", "rc_billing"]


class PriceShape(Struct, forbid_unknown_fields=True):
    amount: float
    currency: str


class NonSubscription(Struct, forbid_unknown_fields=True):
    id: str
    is_sandbox: bool
    purchase_date: datetime
    store: _STORES
    display_name: str | Maybe = UNSET
    price: PriceShape | Maybe = UNSET
    store_transaction_id: str | int | Maybe = UNSET


class SubscriptionV1(Struct, forbid_unknown_fields=True):
    expires_date: datetime | None
    is_sandbox: bool
    original_purchase_date: datetime
    ownership_type: Literal["PURCHASED", "FAMILY_SHARED"]
    period_type: Literal["normal", "trial", "intro"]
    purchase_date: datetime
    store: _STORES
    store_transaction_id: str | int
    auto_resume_date: datetime | None
    billing_issues_detected_at: datetime | None
    grace_period_expires_date: datetime | None
    refunded_at: datetime | None
    unsubscribe_detected_at: datetime | None
    display_name: str | Maybe = UNSET
    price: PriceShape | Maybe = UNSET
    product_plan_identifier: str | Maybe | None = UNSET
    """Google's base plan. In the answers and their reference, not in the document."""


class SubscriberShape(Struct, forbid_unknown_fields=True):
    entitlements: dict[str, Any]
    first_seen: datetime
    last_seen: datetime
    management_url: str | None
    non_subscriptions: dict[str, list[NonSubscription]]
    original_app_user_id: str
    original_application_version: str | None
    original_purchase_date: datetime | None
    other_purchases: dict[str, Any]
    subscriber_attributes: dict[str, Any]
    subscriptions: dict[str, SubscriptionV1]


class CustomerShape(Struct, forbid_unknown_fields=True):
    request_date: datetime
    request_date_ms: int
    subscriber: SubscriberShape


class Revenue(Struct):
    currency: str
    gross: float
    tax: float
    proceeds: float
    commission: float | Maybe = UNSET


class PurchaseV2(Struct, forbid_unknown_fields=True):
    object: Literal["purchase"]
    id: Text
    customer_id: Text
    original_customer_id: Text
    product_id: Text
    purchased_at: int
    revenue_in_usd: Revenue
    quantity: int
    status: Literal["owned", "refunded"]
    presented_offering_id: str | None
    entitlements: dict[str, Any]
    environment: Literal["production", "sandbox"]
    store: _FOUND_IN
    store_purchase_identifier: Text
    ownership: Literal["purchased", "family_shared"]
    country: str | None = None


class SubscriptionV2(Struct, forbid_unknown_fields=True):
    object: Literal["subscription"]
    id: Text
    customer_id: Text
    original_customer_id: Text
    product_id: str | None
    starts_at: int
    current_period_starts_at: int
    current_period_ends_at: int | None
    ends_at: int | None
    gives_access: bool
    pending_payment: bool
    auto_renewal_status: Literal["will_renew", "will_not_renew", "will_change_product", "will_pause"]
    status: Literal["trialing", "active", "expired", "in_grace_period", "in_billing_retry", "paused", "unknown"]
    total_revenue_in_usd: Revenue
    presented_offering_id: str | None
    entitlements: dict[str, Any]
    environment: Literal["production", "sandbox"]
    store: _FOUND_IN
    store_subscription_identifier: Text
    ownership: Literal["purchased", "family_shared"]
    management_url: str | None
    pending_changes: Any = None
    country: str | None = None


class TransactionV2(Struct, forbid_unknown_fields=True):
    object: Literal["subscription_transaction"]
    id: Text
    purchased_at: int
    product_store_identifier: Text | Maybe = UNSET
    expiration_date: int | None = None
    effective_expiration_date: int | None = None


class PurchaseListShape(Struct, forbid_unknown_fields=True):
    object: Literal["list"]
    items: list[PurchaseV2]
    next_page: str | None
    url: str


class SubscriptionListShape(Struct, forbid_unknown_fields=True):
    object: Literal["list"]
    items: list[SubscriptionV2]
    next_page: str | None
    url: str


class TransactionListShape(Struct, forbid_unknown_fields=True):
    object: Literal["list"]
    items: list[TransactionV2]
    next_page: str | None
    url: str


class ErrorV1(Struct, forbid_unknown_fields=True):
    message: str
    code: int


class ErrorV2(Struct, forbid_unknown_fields=True):
    object: Literal["error"]
    type: Literal[
        "parameter_error", "resource_missing", "rate_limit_error", "authentication_error", "authorization_error"
    ]
    message: str
    retryable: bool
    param: str | None = None
    doc_url: str | Maybe = UNSET
    backoff_ms: int | None = None


class EventShape(Struct, forbid_unknown_fields=True):
    """Of a webhook that is about a person's purchase."""

    type: Literal[
        "TEST",
        "INITIAL_PURCHASE",
        "NON_RENEWING_PURCHASE",
        "RENEWAL",
        "PRODUCT_CHANGE",
        "CANCELLATION",
        "BILLING_ISSUE",
        "SUBSCRIBER_ALIAS",
        "SUBSCRIPTION_PAUSED",
        "UNCANCELLATION",
        "SUBSCRIPTION_EXTENDED",
        "EXPIRATION",
        "TEMPORARY_ENTITLEMENT_GRANT",
        "REFUND_REVERSED",
    ]
    id: str
    app_id: str
    event_timestamp_ms: int
    app_user_id: str
    original_app_user_id: str
    aliases: list[str]
    subscriber_attributes: dict[str, Any]
    product_id: str
    entitlement_id: str | None
    entitlement_ids: list[str] | None
    period_type: Literal["TRIAL", "INTRO", "NORMAL", "PROMOTIONAL", "PREPAID"]
    purchased_at_ms: int
    expiration_at_ms: int | None
    store: Literal["AMAZON", "APP_STORE", "MAC_APP_STORE", "PLAY_STORE", "PROMOTIONAL", "STRIPE", "TEST_STORE"]
    environment: Literal["SANDBOX", "PRODUCTION"]
    presented_offering_id: str | None
    price: float | None
    currency: str | None
    price_in_purchased_currency: float | None
    tax_percentage: float | None
    commission_percentage: float | None
    takehome_percentage: float | None
    transaction_id: str
    original_transaction_id: str
    is_family_share: bool
    country_code: str
    offer_code: str | None
    cancel_reason: (
        Literal["UNSUBSCRIBE", "BILLING_ERROR", "DEVELOPER_INITIATED", "PRICE_INCREASE", "CUSTOMER_SUPPORT", "UNKNOWN"]
        | Maybe
    ) = UNSET
    expiration_reason: (
        Literal["UNSUBSCRIBE", "BILLING_ERROR", "DEVELOPER_INITIATED", "PRICE_INCREASE", "CUSTOMER_SUPPORT"] | Maybe
    ) = UNSET
    grace_period_expiration_at_ms: int | Maybe | None = UNSET
    new_product_id: str | Maybe = UNSET
    is_trial_conversion: bool | Maybe = UNSET
    renewal_number: int | Maybe = UNSET


class TransferShape(Struct, forbid_unknown_fields=True):
    type: Literal["TRANSFER"]
    id: str
    app_id: str
    event_timestamp_ms: int
    store: str
    environment: Literal["SANDBOX", "PRODUCTION"]
    transferred_from: list[str]
    transferred_to: list[str]


def check(shape: type, said: Any) -> Any:
    """Raises msgspec.ValidationError for what RevenueCat would not say; else answers it."""
    msgspec.convert(said, shape)
    return said
