"""Sizes of bodies: a stranger's request carries little, whoever is logged in may send more.

The check stands in front of the application, so that no large body of a stranger is held in memory.
"""

from collections.abc import Callable, Collection
from typing import Any

import msgspec
from litestar.types import ASGIApp, Receive, Scope, Send

from meydan.kit.http.problems import PROBLEM

STRANGERS_BODY = 64 * 1024

IsKnown = Callable[[dict[bytes, bytes]], bool]


class SmallBodiesOfStrangers:
    """ASGI application in front of another. ``exempt`` paths prove their sender otherwise and have limits of their own."""

    def __init__(self, app: ASGIApp, is_known: IsKnown, exempt: Collection[str], largest: int = STRANGERS_BODY) -> None:
        self._app, self._is_known, self._exempt, self._largest = app, is_known, tuple(exempt), largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind: Any = scope["type"]
        if kind != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        size = headers.get(b"content-length", b"" if b"transfer-encoding" in headers else b"0")
        declared = int(size) if size.isdigit() else self._largest + 1
        if declared <= self._largest or scope["path"].startswith(self._exempt) or self._is_known(headers):
            await self._app(scope, receive, send)
        elif size:
            await _refuse(send)
        else:
            await self._read_and_pass_on(scope, receive, send)

    async def _read_and_pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reads a body of unknown size as far as it may be, before the application sees it."""
        messages: list[Any] = []
        size = 0
        while True:
            message: Any = await receive()
            messages.append(message)
            size += len(message.get("body", b""))
            if size > self._largest:
                await _refuse(send)
                return
            if message["type"] != "http.request" or not message.get("more_body"):
                break
        messages.reverse()

        async def replay() -> Any:
            return messages.pop() if messages else await receive()

        await self._app(scope, replay, send)


async def _refuse(send: Send) -> None:
    code, title = "body_too_large", "This body is too large. Log in to send more."
    body = msgspec.json.encode({"type": f"urn:meydan:problem:{code}", "title": title, "status": 413, "code": code})
    headers = [
        (b"content-type", PROBLEM.encode()),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
