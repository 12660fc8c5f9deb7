"""Signatures of webhooks in the form that several providers share: ``t=<seconds>,v1=<HMAC-SHA256 of "t.body" in hex>``."""

import hashlib
import hmac
from datetime import timedelta

from meydan.integrations.payments.contract import SignatureInvalid
from meydan.kit import clock

TOLERANCE = timedelta(minutes=5)
_DIGITS = 12


def signature(key: str, seconds: int, body: bytes) -> str:
    return hmac.new(key.encode(), b"%d." % seconds + body, hashlib.sha256).hexdigest()


def check_signature(key: str, header: str, body: bytes) -> None:
    """Checks a signature and its age. A header has several ``v1`` while a secret is being changed.

    Raises: SignatureInvalid."""
    parts = [part.strip().partition("=")[::2] for part in header.split(",")]
    stamp = next((value for name, value in parts if name == "t"), "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= _DIGITS):
        raise SignatureInvalid
    expected = signature(key, int(stamp), body).encode()
    matches = [hmac.compare_digest(expected, value.encode()) for name, value in parts if name == "v1"]
    if not any(matches):  # all of them are compared, in the same time
        raise SignatureInvalid
    if abs(clock.now().timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        raise SignatureInvalid
