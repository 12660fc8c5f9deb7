"""Servers on a free port of this machine: ASGI applications, and fakes that behave like a provider's API.

``FakeServer`` has what every fake shares: HTTP, kept requests, faults, idempotency keys, pages, signed webhooks.
"""

import asyncio
import copy
import json
import random
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec
import uvicorn
from msgspec import Struct

from meydan import integrations
from meydan.integrations.payments.contract import Webhook
from meydan.integrations.payments.signatures import signature
from meydan.kit import clock
from meydan.kit.runtime import runtime
from tests.waiting import patience

T = TypeVar("T")


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """Answers its address. What the application opens at its start is left to whoever made it."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="warning", access_log=False))
        life = asyncio.create_task(server._serve([listening]))  # signals are the test run's
        async with patience():
            while not server.started:
                await asyncio.sleep(0.005)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await life


@asynccontextmanager
async def local_payments_at(url: str) -> AsyncIterator[None]:
    """The pay page of ours is where the application under test is served; links lead there too."""
    before = integrations.current()
    assert before.local_payments is not None
    place = msgspec.structs.replace(before.local_payments, url=url)
    with runtime.using(msgspec.structs.replace(before, local_payments=place, public_url=url)):
        yield


def badly_delivered(sent: Sequence[T], *, repeats: int = 0, shuffled: random.Random | None = None) -> list[T]:
    """Each as often as ``repeats`` says, in any order."""
    found = [one for one in sent for _ in range(repeats + 1)]
    if shuffled:
        shuffled.shuffle(found)
    return found


def signed_at_send(body: bytes, *secrets: str, age: float = 0) -> str:
    """A signature header ``t=…,v1=…``; ``age``: seconds since it was signed, which is anew with each attempt."""
    seconds = int(clock.now().timestamp() - age)
    return ",".join([f"t={seconds}", *(f"v1={signature(secret, seconds, body)}" for secret in secrets)])


class KeyReused(Exception):
    pass


class Refused(Exception):
    """A provider's refusal, raised anywhere below ``answer``."""

    def __init__(self, answered: "Answered") -> None:
        super().__init__(answered)
        self.answered = answered


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


class FakeServer:
    """Answers one request a connection, and keeps the requests. A subclass knows one provider's paths and shapes."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.trouble: list[Answered | None] = []
        """What the next requests get instead of an answer; None hangs up."""
        self.broken: list[Exception] = []
        """What went wrong in here: a question it does not understand, an answer it may not give."""
        self.url = ""
        self.page_size = 100
        self.events: list[dict[str, Any]] = []
        """News that ``webhooks`` delivers, oldest first."""
        self._answered: dict[str, tuple[str, Any]] = {}

    async def answer(self, asked: Asked) -> Answered:
        raise LookupError(asked.path)

    def webhook(self, event: dict[str, Any]) -> Webhook:
        raise LookupError(event)

    def webhooks(self, *types: str, repeats: int = 0, shuffled: random.Random | None = None) -> list[Webhook]:
        """All news so far, or those of some types, badly delivered."""
        sent = [event for event in self.events if not types or event["type"] in types]
        return [self.webhook(event) for event in badly_delivered(sent, repeats=repeats, shuffled=shuffled)]

    def once(self, key: str, request: Any, act: Callable[[], Any]) -> Any:
        """Answers a repeated request as the first time. Raises KeyReused for another request under its key."""
        fingerprint = json.dumps(request, sort_keys=True)
        known, body = self._answered.get(key) or (fingerprint, None)
        if known != fingerprint:
            raise KeyReused
        if body is None:
            self._answered[key] = fingerprint, copy.deepcopy(body := act())
        return body

    def page(self, items: Sequence[T], start: int = 0, size: int | None = None) -> tuple[list[T], int | None]:
        """The items of a page, and the start of the next one."""
        end = start + min(size or self.page_size, self.page_size)
        return list(items[start:end]), end if end < len(items) else None

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

    async def _answer(self, asked: Asked) -> Answered:
        try:
            return await self.answer(asked)
        except Refused as refused:
            return refused.answered

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
            answered = self.trouble.pop(0) if self.trouble else await self._answer(asked)
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
