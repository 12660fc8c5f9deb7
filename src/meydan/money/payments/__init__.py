"""Payments: money in, from order to settled, refunded or disputed. It knows kinds, not what they deliver."""

from meydan.money.payments import (  # noqa: F401 -- importing the room registers its jobs and personal data
    billing_customers,
    fulfilment,
    orders,
    payment_rows,
    personal_data,
    provider_accounts,
    refunds,
    review,
    settlement,
    tasks,
)
from meydan.money.payments.coins import COINS, CoinFulfilment
from meydan.money.payments.enums import PaymentKind, PaymentStatus
from meydan.money.payments.events import PaymentClawedBack, PaymentHeld, PaymentSettled
from meydan.money.payments.fulfilment import Applied, Clawback, Product, Renewal
from meydan.money.payments.order_source import ORDERS, OrderedFrom, ordered_from
from meydan.money.payments.payment_rows import PaymentRow
from meydan.money.payments.provider_accounts import (
    AccountInvalid,
    account_of,
    do_connect,
    do_disconnect,
    provider_from,
    provider_lines,
    webhook_url,
)
from meydan.money.payments.refunds import RefundStatus
from meydan.money.payments.review import Review
from meydan.money.payments.settlement import provider_subscriptions

__all__ = [
    "COINS",
    "ORDERS",
    "AccountInvalid",
    "Applied",
    "Clawback",
    "CoinFulfilment",
    "OrderedFrom",
    "PaymentClawedBack",
    "PaymentHeld",
    "PaymentKind",
    "PaymentRow",
    "PaymentSettled",
    "PaymentStatus",
    "Product",
    "RefundStatus",
    "Renewal",
    "Review",
    "account_of",
    "billing_customers",
    "do_connect",
    "do_disconnect",
    "fulfilment",
    "ordered_from",
    "orders",
    "payment_rows",
    "provider_accounts",
    "provider_from",
    "provider_lines",
    "provider_subscriptions",
    "refunds",
    "review",
    "settlement",
    "webhook_url",
]
