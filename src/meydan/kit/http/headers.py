"""Headers that every answer has, whichever way it was made."""

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from meydan.kit.hosts import host_name, is_loopback

Headers = list[tuple[bytes, bytes]]

_TWO_YEARS = b"max-age=63072000"


async def before_send(message: Message, scope: Scope) -> None:
    """Completes the framework's answers, refusals among them."""
    if message["type"] == "http.response.start":
        given = MutableScopeHeaders.from_message(message)
        for name, value in missing(scope, {name.lower(): value for name, value in given.items()}):
            given[name.decode()] = value.decode()


def missing(scope: Scope, given: dict[str, str]) -> Headers:
    """The headers that an answer lacks.

    An answer of the API may be about somebody, so nothing keeps it, unless its route sets ``cache-control``. A page is
    framed by nobody. A name reached by https is not tried by http again, except this machine's own.
    """
    found: Headers = []
    if "cache-control" not in given and scope["path"].startswith("/api"):
        found.append((b"cache-control", b"no-store"))
    if given.get("content-type", "").startswith("text/html"):
        found.append((b"x-frame-options", b"DENY"))
        if "content-security-policy" not in given:
            found.append((b"content-security-policy", b"frame-ancestors 'none'"))
    if scope.get("scheme") == "https" and not is_loopback(host_name(_host(scope))):
        found.append((b"strict-transport-security", _TWO_YEARS))
    return found


def _host(scope: Scope) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
