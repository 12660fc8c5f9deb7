"""RevenueCat's REST API: what an operator sets, the parts of its answers that are read here, and what its refusals mean.

Version 1 knows what somebody bought and at what price in the currency they paid. Version 2 finds a purchase by the store's
id of it, and says whether a one-time purchase was refunded. Each has keys of its own.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

import httpx
import msgspec
from msgspec import Meta, Struct

from meydan.integrations.payments.contract import ProviderLocked, ProviderRefused, ProviderUnavailable

_TIMEOUT = 20.0
_PAGES = 20
_LOCKED = frozenset({401, 403})
_BUSY = frozenset({408, 423, 429})
_SECRET_KEY = "^sk_[A-Za-z0-9]+$"  # noqa: S105 -- how one looks

_NOBODY = "meydan-connection-check"
"""Asking version 1 for a customer makes one: always the same."""

T = TypeVar("T")


class RevenueCatAccount(Struct, frozen=True):
    secret_key_v1: Annotated[
        str, Meta(pattern=_SECRET_KEY, description="Project → API keys → secret key, version V1: reads customers.")
    ]
    secret_key_v2: Annotated[
        str,
        Meta(
            pattern=_SECRET_KEY,
            description="Project → API keys → secret key, version V2, with read rights for customer information.",
        ),
    ]
    project_id: Annotated[str, Meta(pattern="^[A-Za-z0-9_]+$", description="Project settings → General: project id.")]
    authorization_secret: Annotated[
        str,
        Meta(
            min_length=24,
            description="Integrations → Webhooks → Authorization header value: a long random text of your own.",
        ),
    ]
    signing_secret: Annotated[
        str | None,
        Meta(description="Integrations → Webhooks → signing secret, where signatures are turned on."),
    ] = None
    api_url: Annotated[
        str, Meta(pattern="^https?://[^/]+$", description="Where RevenueCat's API is; only tests set another.")
    ] = "https://api.revenuecat.com"


class Price(Struct, frozen=True):
    amount: Decimal
    currency: str


class OneTime(Struct, frozen=True):
    is_sandbox: bool
    purchase_date: datetime
    store: str
    store_transaction_id: str | int | None = None
    price: Price | None = None


class Subscribed(Struct, frozen=True):
    """The newest period of a subscription."""

    is_sandbox: bool
    purchase_date: datetime
    store: str
    expires_date: datetime | None = None
    store_transaction_id: str | int | None = None
    price: Price | None = None
    ownership_type: str = "PURCHASED"
    product_plan_identifier: str | None = None
    billing_issues_detected_at: datetime | None = None
    grace_period_expires_date: datetime | None = None
    refunded_at: datetime | None = None
    unsubscribe_detected_at: datetime | None = None


class Subscriber(Struct, frozen=True):
    subscriptions: dict[str, Subscribed]
    non_subscriptions: dict[str, list[OneTime]]


class CustomerInfo(Struct, frozen=True):
    request_date_ms: int
    subscriber: Subscriber

    @property
    def seen_at(self) -> datetime:
        return from_milliseconds(self.request_date_ms)


class PurchaseFound(Struct, frozen=True):
    customer_id: str
    status: str
    store_purchase_identifier: str


class SubscriptionFound(Struct, frozen=True):
    id: str
    customer_id: str


class TransactionFound(Struct, frozen=True):
    id: str
    purchased_at: int
    expiration_date: int | None = None


class _Page(Struct, frozen=True):
    items: list[msgspec.Raw]
    next_page: str | None


class _Refusal(Struct, frozen=True):
    """Of either version."""

    code: int | str | None = None
    type: str | None = None


def from_milliseconds(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp / 1000, UTC)


class _NotThere(ProviderRefused):
    """Nothing of that name."""


class Client:
    def __init__(self, account: RevenueCatAccount) -> None:
        self._account = account
        self._http = httpx.AsyncClient(base_url=account.api_url, timeout=_TIMEOUT)

    async def check(self) -> None:
        """Whether both keys and the project are right, for whoever asks about nothing in particular."""
        await self.customer(_NOBODY)
        path = f"/v2/projects/{self._account.project_id}/customers"
        await self._get(path, self._account.secret_key_v2, _Page, {"limit": "1"})

    async def customer(self, app_user_id: str) -> CustomerInfo:
        return await self._get(
            f"/v1/subscribers/{quote(app_user_id, safe='')}", self._account.secret_key_v1, CustomerInfo
        )

    async def purchases(self, transaction: str) -> list[PurchaseFound]:
        return await self._search("purchases", PurchaseFound, store_purchase_identifier=transaction)

    async def subscriptions(self, transaction: str) -> list[SubscriptionFound]:
        """It knows the ids of the current and the next period."""
        return await self._search("subscriptions", SubscriptionFound, store_subscription_identifier=transaction)

    async def transactions(self, subscription_id: str) -> list[TransactionFound]:
        return await self._list(f"subscriptions/{quote(subscription_id, safe='')}/transactions", TransactionFound)

    async def close(self) -> None:
        await self._http.aclose()

    async def _search(self, what: str, kind: type[T], **query: str) -> list[T]:
        try:
            return await self._list(what, kind, **query)
        except _NotThere:
            return []

    async def _list(self, what: str, kind: type[T], **query: str) -> list[T]:
        items: list[T] = []
        path = f"/v2/projects/{self._account.project_id}/{what}"
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
        said = f"RevenueCat: {answer.status_code}{_reason(answer.content)}"
        if answer.is_server_error or answer.status_code in _BUSY:
            raise ProviderUnavailable(said)
        if answer.status_code in _LOCKED:
            raise ProviderLocked(said)
        raise (_NotThere if answer.status_code == httpx.codes.NOT_FOUND else ProviderRefused)(said)


def _decoded(content: Any, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError as error:
        raise ProviderUnavailable("RevenueCat said something that cannot be read") from error


def _reason(content: bytes) -> str:
    """Its own code or type; never its prose, which may repeat what was sent."""
    try:
        refusal = msgspec.json.decode(content, type=_Refusal)
    except msgspec.DecodeError:
        return ""
    return "".join(f" {word}" for word in (refusal.type, refusal.code) if word is not None)
