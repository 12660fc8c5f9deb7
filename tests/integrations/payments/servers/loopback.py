"""A small HTTP server on a free port of this machine, for servers that behave like a store's."""

import asyncio
import json
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from msgspec import Struct


class Asked(Struct, frozen=True):
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


class Answered(Struct, frozen=True):
    status: int = 200
    body: Any = None
    """JSON; text where it is text."""
    headers: dict[str, str] = {}


class Loopback:
    """Answers one request a connection, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.trouble: list[Answered | None] = []
        """What the next requests get instead of an answer; None hangs up."""
        self.broken: list[Exception] = []
        """What went wrong in here: a question it does not understand, an answer it may not give."""
        self.url = ""

    async def answer(self, asked: Asked) -> Answered:
        raise LookupError(asked.path)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        await self._server.wait_closed()
        if self.broken and error is None:
            raise self.broken[0]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line, *rest = head.strip().split("\r\n")
        method, target, _ = line.split(" ")
        headers = {name.lower(): value.strip() for name, value in (one.split(":", 1) for one in rest)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        address = urlsplit(target)
        asked = Asked(method, unquote(address.path), parse_qs(address.query), headers, body)
        self.asked.append(asked)
        try:
            answered = self.trouble.pop(0) if self.trouble else await self.answer(asked)
            if answered is not None:
                writer.write(_written(answered))
                await writer.drain()
        except Exception as error:  # noqa: BLE001 -- told where the test ends
            self.broken.append(error)
        finally:
            writer.close()


def _written(answered: Answered) -> bytes:
    if isinstance(answered.body, str):
        kind, content = "text/plain", answered.body.encode()
    else:
        kind, content = "application/json", b"" if answered.body is None else json.dumps(answered.body).encode()
    headers = {"content-type": kind, "content-length": str(len(content)), "connection": "close"} | answered.headers
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {answered.status} X\r\n{lines}\r\n".encode() + content
