"""Cookies of accounts: the refresh token, its digest, and the secret of a browser that asked for a code."""

import re
import secrets
from dataclasses import replace
from datetime import timedelta

from litestar import Response
from litestar.datastructures import Cookie

from meydan.accounts.me import LoggedIn, Session
from meydan.accounts.sessions import refresh_tokens, sessions
from meydan.kit.http import AnyRequest

COOKIE = "meydan_refresh"
DIGEST = "meydan_refresh_digest"
"""Cookie with the refresh token's digest, which the client reads and signs."""
BROWSER = "meydan_browser"
"""Cookie with the secret of a browser that asked for a code or a challenge."""
_BROWSER_REMEMBERED = timedelta(days=2)
"""As long as codes are kept."""
_PATH = "/api/auth"
_SECRET = re.compile(r"[0-9a-f]{64}")


def refresh_token(request: AnyRequest) -> str | None:
    return request.cookies.get(COOKIE)


def browser_secret(request: AnyRequest) -> str | None:
    secret = request.cookies.get(BROWSER, "")
    return secret if _SECRET.fullmatch(secret) else None


def new_browser_secret() -> str:
    return secrets.token_hex(32)


def browser_cookie(request: AnyRequest, secret: str) -> Cookie:
    return _own_cookie(request, BROWSER, secret, _BROWSER_REMEMBERED)


def with_session(request: AnyRequest, done: LoggedIn, status: int) -> Response[Session]:
    """Both cookies come in one response, so that the digest is of the token beside it, however late it arrives."""
    token = done.opened.refresh_token
    response = Response(done.session, status_code=status)
    response.set_cookie(_own_cookie(request, COOKIE, token, sessions.INACTIVE_LIFETIME))
    if done.opened.signs_refreshes:
        digest = _own_cookie(request, DIGEST, refresh_tokens.digest(token), sessions.INACTIVE_LIFETIME)
        response.set_cookie(replace(digest, path="/", httponly=False))
    return response


def without_session() -> Response[None]:
    response: Response[None] = Response(None, status_code=204)
    response.delete_cookie(COOKIE, path=_PATH)
    response.delete_cookie(DIGEST)
    return response


def _own_cookie(request: AnyRequest, key: str, value: str | None, lifetime: timedelta) -> Cookie:
    """A cookie that no script reads and no other site sends."""
    return Cookie(
        key=key,
        value=value,
        path=_PATH,
        max_age=int(lifetime.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
