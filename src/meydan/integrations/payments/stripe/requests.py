"""Requests to Stripe as the library's parameter types."""

from typing import TYPE_CHECKING, Literal

from meydan.integrations.payments.contract import Order
from meydan.integrations.payments.enums import Period
from meydan.integrations.payments.stripe.client import to_stripe
from meydan.integrations.payments.stripe.events import BUYER, PAYMENT_ID

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams, SessionCreateParamsLineItemPriceData

_INTERVALS: dict[Period, Literal["week", "month", "year"]] = {
    Period.week: "week",
    Period.month: "month",
    Period.year: "year",
}


def session_params(order: Order) -> "SessionCreateParams":
    """Builds the checkout of an order. The same order is the same request, as its idempotency key demands: no times."""
    metadata = {PAYMENT_ID: str(order.payment_id), BUYER: str(order.buyer.customer_reference)}
    price: SessionCreateParamsLineItemPriceData = {
        "currency": order.currency.lower(),
        "unit_amount": to_stripe(order.amount, order.currency),
        "product_data": {"name": order.title},
    }
    params: SessionCreateParams = {
        "line_items": [{"quantity": 1, "price_data": price}],
        "client_reference_id": str(order.payment_id),
        "metadata": metadata,
        "success_url": order.return_url,
        "cancel_url": order.return_url,
        "locale": "tr" if order.buyer.language == "tr" else "auto",
        "adaptive_pricing": {"enabled": False},  # what is paid is what the shop says
    }
    if order.buyer.email is not None:
        params["customer_email"] = order.buyer.email
    if order.period is None:
        params["mode"] = "payment"
        params["submit_type"] = "pay"
        params["payment_intent_data"] = {"description": order.title, "metadata": metadata}
    else:
        price["recurring"] = {"interval": _INTERVALS[order.period]}
        params["mode"] = "subscription"
        params["subscription_data"] = {"description": order.title, "metadata": metadata}
    return params
