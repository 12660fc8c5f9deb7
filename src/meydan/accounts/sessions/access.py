"""Authenticates a request: its access token, the token's session, and the tenant it is sent to."""

from collections.abc import Mapping
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import State

from meydan import tenants
from meydan.accounts.sessions.sessions import SessionEnded
from meydan.kit.crypto import keys, tokens
from meydan.kit.errors import NotLoggedIn, Refused
from meydan.kit.identity import Identity
from meydan.kit.realtime import is_revoked

Connection = ASGIConnection[Any, Any, Any, State]


class WrongTenant(Refused):
    code, status, title = "wrong_tenant", 401, "This log in belongs to another community."


async def identify(directory: tenants.Directory, headers: Mapping[bytes, bytes]) -> Identity:
    """The identity in a request's access token. Refused tokens raise TokenRefused, unknown hosts UnknownCommunity.

    Raises: NotLoggedIn, SessionEnded, WrongTenant.
    """
    token = headers.get(b"authorization", b"")
    if not token.startswith(b"Bearer "):
        raise NotLoggedIn
    me = tokens.read_access(token[7:].decode("latin-1"), keys.current().token_keyring).identity
    if is_revoked(me.session_id):
        raise SessionEnded
    host, slug = headers.get(b"host", b""), headers.get(b"x-meydan-tenant", b"")
    tenant = await directory.find(host.decode("latin-1"), slug.decode("latin-1") or None)
    if tenant.id != me.tenant_id:
        raise WrongTenant
    return me


def is_logged_in(headers: Mapping[bytes, bytes]) -> bool:
    """True for an access token that is valid, whatever tenant it is sent to. Asks nobody."""
    token = headers.get(b"authorization", b"")
    try:
        access = tokens.read_access(token[7:].decode("latin-1"), keys.current().token_keyring)
    except tokens.TokenRefused:
        return False
    return token.startswith(b"Bearer ") and not is_revoked(access.identity.session_id)


async def identity_of(connection: Connection) -> Identity:
    """Identifies a request once: a guard and the handler behind it share the answer. Raises as ``identify`` does."""
    me = connection.scope.get("user")
    if not isinstance(me, Identity):
        me = await identify(connection.app.state.directory, dict(connection.scope["headers"]))
        connection.scope["user"] = me
    return me
