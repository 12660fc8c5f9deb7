"""The HTTP API of the provider of ours. It asks for an account's key and knows nothing of the product it is served by."""

import hmac
from typing import Annotated
from urllib.parse import urlsplit

from litestar import get, post, put
from litestar.params import HeaderParameter, QueryParameter

from meydan.integrations.payments.local import operations, webhook_delivery
from meydan.integrations.payments.local.models import (
    Checkout,
    CheckoutAnswer,
    CheckoutOrder,
    KeyRefused,
    Payment,
    PaymentPage,
    RefundAnswer,
    RefundOrder,
    Subscription,
    WebhookManners,
)
from meydan.integrations.payments.local.store import Page
from meydan.integrations.payments.local.tasks import in_books, place
from meydan.kit.http import AnyRequest

Key = Annotated[str, HeaderParameter(name="Idempotency-Key", min_length=1, max_length=200)]
_PAGE = 100


def account_of(request: AnyRequest) -> int:
    """Whose key it is. Raises NotFound where there is no such provider, KeyRefused."""
    place()
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    number = key.partition(".")[0]
    if scheme != "Bearer" or not (number.isascii() and number.isdecimal()):
        raise KeyRefused
    account = int(number)
    if not hmac.compare_digest(webhook_delivery.api_key(account).encode(), key.encode()):
        raise KeyRefused
    return account


@post("/pay/local/v1/checkouts", include_in_schema=False)
async def open_checkout(request: AnyRequest, key: Key, data: CheckoutOrder) -> CheckoutAnswer:
    account = account_of(request)
    return await in_books(lambda page: _answer(page, operations.open_checkout(page, account, key, data)))


@get("/pay/local/v1/checkouts/{id:str}", include_in_schema=False)
async def get_checkout(request: AnyRequest, id: str) -> CheckoutAnswer:
    account = account_of(request)
    return await in_books(lambda page: _answer(page, page.get(Checkout, id, account)))


@get("/pay/local/v1/payments/{id:str}", include_in_schema=False)
async def get_payment(request: AnyRequest, id: str) -> Payment:
    account = account_of(request)
    return await in_books(lambda page: page.get(Payment, id, account))


@get("/pay/local/v1/payments", include_in_schema=False)
async def list_payments(request: AnyRequest, after: Annotated[int, QueryParameter(ge=0)] = 0) -> PaymentPage:
    """In the order they were made, a hundred at a time."""
    account = account_of(request)
    return await in_books(lambda page: PaymentPage(*page.payments_of(account, after, _PAGE)))


@post("/pay/local/v1/payments/{id:str}/refunds", include_in_schema=False)
async def refund(request: AnyRequest, key: Key, id: str, data: RefundOrder) -> RefundAnswer:
    account = account_of(request)

    def act(page: Page) -> RefundAnswer:
        made = operations.refund(page, page.get(Payment, id, account), data.amount, key)
        return RefundAnswer(made, page.get(Payment, id, account))

    return await in_books(act)


@get("/pay/local/v1/subscriptions/{id:str}", include_in_schema=False)
async def get_subscription(request: AnyRequest, id: str) -> Subscription:
    account = account_of(request)
    return await in_books(lambda page: page.get(Subscription, id, account))


@post("/pay/local/v1/subscriptions/{id:str}/cancel", status_code=200, include_in_schema=False)
async def cancel(request: AnyRequest, id: str) -> Subscription:
    account = account_of(request)

    def act(page: Page) -> Subscription:
        operations.cancel(page, page.get(Subscription, id, account))
        return page.get(Subscription, id, account)

    return await in_books(act)


@post("/pay/local/v1/subscriptions/{id:str}/resume", status_code=200, include_in_schema=False)
async def resume(request: AnyRequest, id: str) -> Subscription:
    account = account_of(request)

    def act(page: Page) -> Subscription:
        operations.resume(page, page.get(Subscription, id, account))
        return page.get(Subscription, id, account)

    return await in_books(act)


@put("/pay/local/v1/webhook-manners", include_in_schema=False)
async def set_manners(request: AnyRequest, data: WebhookManners) -> WebhookManners:
    account = account_of(request)
    await in_books(lambda page: webhook_delivery.set_manners(page, account, data))
    return data


def _answer(page: Page, checkout: Checkout) -> CheckoutAnswer:
    # The pay page stands at the address the browser comes back to: whoever reaches the one reaches the other.
    shop = urlsplit(checkout.order.return_url)
    return CheckoutAnswer(
        checkout,
        url=f"{shop.scheme}://{shop.netloc}/pay/local/{checkout.id}",
        payment=page.get(Payment, checkout.payment) if checkout.payment else None,
        subscription=page.get(Subscription, checkout.subscription) if checkout.subscription else None,
    )


ROUTES = [
    open_checkout,
    get_checkout,
    get_payment,
    list_payments,
    refund,
    get_subscription,
    cancel,
    resume,
    set_manners,
]
