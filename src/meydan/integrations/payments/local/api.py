"""HTTP API of the local provider. It asks for an account's key, and knows nothing of the product that serves it."""

import hmac
from typing import Annotated
from urllib.parse import urlsplit

from litestar import get, post, put
from litestar.params import HeaderParameter, QueryParameter

from meydan.integrations.local_door import local_only
from meydan.integrations.payments.local.books import operations, webhook_delivery
from meydan.integrations.payments.local.books.store import Transaction
from meydan.integrations.payments.local.models import (
    CheckoutResult,
    KeyRefused,
    LocalCheckout,
    LocalPayment,
    LocalSubscription,
    OpenCheckoutRequest,
    PaymentPage,
    RefundPaymentRequest,
    RefundResult,
    SetBehaviourRequest,
    WebhookBehaviour,
)
from meydan.integrations.payments.local.signatures import api_keys
from meydan.integrations.payments.local.tasks import endpoint, in_transaction
from meydan.kit.http import AnyRequest

Key = Annotated[str, HeaderParameter(name="Idempotency-Key", min_length=1, max_length=200)]
_PAGE = 100


def account_of(request: AnyRequest) -> int:
    """Reads the account that the API key belongs to.

    Raises: KeyRefused."""
    endpoint()
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    number = key.partition(".")[0]
    if scheme != "Bearer" or not (number.isascii() and number.isdecimal()):
        raise KeyRefused
    account = int(number)
    matches = [hmac.compare_digest(ours.encode(), key.encode()) for ours in api_keys(account)]
    if not any(matches):  # all of them are compared, in the same time
        raise KeyRefused
    return account


@post("/pay/local/v1/checkouts", guards=[local_only], include_in_schema=False)
async def open_checkout(request: AnyRequest, key: Key, data: OpenCheckoutRequest) -> CheckoutResult:
    account = account_of(request)
    return await in_transaction(lambda tx: _answer(tx, operations.do_open_checkout(tx, account, key, data)))


@get("/pay/local/v1/checkouts/{id:str}", guards=[local_only], include_in_schema=False)
async def get_checkout(request: AnyRequest, id: str) -> CheckoutResult:
    account = account_of(request)
    return await in_transaction(lambda tx: _answer(tx, tx.get(LocalCheckout, id, account)))


@get("/pay/local/v1/payments/{id:str}", guards=[local_only], include_in_schema=False)
async def get_payment(request: AnyRequest, id: str) -> LocalPayment:
    account = account_of(request)
    return await in_transaction(lambda tx: tx.get(LocalPayment, id, account))


@get("/pay/local/v1/payments", guards=[local_only], include_in_schema=False)
async def list_payments(request: AnyRequest, after: Annotated[int, QueryParameter(ge=0)] = 0) -> PaymentPage:
    """Lists payments in the order they were made, a hundred at a time."""
    account = account_of(request)
    return await in_transaction(lambda tx: PaymentPage(*tx.payments_of(account, after, _PAGE)))


@post("/pay/local/v1/payments/{id:str}/refunds", guards=[local_only], include_in_schema=False)
async def refund(request: AnyRequest, key: Key, id: str, data: RefundPaymentRequest) -> RefundResult:
    account = account_of(request)

    def act(tx: Transaction) -> RefundResult:
        made = operations.do_refund(tx, tx.get(LocalPayment, id, account), data.amount, key)
        return RefundResult(made, tx.get(LocalPayment, id, account))

    return await in_transaction(act)


@get("/pay/local/v1/subscriptions/{id:str}", guards=[local_only], include_in_schema=False)
async def get_subscription(request: AnyRequest, id: str) -> LocalSubscription:
    account = account_of(request)
    return await in_transaction(lambda tx: tx.get(LocalSubscription, id, account))


@post("/pay/local/v1/subscriptions/{id:str}/cancel", status_code=200, guards=[local_only], include_in_schema=False)
async def cancel(request: AnyRequest, id: str) -> LocalSubscription:
    account = account_of(request)

    def act(tx: Transaction) -> LocalSubscription:
        operations.do_cancel(tx, tx.get(LocalSubscription, id, account))
        return tx.get(LocalSubscription, id, account)

    return await in_transaction(act)


@post("/pay/local/v1/subscriptions/{id:str}/resume", status_code=200, guards=[local_only], include_in_schema=False)
async def resume(request: AnyRequest, id: str) -> LocalSubscription:
    account = account_of(request)

    def act(tx: Transaction) -> LocalSubscription:
        operations.do_resume(tx, tx.get(LocalSubscription, id, account))
        return tx.get(LocalSubscription, id, account)

    return await in_transaction(act)


@put("/pay/local/v1/webhook-behaviour", guards=[local_only], include_in_schema=False)
async def set_behaviour(request: AnyRequest, data: SetBehaviourRequest) -> WebhookBehaviour:
    account = account_of(request)
    await in_transaction(lambda tx: webhook_delivery.do_set_behaviour(tx, account, data))
    return data


def _answer(tx: Transaction, checkout: LocalCheckout) -> CheckoutResult:
    # The pay page stands at the address the browser comes back to: whoever reaches the one reaches the other.
    shop = urlsplit(checkout.order.return_url)
    return CheckoutResult(
        checkout,
        url=f"{shop.scheme}://{shop.netloc}/pay/local/{checkout.id}",
        payment=tx.get(LocalPayment, checkout.payment) if checkout.payment else None,
        subscription=tx.get(LocalSubscription, checkout.subscription) if checkout.subscription else None,
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
    set_behaviour,
]
