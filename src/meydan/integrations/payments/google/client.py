"""Client of Google Play's Developer API through Google's own library.

The library blocks, so each call has a thread and a connection of its own.

Imported only when it is used, like everything of that library.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

import httplib2  # type: ignore[import-untyped]
import msgspec
from google.auth import exceptions
from google.oauth2.service_account import Credentials
from google_auth_httplib2 import AuthorizedHttp  # type: ignore[import-untyped]
from googleapiclient.discovery import build_from_document  # type: ignore[import-untyped]
from googleapiclient.discovery_cache import get_static_doc  # type: ignore[import-untyped]
from googleapiclient.errors import HttpError  # type: ignore[import-untyped]

from meydan.integrations.payments.contract import ProviderLocked, ProviderRefused, ProviderUnavailable
from meydan.integrations.payments.google.models import (
    Orders,
    PlayOrder,
    Product,
    PurchaseNotFound,
    Subscription,
    VoidedList,
)

T = TypeVar("T")

_SCOPE = "https://www.googleapis.com/auth/androidpublisher"
_TIMEOUT = 20
_AT_ONCE = 100
_LOCKED = {401, 403}
_BUSY = {408, 409, 429}
"""409: Google is still writing the same purchase."""


@lru_cache(maxsize=4)
def _api(url: str) -> Any:
    document = get_static_doc("androidpublisher", "v3")
    return build_from_document(document, http=httplib2.Http(), client_options={"api_endpoint": url})


@lru_cache(maxsize=32)
def _credentials(service_account: str) -> Any:
    """Kept, so that an access token serves its hour."""
    return Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
        msgspec.json.decode(service_account), scopes=[_SCOPE]
    )


class Play:
    def __init__(self, url: str, service_account: str, package_name: str) -> None:
        self._api = _api(url)
        self._service_account = service_account
        self._package = package_name

    async def product(self, token: str) -> Product:
        request = self._api.purchases().productsv2().getproductpurchasev2(packageName=self._package, token=token)
        return await self._get(request, Product)

    async def subscription(self, token: str) -> Subscription:
        request = self._api.purchases().subscriptionsv2().get(packageName=self._package, token=token)
        return await self._get(request, Subscription)

    async def order(self, order_id: str) -> PlayOrder:
        return await self._get(self._api.orders().get(packageName=self._package, orderId=order_id), PlayOrder)

    async def orders(self, order_ids: Sequence[str]) -> list[PlayOrder]:
        """Reads the orders that exist. Google refuses a whole list for one unknown order, so the list is halved until it is found."""
        found: list[PlayOrder] = []
        waiting = [order_ids[start : start + _AT_ONCE] for start in range(0, len(order_ids), _AT_ONCE)]
        while waiting:
            some = waiting.pop()
            request = self._api.orders().batchget(packageName=self._package, orderIds=list(some))
            try:
                found += (await self._get(request, Orders)).orders
            except PurchaseNotFound:
                if len(some) > 1:
                    waiting += [some[: len(some) // 2], some[len(some) // 2 :]]
        return found

    async def do_refund(self, order_id: str) -> None:
        """Refunds the whole order and revokes what it bought; a subscription is not charged again."""
        await self._execute_in_thread(
            self._api.orders().refund(packageName=self._package, orderId=order_id, revoke=True)
        )

    async def do_consume(self, product_id: str, token: str) -> None:
        products = self._api.purchases().products()
        await self._execute_in_thread(products.consume(packageName=self._package, productId=product_id, token=token))

    async def do_acknowledge_product(self, product_id: str, token: str) -> None:
        products = self._api.purchases().products()
        await self._execute_in_thread(
            products.acknowledge(packageName=self._package, productId=product_id, token=token, body={})
        )

    async def do_acknowledge_subscription(self, product_id: str, token: str) -> None:
        subscriptions = self._api.purchases().subscriptions()
        request = subscriptions.acknowledge(packageName=self._package, subscriptionId=product_id, token=token, body={})
        await self._execute_in_thread(request)

    async def voided(self, since: datetime) -> list[str]:
        """Lists the orders that were refunded, cancelled or charged back since then."""
        found: list[str] = []
        page: str | None = None
        while True:
            request = (
                self._api.purchases()
                .voidedpurchases()
                .list(packageName=self._package, startTime=str(int(since.timestamp() * 1000)), type=1, token=page)
            )
            answer = await self._get(request, VoidedList)
            found += [one.order_id for one in answer.voided_purchases]
            page = answer.token_pagination.next_page_token
            if page is None:
                return found

    async def _get(self, request: Any, kind: type[T]) -> T:
        content = await self._execute_in_thread(request)
        try:
            return msgspec.convert(content, kind)
        except msgspec.ValidationError as error:
            raise ProviderUnavailable(f"Google's answer cannot be read: {error}") from error

    async def _execute_in_thread(self, request: Any) -> Any:
        return await asyncio.to_thread(_execute, request, self._service_account)


def _execute(request: Any, service_account: str) -> Any:
    try:
        http = AuthorizedHttp(_credentials(service_account), http=httplib2.Http(timeout=_TIMEOUT))
    except (ValueError, exceptions.GoogleAuthError) as error:
        raise ProviderRefused(f"The service account's key cannot be read: {error}") from error
    try:
        return request.execute(http=http)
    except HttpError as error:
        message = f"Google answered {error.status_code} ({error.reason})"
        if error.status_code >= 500 or error.status_code in _BUSY:
            raise ProviderUnavailable(message) from error
        if error.status_code in _LOCKED:
            raise ProviderLocked(message) from error
        raise (PurchaseNotFound if error.status_code in {404, 410} else ProviderRefused)(message) from error
    except exceptions.RefreshError as error:
        if error.retryable:
            raise ProviderUnavailable(f"Google gives no access token just now: {error}") from error
        raise ProviderLocked(f"Google gives the service account no access token: {error}") from error
    except (exceptions.GoogleAuthError, httplib2.HttpLib2Error, OSError) as error:
        raise ProviderUnavailable(f"Google could not be reached: {error!r}") from error
    except ValueError as error:
        raise ProviderUnavailable(f"Google's answer cannot be read: {error!r}") from error
