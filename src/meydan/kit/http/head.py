"""HEAD for every route that has GET (RFC 9110, 9.3.2): the same status and headers, no body."""

from typing import Any

from litestar.types import ASGIApp, Receive, Scope, Send


class HeadAsGet:
    """ASGI application in front of another. HEAD reaches it as GET, and its body is dropped on the way back."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked: dict[str, Any] = dict(scope)
        if asked["type"] != "http" or asked["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Any) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        as_get: Any = {**asked, "method": "GET"}
        await self._app(as_get, receive, send_head)
