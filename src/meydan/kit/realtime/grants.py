"""Grants for ephemeral events: a client shows one to the gateway to watch its stranger and to send "typing".

The gateway asks no database, so the grant names both sides. One of them is the stranger's user id, which no other person
may ever see. So the token is encrypted (AES-256-GCM), not only signed, and its holder cannot read it.
"""

import base64
import binascii
import os
import struct
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from meydan.kit import clock
from meydan.kit.crypto.keys import Keyring

LONGEST = timedelta(minutes=10)
_BODY = struct.Struct("!I16s16s16s16sQ")
_NONCE = 12


class Grant(Struct, frozen=True):
    tenant_id: int
    conversation_id: UUID
    me_profile_id: UUID
    peer_profile_id: UUID
    peer_user_id: UUID
    expires_at: datetime


class GrantRefused(Exception):
    """The grant was not sealed by this installation, or has expired."""


@cache
def _cipher(key: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=b"meydan whisper grant").derive(key.encode()))


def sign_grant(grant: Grant, keyring: Keyring) -> str:
    """Seals with the current key."""
    if grant.expires_at > clock.now() + LONGEST + timedelta(seconds=1):
        raise ValueError("a grant lasts at most ten minutes")
    ids = grant.conversation_id, grant.me_profile_id, grant.peer_profile_id, grant.peer_user_id
    body = _BODY.pack(grant.tenant_id, *(named.bytes for named in ids), int(grant.expires_at.timestamp() * 1000))
    nonce = os.urandom(_NONCE)
    return base64.urlsafe_b64encode(nonce + _cipher(keyring[0]).encrypt(nonce, body, None)).decode().rstrip("=")


def read_grant(token: str, keyring: Keyring) -> Grant:
    """Opens with any key of the keyring.

    Raises: GrantRefused."""
    body = _opened(token, keyring)
    tenant_id, conversation, me_profile, peer_profile, peer_user, expires = _BODY.unpack(body)
    grant = Grant(
        tenant_id=tenant_id,
        conversation_id=UUID(bytes=conversation),
        me_profile_id=UUID(bytes=me_profile),
        peer_profile_id=UUID(bytes=peer_profile),
        peer_user_id=UUID(bytes=peer_user),
        expires_at=datetime.fromtimestamp(expires / 1000, UTC),
    )
    if grant.expires_at <= clock.now():
        raise GrantRefused("the grant has expired")
    return grant


def _opened(token: str, keyring: Keyring) -> bytes:
    """Raises: GrantRefused."""
    for key in keyring:
        try:
            sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
            return _cipher(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        except (binascii.Error, InvalidTag, ValueError):
            continue
    raise GrantRefused("not a grant of this installation")
