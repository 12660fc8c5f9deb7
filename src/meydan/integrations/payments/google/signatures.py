"""Signatures of Google's notifications: Pub/Sub posts them with a token that Google signed for our URL and sender.

Google's library is imported where it is used: it is an extra that most communities do not install.
"""

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


class _Keys(Struct):
    """The cached keys of one address, and until when they may be used."""

    keys: dict[str, str]
    fetched_at: float
    until: float


_cache: dict[str, _Keys] = {}


@contextmanager
def library() -> Iterator[None]:
    """Raises: ProviderRefused where Google's library is not installed."""
    try:
        yield
    except ImportError as error:
        raise ProviderRefused("Google's library is missing here: pip install 'meydan[google-play]'") from error


async def check_sender(webhook: Webhook, *, audience: str, email: str, certificates_url: str) -> None:
    """Checks the token. Pub/Sub posts again after a refusal, so a moment without Google's keys loses nothing.

    Raises: SignatureInvalid."""
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
    cached, now = _cache.get(url), time.monotonic()
    if cached is None or now > cached.until or (wanted not in cached.keys and now > cached.fetched_at + _FETCH_AGAIN):
        async with httpx.AsyncClient(timeout=10) as client:
            answer = (await client.get(url)).raise_for_status()
        age = re.search(r"max-age=(\d+)", answer.headers.get("cache-control", ""))
        keys = msgspec.json.decode(answer.content, type=dict[str, str])
        cached = _cache[url] = _Keys(keys, now, now + (int(age[1]) if age else _FETCH_AGAIN))
    return cached.keys
