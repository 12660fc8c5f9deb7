"""Senders of requests: browsers add cookies to what pages of other sites send, and a form asks for no permission.

A request that changes something therefore carries what only our own pages can add. An access token is one. Else it is
a header of ours or our own origin, with JSON or no body. No form can add a header, and pages of other origins may not.
Routes that others call prove their sender in another way and say how.
"""

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.datastructures import State

from meydan.kit.errors import Refused
from meydan.kit.http.requests import check_host

PROVED_BY = "sender_proved_by"
"""Key of a route's ``opt``: says in words how else its sender is proved."""

_HARMLESS = {"GET", "HEAD", "OPTIONS"}
_JSON = "application/json"
_OUR_HEADERS = ("x-meydan", "x-meydan-tenant")

Connection = ASGIConnection[Any, Any, Any, State]


class HeaderMissing(Refused):
    code, status, title = "header_missing", 403, "This request needs the header X-Meydan, which no other site can send."


class JsonWanted(Refused):
    code, status, title = "unsupported_media_type", 415, "The body must be JSON, and its Content-Type must say so."


def check_request(connection: Connection) -> None:
    """Checks host and sender before each handler.

    Raises: HostMalformed, HeaderMissing, JsonWanted."""
    check_host(connection)
    check_sender(connection)


def check_sender(connection: Connection) -> None:
    """Refuses what a page of another site may have sent with this browser's cookies.

    Raises: HeaderMissing, JsonWanted."""
    headers = connection.headers
    if connection.scope.get("method") in _HARMLESS or "authorization" in headers:
        return
    if PROVED_BY in connection.route_handler.opt:
        return
    if not any(name in headers for name in _OUR_HEADERS) and not _is_own(
        headers.get("origin"), headers.get("host", "")
    ):
        raise HeaderMissing
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    if has_body and headers.get("content-type", "").split(";")[0].strip().lower() != _JSON:
        raise JsonWanted


def _is_own(origin: str | None, host: str) -> bool:
    if origin is None:
        return False
    try:
        return urlsplit(origin).netloc == host != ""
    except ValueError:
        return False
