"""HTTP client for URLs that clients give: it reaches public addresses over https, and nothing else.

Addresses are checked when connecting. A name is resolved once, and each of its addresses must be public. The connection
goes to one that was checked, so a name server that answers anew (DNS rebinding) changes nothing. Redirects are never
followed, proxies of the environment are not used, and answers are limited in time and size.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, urlsplit

import httpcore
from httpcore import SOCKET_OPTION
from msgspec import Struct

from meydan.kit.errors import Refused
from meydan.kit.hosts import address_of, host_name, is_loopback, is_public

LONGEST_URL = 2048
_PORT = 443
_LONGEST_ANSWER = 16 * 1024
_SECONDS = 10.0
_CONNECT_SECONDS = 5.0
_CONNECTIONS = 20
_KEPT_OPEN = 30.0

IsAllowed = Callable[[IPv4Address | IPv6Address], bool]


class UrlRefused(Refused):
    code, status, title = "url_refused", 422, "This address is not asked: only https at a public host, port 443, is."


class Unreachable(Exception):
    """No answer, or none that is HTTP. It names no URL, because those of clients may be secrets."""


class Answer(Struct, frozen=True):
    status: int
    headers: Mapping[str, str]
    """Names in small letters."""
    body: bytes
    """At most 16 KB of it."""


class GuardedClient:
    """``allows_loopback`` is a development door: URLs that name this machine itself are asked too, over plain http."""

    def __init__(self, *, allows_loopback: bool = False) -> None:
        self._allows_loopback = allows_loopback
        self._public = _pool(is_public)
        self._local = _pool(lambda address: address.is_loopback)

    @classmethod
    @asynccontextmanager
    async def opened(cls, *, allows_loopback: bool = False) -> "AsyncIterator[GuardedClient]":
        client = cls(allows_loopback=allows_loopback)
        try:
            yield client
        finally:
            await client._public.aclose()
            await client._local.aclose()

    def check(self, url: str) -> None:
        """Checks the URL's form. Its host's addresses are checked when it is asked.

        Raises: UrlRefused."""
        parts = _split(url)
        if self._allows_loopback and names_loopback(url):
            return
        literal = address_of(parts.hostname or "")
        is_foreign = literal is None and is_loopback(host_name(parts.netloc))
        if parts.scheme != "https" or parts.port not in (None, _PORT) or is_foreign:
            raise UrlRefused
        if literal is not None and not is_public(literal):
            raise UrlRefused

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Posts the body once.

        Raises: UrlRefused, Unreachable."""
        self.check(url)
        pool = self._local if self._allows_loopback and names_loopback(url) else self._public
        try:
            async with asyncio.timeout(_SECONDS):
                return await _post(pool, url, body, headers)
        except TimeoutError:
            raise Unreachable("no answer in time") from None
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise Unreachable(type(error).__name__) from None


def names_loopback(url: str) -> bool:
    """True where the URL itself names this machine. A name that only resolves to it does not count."""
    parts = _split(url)
    return parts.scheme in ("http", "https") and is_loopback(host_name(parts.netloc))


def _split(url: str) -> SplitResult:
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise UrlRefused
    try:
        parts = urlsplit(url)
        _ = parts.port  # read here: it refuses what is no port
    except ValueError:
        raise UrlRefused from None
    if not parts.hostname or parts.username is not None or parts.password is not None or parts.fragment:
        raise UrlRefused
    return parts


@cache
def _trust() -> ssl.SSLContext:
    """The usual authorities. Cached: reading them takes milliseconds."""
    return ssl.create_default_context()


def _pool(is_allowed: IsAllowed) -> httpcore.AsyncConnectionPool:
    return httpcore.AsyncConnectionPool(
        ssl_context=_trust(),
        max_connections=_CONNECTIONS,
        keepalive_expiry=_KEPT_OPEN,
        network_backend=_CheckedBackend(is_allowed),
    )


async def _post(pool: httpcore.AsyncConnectionPool, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    limits = {"timeout": {"connect": _CONNECT_SECONDS, "read": _SECONDS, "write": _SECONDS, "pool": _SECONDS}}
    async with pool.stream("POST", url, headers=[*headers.items()], content=body, extensions=limits) as answer:
        read = b""
        async for part in answer.aiter_stream():
            read += part
            if len(read) >= _LONGEST_ANSWER:
                break
        named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
        return Answer(answer.status, named, read[:_LONGEST_ANSWER])


class _CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects to addresses that are allowed. TLS above it still verifies the certificate of the URL's host."""

    def __init__(self, is_allowed: IsAllowed) -> None:
        self._is_allowed = is_allowed
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        last: Exception = httpcore.ConnectError("no address")
        for address in await self._addresses(host, port):
            try:
                return await self._backend.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last

    async def _addresses(self, host: str, port: int) -> list[IPv4Address | IPv6Address]:
        """Every address of the host, once each. One that is not allowed refuses them all.

        Raises: UrlRefused."""
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:  # a timeout is an OSError too
            raise httpcore.ConnectError(type(error).__name__) from None
        given = dict.fromkeys(str(name).partition("%")[0] for *_, (name, *_) in found)
        addresses = [address for name in given if (address := address_of(name)) is not None]
        if not all(self._is_allowed(address) for address in addresses):
            raise UrlRefused
        return addresses
