"""Client of RevenueCat's REST API, with its errors as ours.

Version 1 knows a customer's purchases, and their prices in the currency that was paid. Version 2 finds a purchase by the
store's id, and knows refunds of one-time purchases. Each has keys of its own.
"""

from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import msgspec
from msgspec import Struct

from meydan.integrations.payments.contract import ProviderLocked, ProviderRefused, ProviderUnavailable
from meydan.integrations.payments.revenuecat.account import RevenueCatAccount
from meydan.integrations.payments.revenuecat.models import (
    CustomerInfo,
    PurchaseFound,
    SubscriptionFound,
    TransactionFound,
)

_TIMEOUT = 20.0
_PAGES = 20
_LOCKED = frozenset({401, 403})
_BUSY = frozenset({408, 423, 429})
_TEST_CUSTOMER = "meydan-connection-check"
"""Always the same: version 1 creates the customer that is asked for."""

T = TypeVar("T")


class _Page(Struct, frozen=True):
    items: list[msgspec.Raw]
    next_page: str | None


class _Refusal(Struct, frozen=True):
    """An error of either version."""

    code: int | str | None = None
    type: str | None = None


class _NotFound(ProviderRefused):
    """RevenueCat has no object of that name."""


class Client:
    def __init__(self, account: RevenueCatAccount) -> None:
        self._account = account
        self._http = httpx.AsyncClient(base_url=account.api_url, timeout=_TIMEOUT)

    async def check(self) -> None:
        """Checks both keys and the project with requests about nothing in particular.

        Raises: ProviderLocked."""
        await self.customer(_TEST_CUSTOMER)
        path = f"/v2/projects/{self._account.project_id}/customers"
        await self._get(path, self._account.secret_key_v2, _Page, {"limit": "1"})

    async def customer(self, app_user_id: str) -> CustomerInfo:
        return await self._get(
            f"/v1/subscribers/{quote(app_user_id, safe='')}", self._account.secret_key_v1, CustomerInfo
        )

    async def purchases(self, transaction: str) -> list[PurchaseFound]:
        return await self._search("purchases", PurchaseFound, store_purchase_identifier=transaction)

    async def subscriptions(self, transaction: str) -> list[SubscriptionFound]:
        """Finds subscriptions by a transaction of the present or the next period."""
        return await self._search("subscriptions", SubscriptionFound, store_subscription_identifier=transaction)

    async def transactions(self, subscription_id: str) -> list[TransactionFound]:
        return await self._list(f"subscriptions/{quote(subscription_id, safe='')}/transactions", TransactionFound)

    async def close(self) -> None:
        await self._http.aclose()

    async def _search(self, collection: str, kind: type[T], **query: str) -> list[T]:
        try:
            return await self._list(collection, kind, **query)
        except _NotFound:
            return []

    async def _list(self, collection: str, kind: type[T], **query: str) -> list[T]:
        items: list[T] = []
        path = f"/v2/projects/{self._account.project_id}/{collection}"
        for _ in range(_PAGES):
            page = await self._get(path, self._account.secret_key_v2, _Page, query)
            items += [_decoded(item, kind) for item in page.items]
            if page.next_page is None:
                break
            path, query = page.next_page, {}
        return items

    async def _get(self, path: str, key: str, kind: type[T], query: dict[str, str] | None = None) -> T:
        try:
            answer = await self._http.get(path, params=query or None, headers={"authorization": f"Bearer {key}"})
        except httpx.HTTPError as error:
            raise ProviderUnavailable(f"RevenueCat: {type(error).__name__}") from error
        if answer.is_success:
            return _decoded(answer.content, kind)
        message = f"RevenueCat: {answer.status_code}{_reason(answer.content)}"
        if answer.is_server_error or answer.status_code in _BUSY:
            raise ProviderUnavailable(message)
        if answer.status_code in _LOCKED:
            raise ProviderLocked(message)
        raise (_NotFound if answer.status_code == httpx.codes.NOT_FOUND else ProviderRefused)(message)


def _decoded(content: Any, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError as error:
        raise ProviderUnavailable("RevenueCat's answer cannot be read") from error


def _reason(content: bytes) -> str:
    """Reads an error's code or type; never its prose, which may repeat what was sent."""
    try:
        refusal = msgspec.json.decode(content, type=_Refusal)
    except msgspec.DecodeError:
        return ""
    return "".join(f" {word}" for word in (refusal.type, refusal.code) if word is not None)
