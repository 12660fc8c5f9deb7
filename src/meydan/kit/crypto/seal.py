"""Secrets at rest: encrypted, or stored as a keyed hash. Each purpose has a key of its own, derived from the seal key.

What is new is made with the current seal key. What is stored, or shown to us, may be of an older one. ``known_macs`` find
rows, ``is_mac`` and ``accepted_macs`` check proofs, and ``unseal`` tries every key. Contacts have the contact key in its
place: ``key`` names it.
"""

import hmac
import os
from functools import cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from meydan.kit.crypto import keys

_NONCE = 12


class SealBroken(Exception):
    """Not sealed with this installation's key for this purpose, or changed since."""


@cache
def _key(key: str, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"meydan {purpose}".encode()).derive(key.encode())


def mac(purpose: str, *parts: object, key: str | None = None) -> bytes:
    """A keyed hash (32 bytes) of the parts; their lengths are hashed as well, so borders count."""
    texts = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
    framed = b"".join(len(text).to_bytes(4) + text for text in texts)
    return hmac.new(_key(key or keys.current().seal_key, purpose), framed, sha256).digest()


def known_macs(purpose: str, *parts: object) -> list[bytes]:
    """The hash under every seal key, the current one's first: a stored one may be any of them."""
    return [mac(purpose, *parts, key=key) for key in keys.current().every_seal_key]


def accepted_macs(purpose: str, *parts: object) -> list[bytes]:
    """The hash under each seal key that proves something, the current one's first."""
    return [mac(purpose, *parts, key=key) for key in keys.current().seal_keyring]


def is_mac(given: bytes, purpose: str, *parts: object) -> bool:
    """True for a hash of ours under a key that proves something."""
    matches = [constant_time_equal(given, ours) for ours in accepted_macs(purpose, *parts)]
    return any(matches)  # all of them are compared, in the same time


def constant_time_equal(left: bytes, right: bytes) -> bool:
    return hmac.compare_digest(left, right)


def seal(purpose: str, secret: bytes, *, key: str | None = None) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_key(key or keys.current().seal_key, purpose)).encrypt(nonce, secret, None)


def unseal(purpose: str, sealed: bytes, *, key: str | None = None) -> bytes:
    """Decrypts with the key that it was sealed with.

    Raises: SealBroken."""
    for one in (key,) if key else keys.current().every_seal_key:
        try:
            return AESGCM(_key(one, purpose)).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        except (InvalidTag, ValueError):
            continue
    raise SealBroken(f"this was not sealed here for {purpose}")


def is_current(purpose: str, sealed: bytes) -> bool:
    """True if the current seal key opens it."""
    return _opens(purpose, sealed, keys.current().seal_key)


def opening_key(purpose: str, sealed: bytes) -> str | None:
    """Id of the seal key that opens it; None if that is missing here."""
    for key in keys.current().every_seal_key:
        if _opens(purpose, sealed, key):
            return keys.key_id(key, "seal")
    return None


def _opens(purpose: str, sealed: bytes, key: str) -> bool:
    try:
        unseal(purpose, sealed, key=key)
    except SealBroken:
        return False
    return True
