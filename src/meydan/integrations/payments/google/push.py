"""Google Play's notifications: Pub/Sub posts them with a token that Google signed for the address and the sender we chose.

Google's library is imported where it is used: it is an extra that most communities do not install.
"""

import base64
import binascii
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import msgspec
from msgspec import Struct

from meydan.integrations.payments.contract import ProviderRefused, SignatureInvalid, Webhook

_ISSUERS = {"accounts.google.com", "https://accounts.google.com"}
_SKEW = 10
_FETCH_AGAIN = 60
"""Seconds. A forged token with a key nobody knows makes us ask Google at most so often."""


class News(Struct, frozen=True, omit_defaults=True):
    """What a notification is about; what happened is asked from Google. Empty for a test."""

    token: str | None = None
    order_id: str | None = None
    kind: str = ""


class _Message(Struct, frozen=True, rename="camel"):
    data: str
    message_id: str


class _Push(Struct, frozen=True):
    message: _Message


class _Purchase(Struct, frozen=True, rename="camel"):
    purchase_token: str
    order_id: str | None = None


class _Notification(Struct, frozen=True, rename="camel"):
    package_name: str
    one_time_product_notification: _Purchase | None = None
    subscription_notification: _Purchase | None = None
    voided_purchase_notification: _Purchase | None = None


class _Shelf(Struct):
    """The keys of one address, and until when they may be used."""

    keys: dict[str, str]
    fetched_at: float
    until: float


_shelves: dict[str, _Shelf] = {}


@contextmanager
def library() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise ProviderRefused("Google's library is missing here: pip install 'meydan[google-play]'") from error


async def check_sender(webhook: Webhook, *, audience: str, email: str, certificates_url: str) -> None:
    """Raises SignatureInvalid; Pub/Sub posts again what was refused, so that a moment without Google's keys loses nothing."""
    with library():
        from google.auth import exceptions, jwt
    scheme, _, token = webhook.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise SignatureInvalid
    try:
        key = str(jwt.decode_header(token).get("kid"))  # type: ignore[no-untyped-call]
        keys = await _keys(certificates_url, key)
        claims: dict[str, Any] = jwt.decode(  # type: ignore[no-untyped-call]
            token, certs=keys, audience=audience, clock_skew_in_seconds=_SKEW
        )
    except (ValueError, exceptions.GoogleAuthError, httpx.HTTPError) as error:
        raise SignatureInvalid from error
    if claims.get("iss") not in _ISSUERS or claims.get("email") != email or claims.get("email_verified") is not True:
        raise SignatureInvalid


async def _keys(url: str, wanted: str) -> dict[str, str]:
    shelf, now = _shelves.get(url), time.monotonic()
    if shelf is None or now > shelf.until or (wanted not in shelf.keys and now > shelf.fetched_at + _FETCH_AGAIN):
        async with httpx.AsyncClient(timeout=10) as client:
            answer = (await client.get(url)).raise_for_status()
        age = re.search(r"max-age=(\d+)", answer.headers.get("cache-control", ""))
        keys = msgspec.json.decode(answer.content, type=dict[str, str])
        shelf = _shelves[url] = _Shelf(keys, now, now + (int(age[1]) if age else _FETCH_AGAIN))
    return shelf.keys


def read_push(body: bytes, package_name: str) -> tuple[str, News]:
    """The message's id, and what it is about. Raises SignatureInvalid for another app's."""
    try:
        message = msgspec.json.decode(body, type=_Push).message
        said = msgspec.json.decode(base64.b64decode(message.data, validate=True), type=_Notification)
    except (msgspec.DecodeError, binascii.Error, ValueError) as error:
        raise SignatureInvalid from error
    if said.package_name != package_name:
        raise SignatureInvalid
    for kind, about in (
        ("product", said.one_time_product_notification),
        ("subscription", said.subscription_notification),
        ("voided", said.voided_purchase_notification),
    ):
        if about is not None:
            return message.message_id, News(about.purchase_token, about.order_id, kind)
    return message.message_id, News()
