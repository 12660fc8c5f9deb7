"""RevenueCat's published answers and webhooks, field by field.

From openapi-spec/api-v1.yaml and api-v2.yaml and docs/integrations/webhooks in github.com/RevenueCat/docs (February 2026):
version 1 names what may be there (its example shows what may be null, and ids that are numbers), version 2 requires everything
and allows nothing else. ``product_plan_identifier`` stands in the answers and their reference, not in the document.
Optional fields that our server never sends are left out.
"""

from tests.integrations.payments.servers.shapes import Shapes


def _one_of(words: str) -> str:
    return "|".join(f"'{word}'" for word in words.split())


_STORES_V1 = _one_of("app_store mac_app_store play_store amazon stripe promotional roku paddle")
_STORES_V2 = _one_of("amazon app_store mac_app_store play_store promotional stripe rc_billing")
_STORES_EVENT = _one_of("AMAZON APP_STORE MAC_APP_STORE PLAY_STORE PROMOTIONAL STRIPE TEST_STORE")
_REASONS = _one_of("UNSUBSCRIBE BILLING_ERROR DEVELOPER_INITIATED PRICE_INCREASE CUSTOMER_SUPPORT UNKNOWN")
_EVENT_TYPES = _one_of(
    "TEST INITIAL_PURCHASE NON_RENEWING_PURCHASE RENEWAL PRODUCT_CHANGE CANCELLATION BILLING_ISSUE SUBSCRIBER_ALIAS"
    " SUBSCRIPTION_PAUSED UNCANCELLATION SUBSCRIPTION_EXTENDED EXPIRATION TEMPORARY_ENTITLEMENT_GRANT REFUND_REVERSED"
)
_ERRORS_V2 = _one_of("parameter_error resource_missing rate_limit_error authentication_error authorization_error")

SHAPES = Shapes(
    f"""
Price: amount number, currency text

NonSubscription: id text, is_sandbox bool, purchase_date time, store {_STORES_V1}, price? Price, store_transaction_id? text|whole

SubscriptionV1: expires_date time|null, is_sandbox bool, original_purchase_date time,
 ownership_type 'PURCHASED'|'FAMILY_SHARED', period_type 'normal'|'trial'|'intro', purchase_date time, store {_STORES_V1},
 store_transaction_id text|whole, auto_resume_date time|null, billing_issues_detected_at time|null,
 grace_period_expires_date time|null, refunded_at time|null, unsubscribe_detected_at time|null, price? Price,
 product_plan_identifier? text|null

Subscriber: entitlements {{any}}, first_seen time, last_seen time, management_url text|null,
 non_subscriptions {{[NonSubscription]}}, original_app_user_id text, original_application_version text|null,
 original_purchase_date time|null, other_purchases {{any}}, subscriber_attributes {{any}}, subscriptions {{SubscriptionV1}}

Customer: request_date time, request_date_ms whole, subscriber Subscriber

Revenue: currency text, gross number, tax number, proceeds number

Owned: id text, customer_id text, original_customer_id text, presented_offering_id text|null, entitlements {{any}},
 environment 'production'|'sandbox', store {_STORES_V2}, ownership 'purchased'|'family_shared'

Purchase < Owned: object 'purchase', product_id text, purchased_at whole, revenue_in_usd Revenue, quantity whole,
 status 'owned'|'refunded', store_purchase_identifier text

Subscription < Owned: object 'subscription', product_id text|null, starts_at whole, current_period_starts_at whole,
 current_period_ends_at whole|null, ends_at whole|null, gives_access bool, pending_payment bool,
 auto_renewal_status 'will_renew'|'will_not_renew'|'will_change_product'|'will_pause',
 status 'trialing'|'active'|'expired'|'in_grace_period'|'in_billing_retry'|'paused'|'unknown', total_revenue_in_usd Revenue,
 store_subscription_identifier text, management_url text|null

Transaction: object 'subscription_transaction', id text, purchased_at whole, expiration_date? whole|null

Page: object 'list', next_page text|null, url text

CustomerPage < Page: items [any]

PurchasePage < Page: items [Purchase]

SubscriptionPage < Page: items [Subscription]

TransactionPage < Page: items [Transaction]

ErrorV1: message text, code whole

ErrorV2: object 'error', message text, retryable bool, type {_ERRORS_V2}

Event: type {_EVENT_TYPES}, id text, app_id text, event_timestamp_ms whole, app_user_id text, original_app_user_id text,
 aliases [text], subscriber_attributes {{any}}, product_id text, entitlement_id text|null, entitlement_ids [text]|null,
 period_type 'TRIAL'|'INTRO'|'NORMAL'|'PROMOTIONAL'|'PREPAID', purchased_at_ms whole, expiration_at_ms whole|null,
 store {_STORES_EVENT}, environment 'SANDBOX'|'PRODUCTION', presented_offering_id text|null, price number|null,
 currency text|null, price_in_purchased_currency number|null, tax_percentage number|null, commission_percentage number|null,
 takehome_percentage number|null, transaction_id text, original_transaction_id text, is_family_share bool, country_code text,
 offer_code text|null, cancel_reason? {_REASONS}, expiration_reason? {_REASONS},
 grace_period_expiration_at_ms? whole|null, new_product_id? text, is_trial_conversion? bool

Transfer: type 'TRANSFER', id text, app_id text, event_timestamp_ms whole, store text, environment 'SANDBOX'|'PRODUCTION',
 transferred_from [text], transferred_to [text]
""",
)
