"""Answers before the framework, for the few routes whose cost is measured (benchmarks/endpoints.py).

Each has an ordinary route at the same path, which documents it and tells every refusal: whatever goes wrong here, the
ordinary route is asked again with the same body. That is safe because nothing was committed, or the request is one that
may be sent twice.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from litestar import Litestar
from litestar.types import Receive, Scope, Send

from meydan.kit.database import Database, Identity


class HotRequest(NamedTuple):
    db: Database
    me: Identity
    tail: str
    """What follows the route's prefix."""
    query: Mapping[str, str]
    headers: Mapping[bytes, bytes]
    body: bytes


class HotRoute(NamedTuple):
    method: str
    prefix: str
    status: int
    answer: Callable[[HotRequest], Awaitable[bytes]]
    """The body, as JSON. May raise anything: the ordinary route then finds the words."""


Identify = Callable[[Mapping[bytes, bytes]], Awaitable[Identity]]


class HotDoor:
    """The ASGI application in front of the framework."""

    def __init__(self, app: Litestar, routes: list[HotRoute], identify: Identify) -> None:
        self._app, self._identify = app, identify
        self._routes = {(route.method, route.prefix): route for route in routes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route, tail = self._find(scope)
        if route is None:
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        try:
            headers = dict(scope["headers"])
            query = dict(parse_qsl(scope["query_string"].decode())) if scope["query_string"] else {}
            me = await self._identify(headers)
            answer = await route.answer(HotRequest(self._app.state.db, me, tail, query, headers, body))
        except Exception:  # noqa: BLE001 -- not hidden: the ordinary route does the same again and says what is wrong
            await self._app(scope, _replay(body, receive), send)
            return
        head = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": route.status, "headers": head})
        await send({"type": "http.response.body", "body": answer, "more_body": False})

    def _find(self, scope: Any) -> tuple[HotRoute | None, str]:
        if scope["type"] != "http":
            return None, ""
        path: str = scope["path"]
        end = path.rfind("/") + 1
        method = scope["method"]
        return self._routes.get((method, path)) or self._routes.get((method, path[:end])), path[end:]


async def _read(receive: Receive) -> bytes:
    parts = []
    while True:
        message: Any = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    told = False

    async def again() -> Any:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
