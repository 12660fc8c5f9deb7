"""Refresh tokens, and signatures of browsers over them.

A token is ``session.number.mac``: nothing of it is kept, since each number's mac can be computed again.
No script reads the token, so a browser signs its digest, which stands in a cookie beside the token's.
"""

import base64
import binascii
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec import Meta, Struct

from meydan.kit.crypto import seal
from meydan.kit.database import Tx
from meydan.kit.errors import Refused

BrowserKey = Annotated[str, Meta(max_length=100)]
"""Raw P-256 public key in base64url. Its private half never leaves the browser."""
_CURVE = ec.SECP256R1()
_POINT, _COORDINATE = 65, 32
"""Lengths of WebCrypto's raw public key, and of each half of its signature."""


class BrowserKeyInvalid(Refused):
    code, status, title = "browser_key_invalid", 422, "The key must be a raw P-256 public key in base64url."


class RefreshToken(Struct, frozen=True):
    session_id: UUID
    number: int
    mac: bytes

    def is_ours(self, tx: Tx, salt: bytes) -> bool:
        return seal.is_mac(self.mac, *_signed(tx, self.session_id, salt, self.number))


def written(tx: Tx, session_id: UUID, salt: bytes, number: int) -> str:
    return f"{session_id.hex}.{number}.{_text(seal.mac(*_signed(tx, session_id, salt, number)))}"


def parse(token: str) -> RefreshToken | None:
    try:
        session_id, number, mac = token.split(".")
        return RefreshToken(UUID(hex=session_id), int(number), _bytes(mac))
    except (ValueError, binascii.Error):
        return None


def digest(token: str) -> str:
    """The token's hash, which a browser may read and signs. It opens nothing."""
    return _text(sha256(token.encode()).digest())


def read_browser_key(text: str | None) -> bytes | None:
    """Raises: BrowserKeyInvalid."""
    if text is None:
        return None
    try:
        key = _bytes(text)
        ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, key)
    except (ValueError, binascii.Error):
        raise BrowserKeyInvalid from None
    if len(key) != _POINT:
        raise BrowserKeyInvalid  # a compressed point
    return key


def is_signed(token: str, signature: str, browser_key: bytes) -> bool:
    try:
        both = _bytes(signature)
        halves = both[:_COORDINATE], both[_COORDINATE:]
        encoded = encode_dss_signature(*(int.from_bytes(half) for half in halves))
        key = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, browser_key)
        key.verify(encoded, f"meydan refresh {digest(token)}".encode(), ec.ECDSA(SHA256()))
    except (ValueError, binascii.Error, InvalidSignature):
        return False
    return True


def _signed(tx: Tx, session_id: UUID, salt: bytes, number: int) -> tuple[str, int, UUID, bytes, int]:
    """The purpose and the parts of a token's mac."""
    return "refresh tokens", tx.tenant_id, session_id, salt, number


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
