"""What is ordered from a store in its stories."""

from uuid import uuid4

from meydan.integrations.payments.contract import Buyer, Order


def order(product_id: str | None = "coins.500") -> Order:
    return Order(
        payment_id=uuid4(),
        title="500 coins",
        amount=14999,
        currency="TRY",
        period=None,
        buyer=Buyer(customer_reference=uuid4(), language="tr", email=None, phone=None, ip_address="203.0.113.7"),
        return_url="https://meydan.example/wallet",
        webhook_url="https://meydan.example/api",
        store_product_id=product_id,
    )
