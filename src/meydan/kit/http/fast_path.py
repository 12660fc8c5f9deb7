"""Fast path in front of Litestar for a few routes whose cost is measured (benchmarks/endpoints.py).

On any error the request is replayed through the ordinary route at the same path, which produces the error response.
Safe because nothing was committed, or the request is idempotent.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from litestar import Litestar
from litestar.types import Receive, Scope, Send

from meydan.kit.database import Database
from meydan.kit.http.headers import missing
from meydan.kit.identity import Identity


class FastRequest(NamedTuple):
    db: Database
    me: Identity
    tail: str
    """The rest of the path after the route's prefix."""
    query: Mapping[str, str]
    headers: Mapping[bytes, bytes]
    body: bytes


class FastRoute(NamedTuple):
    method: str
    prefix: str
    status: int
    answer: Callable[[FastRequest], Awaitable[bytes]]
    """Returns the body, as JSON. After any exception the ordinary route answers."""


Identify = Callable[[Mapping[bytes, bytes]], Awaitable[Identity]]


class FastPath:
    """ASGI application in front of the framework."""

    def __init__(self, app: Litestar, routes: list[FastRoute], identify: Identify, largest_body: int) -> None:
        self._app, self._identify, self._largest_body = app, identify, largest_body
        self._routes = {(route.method, route.prefix): route for route in routes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route, tail = self._find(scope)
        if route is None:
            await self._app(scope, receive, send)
            return
        body, is_whole = b"", False
        try:
            headers = dict(scope["headers"])
            query = dict(parse_qsl(scope["query_string"].decode())) if scope["query_string"] else {}
            me = await self._identify(headers)  # before a stranger's body is held in memory
            body, is_whole = await _read(receive, self._largest_body)
            if not is_whole:
                raise _BodyIncomplete  # noqa: TRY301 -- one way out
            answer = await route.answer(FastRequest(self._app.state.db, me, tail, query, headers, body))
        except Exception:  # noqa: BLE001 -- not hidden: the ordinary route repeats the request and answers
            await self._app(scope, _replay(body, receive, is_whole=is_whole), send)
            return
        head = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
        head += missing(scope, {})
        await send({"type": "http.response.start", "status": route.status, "headers": head})
        await send({"type": "http.response.body", "body": answer, "more_body": False})

    def _find(self, scope: Any) -> tuple[FastRoute | None, str]:
        if scope["type"] != "http":
            return None, ""
        path: str = scope["path"]
        end = path.rfind("/") + 1
        method = scope["method"]
        return self._routes.get((method, path)) or self._routes.get((method, path[:end])), path[end:]


class _BodyIncomplete(Exception):
    """The body is too large, or its sender has disconnected; the ordinary route answers."""


async def _read(receive: Receive, largest: int) -> tuple[bytes, bool]:
    """Reads the body, and True if it is complete. Stops reading once it is too large."""
    parts, size = [], 0
    while size <= largest:
        message: Any = await receive()
        if message["type"] != "http.request":
            break
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if not message.get("more_body"):
            return (parts[0] if len(parts) == 1 else b"".join(parts)), size <= largest
    return b"".join(parts), False


def _replay(body: bytes, receive: Receive, *, is_whole: bool) -> Receive:
    """A ``receive`` that first replays the part already read."""
    is_replayed = not body and not is_whole

    async def again() -> Any:
        nonlocal is_replayed
        if is_replayed:
            return await receive()
        is_replayed = True
        return {"type": "http.request", "body": body, "more_body": not is_whole}

    return again
