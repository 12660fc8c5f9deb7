"""The gateway process: accepts sockets, answers health checks, drains before it stops."""

import asyncio
import contextlib
import logging
import signal
import ssl
from collections.abc import AsyncIterator
from http import HTTPStatus
from urllib.parse import urlsplit

import msgspec
import uvloop
from picows import WSUpgradeRequest, WSUpgradeResponse, WSUpgradeResponseWithListener, ws_create_server

from meydan.gateway.connection import Connection
from meydan.gateway.frames import Close
from meydan.gateway.hub import Hub
from meydan.gateway.settings import GatewaySettings
from meydan.kit import open_files, service_manager
from meydan.kit import valkey as kit_valkey
from meydan.kit.valkey import Valkey

log = logging.getLogger(__name__)

_DRAIN_BATCH, _DRAIN_PAUSE = 200, 0.05


class Gateway:
    def __init__(self, settings: GatewaySettings, valkey: Valkey) -> None:
        self.settings, self._valkey = settings, valkey
        self.hub = Hub(settings, valkey)
        self._origins = {_origin(page) for page in settings.origins}
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        tls = None
        if self.settings.tls_certificate is not None:
            tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            tls.load_cert_chain(self.settings.tls_certificate, self.settings.tls_key)
        self._server = await ws_create_server(
            self._answer,
            self.settings.host,
            self.settings.port,
            backlog=4096,
            reuse_port=self.settings.reuse_port,
            ssl=tls,
            use_aiofastnet=False,
            logger_name=logging.getLogger("picows.server"),  # by its name it is looked up for each connection
            read_buffer_init_size=2048,
            max_frame_size=self.settings.max_frame_bytes,
            enable_auto_ping=True,
            auto_ping_idle_timeout=self.settings.ping_after_idle_seconds,
            auto_ping_reply_timeout=self.settings.pong_timeout_seconds,
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self.hub.start()

    async def drain(self) -> None:
        """Accepts no new sockets and closes open ones in batches; clients come back elsewhere with their cursor."""
        if self._server is not None:
            self._server.close()
        self.hub.close()
        open_ones = self.hub.connections
        for start in range(0, len(open_ones), _DRAIN_BATCH):
            for connection in open_ones[start : start + _DRAIN_BATCH]:
                connection.end(Close.restart, "the gateway restarts: come back with the last id")
            await asyncio.sleep(_DRAIN_PAUSE)

    def _answer(self, request: WSUpgradeRequest) -> Connection | WSUpgradeResponseWithListener:
        path = request.path.split(b"?")[0]
        if path == b"/health":
            return self._health()
        if path == b"/ready":
            return self._ready()
        if path != b"/ws":
            return _refusal(HTTPStatus.NOT_FOUND, "the socket is at /ws")
        if not self._may_come_from(request):
            return _refusal(HTTPStatus.FORBIDDEN, "pages of this origin may not connect")
        if len(self.hub.waiting) >= self.settings.connections_without_hello:
            # Closes the oldest: an honest client sends hello at once, so silent ones cannot lock others out.
            next(iter(self.hub.waiting)).end(Close.no_hello, "say hello first")
        return Connection(self.hub, request.headers.getall("X-Forwarded-For", []))

    def _may_come_from(self, request: WSUpgradeRequest) -> bool:
        origin = request.headers.get("Origin")
        if origin is None:
            return True  # no browser, so no page of another site
        try:
            if _origin(origin) in self._origins:
                return True
            host = urlsplit(f"//{request.headers.get('Host', '')}").hostname
            return host is not None and urlsplit(origin).hostname == host
        except ValueError:  # no URL at all
            return False

    def _health(self) -> WSUpgradeResponseWithListener:
        # Healthy either way: restarting a gateway does not bring Valkey back, and all clients would have to reconnect.
        # The number of people here is nobody's business who asks.
        body = {"status": "ok" if self._valkey.is_up else "waiting for Valkey"}
        return _json(body)

    def _ready(self) -> WSUpgradeResponseWithListener:
        """Answers by the heartbeat of the connection to Valkey, so that no question is sent for each asking."""
        if self._valkey.answers:
            return _json({"status": "ready"})
        return _refusal(HTTPStatus.SERVICE_UNAVAILABLE, "waiting for Valkey")


def _json(body: dict[str, str]) -> WSUpgradeResponseWithListener:
    response = WSUpgradeResponse.create_ok_response(msgspec.json.encode(body), {"Content-Type": "application/json"})
    return WSUpgradeResponseWithListener(response, None)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _refusal(status: HTTPStatus, why: str) -> WSUpgradeResponseWithListener:
    return WSUpgradeResponseWithListener(WSUpgradeResponse.create_error_response(status, why.encode()), None)


@contextlib.asynccontextmanager
async def serving(settings: GatewaySettings) -> AsyncIterator[Gateway]:
    """Runs a gateway for the block and drains it at the end."""
    async with kit_valkey.opened(settings.valkey_url, name="meydan-gateway") as valkey:
        gateway = Gateway(settings, valkey)
        await gateway.start()
        try:
            yield gateway
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(settings.drain_timeout_seconds):
                    await gateway.drain()


async def _serve(settings: GatewaySettings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with serving(settings) as gateway:
        log.info("gateway listens on %s:%d", settings.host, gateway.port)
        async with service_manager.noted():
            await stop.wait()
        log.info("gateway drains %d connections", len(gateway.hub.connections))


def run(settings: GatewaySettings) -> None:
    """Runs until SIGTERM or SIGINT."""
    # picows logs clients' protocol errors, which are not ours; our own errors are logged by us.
    logging.getLogger("picows").setLevel(logging.CRITICAL)
    open_files.raise_limit()
    uvloop.run(_serve(settings))
