"""Requests through trusted proxies: a network has at most so many under way at once.

A proxy's connections carry requests of everybody, so they are not counted. The requests are, by the client's forwarded
address, which uvicorn has put into the scope.
"""

from typing import Any

import msgspec
from litestar.types import ASGIApp, Receive, Scope, Send

from meydan.kit.http.problems import PROBLEM
from meydan.kit.networks import OpenConnections, TrustedProxies


class ForwardedRequests:
    """ASGI application in front of another, for servers behind proxies."""

    def __init__(self, app: ASGIApp, proxies: TrustedProxies, open_requests: OpenConnections) -> None:
        self._app, self._proxies, self._open_requests = app, proxies, open_requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind: Any = scope["type"]
        client = scope.get("client") if kind == "http" else None
        network = self._proxies.forwarded_network(client[0]) if client else None
        if network is None:
            await self._app(scope, receive, send)
            return
        is_refused = False

        def refuse() -> None:
            nonlocal is_refused
            is_refused = True

        async def receive_unless_refused() -> Any:
            message = await receive()
            return {"type": "http.disconnect"} if is_refused else message

        try:
            if self._open_requests.opened(network, refuse):
                await self._app(scope, receive_unless_refused, send)
            else:
                await _answer(send)
        finally:
            self._open_requests.closed(network)


async def _answer(send: Send) -> None:
    code, title = "too_many_connections", "Too many requests at once from this network."
    body = msgspec.json.encode({"type": f"urn:meydan:problem:{code}", "title": title, "status": 429, "code": code})
    head = [
        (b"content-type", PROBLEM.encode()),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 429, "headers": head})
    await send({"type": "http.response.body", "body": body, "more_body": False})
