"""Slow and numerous clients: uvicorn's protocol with limits that uvicorn lacks.

A head must be whole within some seconds. A body must come at a least rate, measured from its beginning, so that a slow
phone is no attacker. Time in which the application does not read does not count. A network has at most so many
connections in all processes. Proxies that are trusted have any number: ``ForwardedRequests`` counts whom they serve.
"""

import asyncio
from typing import Any, ClassVar

import msgspec
from msgspec import Struct
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from meydan.kit.networks import OpenConnections, TrustedProxies


class ClientLimits(Struct, frozen=True):
    head_seconds: float = 15
    body_grace_seconds: float = 15
    """Time that a body may take, however small it is."""
    body_bytes_per_second: int = 2048
    """Least rate: each so many bytes give a body a second more."""
    connections_per_network: int = 1000
    """Generous: a mobile network's customers share an address."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks; ``*`` for all. They have any number of connections, as this machine itself has."""


class BoundedProtocol(HttpToolsProtocol):
    """Part of uvicorn's server; one for each connection."""

    limits: ClassVar[ClientLimits]
    proxies: ClassVar[TrustedProxies]
    open_connections: ClassVar[OpenConnections]

    _timer: asyncio.TimerHandle | None = None
    _counted: str | None = None
    _is_begun = False
    """True from the first byte of a connection on."""
    _in_head = False
    _in_body = False
    _received = 0
    _began_at = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        peer = self.client[0] if self.client else ""
        if (network := self.proxies.counted_network(peer)) is not None:
            self._counted = network
            if not self.open_connections.opened(network, self._refuse_one_more):
                self._refuse_one_more()
                return
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        if self._counted is not None:
            self.open_connections.closed(self._counted)
            self._counted = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self._in_body:
            self._received += len(data)
        self._is_begun = True
        super().data_received(data)
        # A request that came whole needs no timer: each costs some hundredths of its processor time.
        if self._timer is None and not self.transport.is_closing():
            if self._in_body:
                self._timer = self.loop.call_later(self.limits.body_grace_seconds, self._check_body)
            elif self._in_head:
                self._expect_head()

    def on_message_begin(self) -> None:
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._stop_timer()
        self._in_head, self._in_body, self._received = False, True, 0
        self._began_at = self.loop.time()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._stop_timer()
        self._in_body = False
        super().on_message_complete()

    def _expect_head(self) -> None:
        self._timer = self.loop.call_later(self.limits.head_seconds, self._give_up)

    def _check_body(self) -> None:
        """Closes a connection whose body is behind the least rate, else looks again when it could be."""
        if self.flow.read_paused:  # the application is slow, not the client: the body's time begins anew
            self._began_at, self._received = self.loop.time(), 0
        allowed = self.limits.body_grace_seconds
        if self.cycle is not None and not self.cycle.response_complete:  # what comes after the answer is not read
            allowed += self._received / self.limits.body_bytes_per_second
        left = self._began_at + allowed - self.loop.time()
        if left <= 0:
            self._give_up()
        else:
            self._timer = self.loop.call_later(max(left, 0.01), self._check_body)

    def _give_up(self) -> None:
        self._timer = None
        if not self._is_begun or (self.cycle is not None and self.cycle.response_started):
            self.transport.close()
        else:
            self._refuse(408, "request_timeout", "The request came too slowly.")

    def _refuse_one_more(self) -> None:
        """Closes this connection, or lets its request that is under way be the last."""
        if self.transport.is_closing():
            return
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.keep_alive = False
        else:
            self._refuse(429, "too_many_connections", "Too many connections from this network.")

    def _refuse(self, status: int, code: str, title: str) -> None:
        body = msgspec.json.encode(
            {"type": f"urn:meydan:problem:{code}", "title": title, "status": status, "code": code}
        )
        head = (
            f"HTTP/1.1 {status} {title.rstrip('.')}\r\ncontent-type: application/problem+json\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def protocol_with(limits: ClientLimits) -> type[BoundedProtocol]:
    """The protocol class for a server with these limits."""
    attributes: dict[str, Any] = {
        "limits": limits,
        "proxies": TrustedProxies(limits.trusted_proxies),
        "open_connections": OpenConnections("api", limits.connections_per_network),
    }
    return type("BoundedProtocol", (BoundedProtocol,), attributes)
