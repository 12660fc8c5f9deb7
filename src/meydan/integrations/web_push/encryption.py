"""Encryption of push messages for one browser: RFC 8291, one record of the content coding ``aes128gcm`` (RFC 8188).

Written here because the libraries for it come without a wheel, or bring an HTTP client of their own. The primitives
are those of ``cryptography``, and a test plays the example of RFC 8291.
"""

import base64
import binascii
import os

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Struct

from meydan.kit.errors import Refused

PADDED = 1024
"""Bytes of every message before encryption, so that its length says nothing. Services take 4096 bytes in all."""
_RECORD_SIZE = 4096
_LAST_RECORD = b"\x02"
_POINT = 65
_AUTH_SECRET = 16


class KeysInvalid(Refused):
    code, status, title = "push_keys_invalid", 422, "These are not the keys of a push subscription."


class BrowserKeys(Struct, frozen=True):
    """Keys of a subscription, as the browser made them."""

    public_key: bytes
    """A point of P-256, uncompressed."""
    auth_secret: bytes

    @classmethod
    def read(cls, p256dh: str, auth: str) -> "BrowserKeys":
        """Reads the texts of a ``PushSubscription``.

        Raises: KeysInvalid."""
        try:
            keys = cls(decoded(p256dh), decoded(auth))
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), keys.public_key)
        except (ValueError, binascii.Error):
            raise KeysInvalid from None
        if len(keys.public_key) != _POINT or len(keys.auth_secret) != _AUTH_SECRET:
            raise KeysInvalid
        return keys


def encrypt(
    text: bytes, keys: BrowserKeys, *, sender_key: ec.EllipticCurvePrivateKey | None = None, salt: bytes | None = None
) -> bytes:
    """The body of a push message. Key and salt are fresh for each; only the RFC's example brings its own.

    Raises: ValueError (the text is too long)."""
    sender_key, salt = sender_key or ec.generate_private_key(ec.SECP256R1()), salt or os.urandom(16)
    sender_point = sender_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    browser_key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), keys.public_key)
    shared = sender_key.exchange(ec.ECDH(), browser_key)
    secret = _derive(shared, keys.auth_secret, b"WebPush: info\0" + keys.public_key + sender_point, 32)
    content_key = _derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\0", 12)
    sealed = AESGCM(content_key).encrypt(nonce, text + _LAST_RECORD, None)
    header = salt + _RECORD_SIZE.to_bytes(4) + len(sender_point).to_bytes(1) + sender_point
    if len(sealed) > _RECORD_SIZE or len(header) + len(sealed) > _RECORD_SIZE:
        raise ValueError("a push message has at most 4096 bytes")
    return header + sealed


def padded(text: bytes) -> bytes:
    """JSON with spaces up to ``PADDED`` bytes, which its reader ignores.

    Raises: ValueError (the text is too long)."""
    if len(text) > PADDED:
        raise ValueError(f"a push message has at most {PADDED} bytes before encryption")
    return text.ljust(PADDED)


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def decoded(value: str) -> bytes:
    """Raises: ValueError (no base64url)."""
    return base64.b64decode(value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4), altchars=b"-_", validate=True)


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=salt, info=info).derive(secret)
