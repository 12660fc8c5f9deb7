"""Access tokens: signed identities (JWT) that API and gateway verify without a database. Each names its key (`kid`)."""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from uuid import UUID

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from msgspec import Struct

from meydan.kit import clock
from meydan.kit.crypto.keys import Keyring, key_id
from meydan.kit.errors import Refused
from meydan.kit.identity import Face, Identity, Role

LIFETIME = timedelta(minutes=10)
_ALGORITHMS = ["HS256"]


class TokenRefused(Refused):
    code, status, title = "token_refused", 401, "The access token is not valid or has expired."


class Access(Struct, frozen=True):
    """A verified token's identity and expiry."""

    identity: Identity
    expires_at: datetime


class _Claims(Struct, frozen=True):
    sub: UUID
    tid: int
    pid: UUID
    sid: UUID
    did: UUID
    face: Face
    role: Role
    exp: int


class _Header(Struct, frozen=True):
    kid: str | None = None
    """None in tokens of programs up to 0026."""


@cache
def _key(key: str) -> OctKey:
    return OctKey.import_key(key)


def sign_access(identity: Identity, keyring: Keyring, *, expires_at: datetime | None = None) -> str:
    """Signs with the current key."""
    if expires_at is None:
        expires_at = clock.now() + LIFETIME
    claims = _Claims(
        sub=identity.user_id,
        tid=identity.tenant_id,
        pid=identity.profile_id,
        sid=identity.session_id,
        did=identity.client_device_id,
        face=identity.face,
        role=identity.role,
        exp=int(expires_at.timestamp()),
    )
    header = {"alg": "HS256", "kid": key_id(keyring[0], "token")}
    return jwt.encode(header, msgspec.to_builtins(claims), _key(keyring[0]), algorithms=_ALGORITHMS)


def read_access(token: str, keyring: Keyring) -> Access:
    """Verifies the signature, by any key of the keyring, and the expiry.

    Raises: TokenRefused."""
    access = _verified(token, keyring)
    if access.expires_at <= datetime.now(UTC):
        raise TokenRefused
    return access


# Cached: a client sends the same token a few hundred times, and most of the cost is the signature.
@lru_cache(maxsize=4096)
def _verified(token: str, keyring: Keyring) -> Access:
    claims = _claims(token, keyring)
    expires_at = datetime.fromtimestamp(claims.exp, UTC)
    if expires_at <= clock.now():
        raise TokenRefused
    identity = Identity(
        tenant_id=claims.tid,
        user_id=claims.sub,
        profile_id=claims.pid,
        session_id=claims.sid,
        client_device_id=claims.did,
        role=claims.role,
        face=claims.face,
    )
    return Access(identity, expires_at)


def _claims(token: str, keyring: Keyring) -> _Claims:
    """Raises: TokenRefused."""
    for key in _named(token, keyring):
        try:
            return msgspec.convert(jwt.decode(token, _key(key), algorithms=_ALGORITHMS).claims, _Claims)
        except (JoseError, msgspec.ValidationError, ValueError):
            continue
    raise TokenRefused


def _named(token: str, keyring: Keyring) -> Keyring:
    """The key that the token names; all of them for a token without a name."""
    header = token.partition(".")[0]
    try:
        named = msgspec.json.decode(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)), type=_Header).kid
    except (binascii.Error, ValueError):  # of them are msgspec's and Unicode's
        raise TokenRefused from None
    return tuple(key for key in keyring if named in (None, key_id(key, "token")))
