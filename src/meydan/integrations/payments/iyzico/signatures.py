"""Signatures of iyzico's webhooks and answers, and our seal on the address that a browser returns to."""

import hmac
from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec
from iyzipay.iyzipay_resource import IyzipayResource  # type: ignore[import-untyped]

from meydan.integrations.payments.contract import SignatureInvalid, Webhook
from meydan.integrations.payments.iyzico.models import Notification

_HEADER = "x-iyz-signature-v3"


def check_notification(webhook: Webhook, secret_key: str) -> Notification:
    """Reads a webhook of iyzico's server.

    Raises: SignatureInvalid."""
    try:
        notification = msgspec.json.decode(webhook.body, type=Notification)
    except msgspec.MsgspecError:
        raise SignatureInvalid from None
    own = sign_notification(
        secret_key,
        *(notification.iyzi_event_type, notification.paid_id, *notification.token_part),
        *(notification.payment_conversation_id, notification.status),
    )
    if not hmac.compare_digest(own.encode(), webhook.headers.get(_HEADER, "").lower().encode()):
        raise SignatureInvalid
    return notification


def sign_notification(secret_key: str, *parts: object) -> str:
    """Computes X-IYZ-SIGNATURE-V3: the key and the signed values, without anything between."""
    text = secret_key + "".join(map(_plain, parts))
    return hmac.new(secret_key.encode(), text.encode(), sha256).hexdigest()


def is_answer_signed(secret_key: str, signature: str | None, values: Sequence[object]) -> bool:
    own: str = IyzipayResource.calculate_hmac_sha256_signature([_plain(value) for value in values], secret_key)
    return hmac.compare_digest(own.encode(), (signature or "").encode())


def callback_url(secret_key: str, webhook_url: str, return_url: str) -> str:
    """Builds the address that iyzico's form posts to from the browser, with the sealed address to go on to."""
    return f"{webhook_url}?{urlencode({'to': return_url, 'seal': _seal(secret_key, return_url)})}"


def sealed_return_url(secret_key: str, webhook: Webhook) -> str | None:
    """Reads the address to go on to; None where the seal is not ours."""
    query: dict[str, Any] = parse_qs(urlsplit(webhook.url).query)
    address, seal = query.get("to", [""])[0], query.get("seal", [""])[0]
    return address if address and hmac.compare_digest(_seal(secret_key, address).encode(), seal.encode()) else None


def _seal(secret_key: str, address: str) -> str:
    return hmac.new(secret_key.encode(), f"return {address}".encode(), sha256).hexdigest()


def _plain(value: object) -> str:
    """Writes a value as iyzico does where it signs: decimals without the zeros at their end."""
    return "" if value is None else f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
