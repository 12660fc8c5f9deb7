"""Valkey over its own protocol (RESP3): pipelined, answered in order, one write a loop turn, and reconnecting by itself.

Answers and pushes of one connection arrive in one order. A callback given to ``ask`` runs inside the reader, at its
answer's very place in that order: no push can slip between the answer and what the callback does with it. A future is
resumed one loop turn later; replaying a log that way lost frames, which is why both exist.
"""

import asyncio
import contextlib
import logging
import random
import ssl
from collections import deque
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import hiredis
from hiredis import PushNotification, ReplyError

__all__ = ["Reply", "ReplyError", "Valkey", "ValkeyDown"]

log = logging.getLogger(__name__)

Reply = Any  # bytes, int, float, bool, None, or lists and dicts of them; a ReplyError where the docs say so
Callback = Callable[[Reply], None]
PushHandler = Callable[[bytes, bytes], None]  # channel, message
Part = str | bytes | int | float

_MORE = object()
_HEARTBEAT = 2.0
_MISSED_HEARTBEATS = 3
_FIRST_RETRY, _LAST_RETRY = 0.05, 1.0
# Answers that mean the server holds no usable data right now: the same to us as no server.
_UNUSABLE = ("LOADING", "MASTERDOWN", "READONLY", "CLUSTERDOWN")


class ValkeyDown(ConnectionError):
    """There is no connection right now, or it was lost before the answer came; it is being tried again."""


class Valkey:
    """The process's connection to one Valkey server."""

    def __init__(self, address: str, *, name: str = "meydan", library: bytes | None = None) -> None:
        self._address, self._name, self._library = address, name, library
        self._link: _Link | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._closing = False
        self._up = asyncio.Event()
        self._handlers: dict[bytes, PushHandler] = {}
        self._on_up: list[Callable[[], None]] = []
        self._on_down: list[Callable[[], None]] = []
        self._after_read: list[Callable[[], None]] = []
        self.run_id = b""

    # -- life

    def start(self) -> None:
        self._keeper = asyncio.get_running_loop().create_task(self._keep(), name="valkey")

    async def close(self) -> None:
        self._closing = True
        if self._link is not None:
            link = self._link
            link.close()
            await link.lost
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)

    @property
    def is_up(self) -> bool:
        return self._link is not None

    async def wait_up(self, timeout: float) -> bool:
        """Whether there was a connection within the time."""
        try:
            async with asyncio.timeout(timeout):
                await self._up.wait()
        except TimeoutError:
            return False
        return True

    def on_up(self, callback: Callable[[], None]) -> None:
        """Called at every new connection, before anybody else can use it; at once if there is one."""
        self._on_up.append(callback)
        if self._link is not None:
            callback()

    def on_down(self, callback: Callable[[], None]) -> None:
        """Called whenever the connection was lost."""
        self._on_down.append(callback)

    def after_read(self, callback: Callable[[], None]) -> None:
        """Called after everything that came in one read was handled: what it led to can leave together."""
        self._after_read.append(callback)

    def on_message(self, kind: bytes, handler: PushHandler) -> None:
        """Who gets the messages of a kind: ``smessage`` for sharded channels, ``message`` for others."""
        self._handlers[kind] = handler

    # -- commands

    def call(self, *command: Part) -> "asyncio.Future[Reply]":
        """The answer as a future; an error answer is raised by it."""
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._usable().write(command, future)
        return future

    def ask(self, callback: Callback, *command: Part) -> None:
        """The answer, or the ReplyError, goes to the callback inside the reader. It is never called if the link breaks."""
        self._usable().write(command, callback)

    def post(self, *command: Part) -> None:
        """Nobody waits for the answer, and nobody minds if there is no connection."""
        if self._link is not None:
            self._link.write(command, None)

    def order(self, *command: Part) -> None:
        """Commands answered by a push instead of an answer: SUBSCRIBE and its family."""
        self._usable().write_unanswered(command)

    def _usable(self) -> "_Link":
        if self._link is None:
            raise ValkeyDown("no connection to Valkey")
        return self._link

    # -- keeping the connection

    async def _keep(self) -> None:
        retry, said = _FIRST_RETRY, False
        while not self._closing:
            try:
                async with asyncio.timeout(5):
                    link = await self._connect()
            except (OSError, ReplyError, TimeoutError) as error:
                if not said:
                    log.warning(
                        "Valkey cannot be reached, trying again until it can: %s", error or type(error).__name__
                    )
                    said = True
                await asyncio.sleep(retry * random.uniform(0.5, 1.0))  # noqa: S311 -- spreads retries, guards nothing
                retry = min(retry * 2, _LAST_RETRY)
                continue
            if said:
                log.info("Valkey is back")
            retry, said = _FIRST_RETRY, False
            if link.lost.done():
                continue
            link.on_lost = self._down
            self._link = link
            with contextlib.suppress(ValkeyDown):  # lost again already: the watch sees it too
                for callback in self._on_up:
                    callback()
                self._up.set()
            await self._watch(link)

    def _down(self) -> None:
        self._link = None
        self._up.clear()
        for callback in self._on_down:
            callback()

    async def _connect(self) -> "_Link":
        url = urlsplit(self._address)
        tls = ssl.create_default_context() if url.scheme in {"rediss", "valkeys"} else None
        link = _Link(self._handlers, self._after_read)
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: link, url.hostname or "127.0.0.1", url.port or 6379, ssl=tls)
        try:
            hello: list[Part] = ["HELLO", 3]
            if url.password:
                hello += ["AUTH", unquote(url.username or "default"), unquote(url.password)]
            await link.call(*hello, "SETNAME", self._name)
            if (database := url.path.strip("/")) not in {"", "0"}:
                await link.call("SELECT", database)
            await link.call("EXISTS", "probe")  # answers LOADING while the server still reads its files
            if self._library is not None:
                await link.call("FUNCTION", "LOAD", "REPLACE", self._library)
            self.run_id = _run_id(await link.call("INFO", "server"))
        except BaseException:
            link.abort()
            raise
        return link

    async def _watch(self, link: "_Link") -> None:
        """Until the link is lost. A server that is gone without a word (power, cable) is noticed by its silence."""
        missed = 0

        def heard(_: Reply) -> None:
            nonlocal missed
            missed = 0

        while not link.lost.done():
            await asyncio.wait({link.lost}, timeout=_HEARTBEAT)
            if link.lost.done():
                return
            if missed >= _MISSED_HEARTBEATS:
                log.warning("Valkey has not answered for %d s: starting over", int(_HEARTBEAT * missed))
                link.abort()
                await link.lost
                return
            missed += 1
            link.write(("PING",), heard)


class _Link(asyncio.Protocol):
    """One TCP connection. ``_waiting`` holds a place for every command whose answer is still to come."""

    def __init__(self, handlers: dict[bytes, PushHandler], after_read: list[Callable[[], None]]) -> None:
        self._loop = asyncio.get_running_loop()
        self._reader = hiredis.Reader(notEnoughData=_MORE)
        self._waiting: deque[asyncio.Future[Reply] | Callback | None] = deque()
        self._out: list[bytes] = []
        self._transport: asyncio.Transport | None = None
        self._handlers, self._after_read = handlers, after_read
        self.on_lost: Callable[[], None] | None = None
        self.lost: asyncio.Future[None] = self._loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's class is no subclass

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- asyncio's signature
        self._transport = None
        for waiting in self._waiting:
            if isinstance(waiting, asyncio.Future) and not waiting.done():
                waiting.set_exception(ValkeyDown("the connection to Valkey was lost"))
        self._waiting.clear()
        self._out.clear()
        if self.on_lost is not None:
            self.on_lost()
        if not self.lost.done():
            self.lost.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while (reply := self._reader.gets()) is not _MORE:
            if type(reply) is PushNotification:
                if (handler := self._handlers.get(reply[0])) is not None:
                    handler(reply[1], reply[2])
            elif isinstance(reply, ReplyError) and str(reply).startswith(_UNUSABLE):
                log.warning("Valkey is of no use right now: %s", reply)
                self.abort()
                return
            elif not self._waiting:
                log.error("Valkey answered something that nobody asked: %r", reply)
                self.abort()
                return
            else:
                self._deliver(self._waiting.popleft(), reply)
        for callback in self._after_read:
            callback()

    @staticmethod
    def _deliver(waiting: "asyncio.Future[Reply] | Callback | None", reply: Reply) -> None:
        if waiting is None:
            if isinstance(reply, ReplyError):
                log.warning("Valkey refused a command nobody waits for: %s", reply)
        elif not isinstance(waiting, asyncio.Future):
            waiting(reply)
        elif not waiting.done():  # else the caller has given up
            if isinstance(reply, ReplyError):
                waiting.set_exception(reply)
            else:
                waiting.set_result(reply)

    def call(self, *command: Part) -> "asyncio.Future[Reply]":
        future: asyncio.Future[Reply] = self._loop.create_future()
        self.write(command, future)
        return future

    def write(self, command: tuple[Part, ...], waiting: "asyncio.Future[Reply] | Callback | None") -> None:
        if self._transport is None:
            raise ValkeyDown("the connection to Valkey was lost")
        self._waiting.append(waiting)
        self.write_unanswered(command)

    def write_unanswered(self, command: tuple[Part, ...]) -> None:
        if not self._out:
            self._loop.call_soon(self._flush)
        self._out.append(hiredis.pack_command(command))  # type: ignore[arg-type]  # its stub says one part only

    def _flush(self) -> None:
        out, self._out = self._out, []
        if self._transport is not None:
            self._transport.write(b"".join(out))

    def close(self) -> None:
        """After what was written has left."""
        self._flush()
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()


def _run_id(info: Reply) -> bytes:
    for line in bytes(info).splitlines():
        if line.startswith(b"run_id:"):
            return line.removeprefix(b"run_id:")
    raise ReplyError("the server does not tell its run_id")
