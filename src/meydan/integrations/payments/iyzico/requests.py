"""Requests to iyzico."""

from typing import Any

from meydan.integrations.payments.contract import Order
from meydan.integrations.payments.iyzico.account import IyzicoAccount
from meydan.integrations.payments.iyzico.signatures import callback_url
from meydan.integrations.payments.money import decimals


def form(account: IyzicoAccount, order: Order) -> dict[str, Any]:
    """Builds the checkout form of an order."""
    buyer, kind = order.buyer, "subscription" if order.is_subscription else "purchase"
    price, ours = price_text(order.amount, order.currency), str(order.payment_id)
    address = {
        "contactName": f"{account.name} {account.surname}",
        "city": account.city,
        "country": account.country,
        "address": account.address,
    }
    person = {
        "id": str(buyer.customer_reference),
        "name": account.name,
        "surname": account.surname,
        "identityNumber": account.identity_number,
        "email": buyer.email or account.email,
        "registrationAddress": account.address,
        "city": account.city,
        "country": account.country,
        "ip": buyer.ip_address,
    }
    if buyer.phone:
        person["gsmNumber"] = buyer.phone
    item = {
        "id": kind,
        "name": order.title,
        "category1": kind,
        "itemType": "VIRTUAL",
        "price": price,
    }
    return {
        "locale": "tr" if buyer.language == "tr" else "en",
        "conversationId": ours,
        "basketId": ours,
        "price": price,
        "paidPrice": price,
        "currency": order.currency,
        "paymentGroup": "PRODUCT",
        # By instalments more is paid than was asked for.
        "enabledInstallments": [1],
        "callbackUrl": callback_url(account.secret_key, order.webhook_url, order.return_url),
        "buyer": person,
        "shippingAddress": address,
        "billingAddress": address,
        "basketItems": [item],
    }


def price_text(amount: int, currency: str) -> str:
    places = decimals(currency)
    whole, part = divmod(amount, 10**places)
    return f"{whole}.{part:0{places}d}" if places else str(whole)
