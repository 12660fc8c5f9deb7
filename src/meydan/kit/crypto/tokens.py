"""Access tokens: signed identities (JWT) that API and gateway verify without a database."""

from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from uuid import UUID

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from msgspec import Struct

from meydan.kit import clock
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


@cache
def _key(key: str) -> OctKey:
    return OctKey.import_key(key)


def sign_access(identity: Identity, key: str, *, expires_at: datetime | None = None) -> str:
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
    return jwt.encode({"alg": "HS256"}, msgspec.to_builtins(claims), _key(key), algorithms=_ALGORITHMS)


def read_access(token: str, key: str) -> Access:
    """Verifies the signature and the expiry.

    Raises: TokenRefused."""
    access = _verified(token, key)
    if access.expires_at <= datetime.now(UTC):
        raise TokenRefused
    return access


# Cached: a client sends the same token a few hundred times, and most of the cost is the signature.
@lru_cache(maxsize=4096)
def _verified(token: str, key: str) -> Access:
    try:
        claims = msgspec.convert(jwt.decode(token, _key(key), algorithms=_ALGORITHMS).claims, _Claims)
    except (JoseError, msgspec.ValidationError, ValueError) as error:
        raise TokenRefused from error
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
