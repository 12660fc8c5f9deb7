"""Requests: the idempotency key, the Host header and the client's address."""

from typing import Annotated, Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders, State
from litestar.params import HeaderParameter
from litestar.types import Message, Scope

from meydan.kit import clock
from meydan.kit.errors import Refused
from meydan.kit.identity import Identity

AnyRequest = Request[Any, Any, State]

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="A new value for each operation, 1 to 64 printable characters. The same value repeats the operation.",
    ),
]
"""Header of routes that move money: ``idempotency_key: IdempotencyKey = None``, for ``scoped_idempotency_key``."""
_LONGEST_KEY = 64
_TIME = "x-meydan-time"


class HostMalformed(Refused):
    code, status, title = "host_malformed", 400, "The Host header is no name or address with a port."


class IdempotencyKeyMissing(Refused):
    code, status, title = (
        "idempotency_key_missing",
        400,
        "The header Idempotency-Key is needed here: 1 to 64 printable characters.",
    )


def check_host(connection: ASGIConnection[Any, Any, Any, State]) -> None:
    """Checks the Host header once, so that later uses of the request's URL cannot fail.

    Raises: HostMalformed."""
    try:
        urlsplit(f"//{connection.headers.get('host', '')}").port  # noqa: B018 -- reading it is what checks it
    except ValueError:
        raise HostMalformed from None


async def name_time(message: Message, _scope: Scope) -> None:
    """Names the product's time in each answer: a client judges by it what ends when, never by its own clock."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        headers[_TIME] = str(int(clock.now().timestamp() * 1000))


def client_ip_address(request: AnyRequest) -> str:
    """The peer's IP address; behind a proxy uvicorn has replaced it by the forwarded one."""
    return request.client.host if request.client else "0.0.0.0"  # noqa: S104 -- a word for "unknown", nothing is bound


def scoped_idempotency_key(me: Identity, operation: str, idempotency_key: str | None) -> str:
    """The caller's key, bound to user and operation, so that it cannot collide with keys of others.

    Raises: IdempotencyKeyMissing."""
    key = idempotency_key or ""
    if not (key.isascii() and key.isprintable() and 0 < len(key) <= _LONGEST_KEY):
        raise IdempotencyKeyMissing
    return f"{operation}:{me.user_id}:{key}"
