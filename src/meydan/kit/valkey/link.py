"""A TCP connection to Valkey: packs commands, writes them together, hands replies and pushes on in their order.

Gathered commands share writes: after a write that carried some, the next waits two milliseconds for others. Any other
command takes them along at once. A lone one never waits. So both ends read and write less often.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any, cast

import hiredis
from hiredis import PushNotification, ReplyError

log = logging.getLogger(__name__)

Reply = Any  # bytes, int, float, bool, None, or lists and dicts of them; a ReplyError where documented
Callback = Callable[[Reply], None]
PushHandler = Callable[[bytes, bytes], None]  # channel, message
Part = str | bytes | int | float

GATHERED_FOR = 0.002
_MORE = object()
# Error replies of a server that holds no usable data right now; treated like no server.
_UNUSABLE = ("LOADING", "MASTERDOWN", "READONLY", "CLUSTERDOWN")


class ValkeyDown(ConnectionError):
    """No connection right now, or it was lost before the reply came. The client is reconnecting."""


class Link(asyncio.Protocol):
    """A TCP connection. ``_waiting`` holds an entry for every command whose reply has not come yet."""

    def __init__(self, handlers: dict[bytes, PushHandler], after_read: list[Callable[[], None]]) -> None:
        self._loop = asyncio.get_running_loop()
        self._reader = hiredis.Reader(notEnoughData=_MORE)
        self._waiting: deque[asyncio.Future[Reply] | Callback | None] = deque()
        self._out: list[bytes] = []
        self._is_flushing = self._has_gathered = False
        self._gathered_until = 0.0
        self._flush_later: asyncio.TimerHandle | None = None
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
        if self._flush_later is not None:
            self._flush_later.cancel()
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
                log.error("Valkey sent a reply to no command: %r", reply)
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
                log.warning("Valkey refused a command sent without waiting: %s", reply)
        elif not isinstance(waiting, asyncio.Future):
            waiting(reply)
        elif not waiting.done():  # else the caller has given up
            if isinstance(reply, ReplyError):
                waiting.set_exception(reply)
            else:
                waiting.set_result(reply)

    def execute(self, *command: Part) -> "asyncio.Future[Reply]":
        future: asyncio.Future[Reply] = self._loop.create_future()
        self.write(command, future)
        return future

    def write(self, command: tuple[Part, ...], waiting: "asyncio.Future[Reply] | Callback | None") -> None:
        if self._transport is None:
            raise ValkeyDown("the connection to Valkey was lost")
        self._waiting.append(waiting)
        self.write_unanswered(command)

    def write_unanswered(self, command: tuple[Part, ...]) -> None:
        self._out.append(hiredis.pack_command(command))  # type: ignore[arg-type]  # its stub says one part only
        self._flush_soon()

    def gather(self, command: tuple[Part, ...], waiting: Callback) -> None:
        if self._transport is None:
            raise ValkeyDown("the connection to Valkey was lost")
        self._waiting.append(waiting)
        self._out.append(hiredis.pack_command(command))  # type: ignore[arg-type]
        self._has_gathered = True
        if self._flush_later is None and not self._is_flushing:
            wait = self._gathered_until - time.monotonic()
            if wait > 0:
                self._flush_later = self._loop.call_later(wait, self._flush)
            else:
                self._flush_soon()

    def _flush_soon(self) -> None:
        if not self._is_flushing:
            self._is_flushing = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        out, self._out = self._out, []
        if self._flush_later is not None:
            self._flush_later.cancel()
            self._flush_later = None
        self._is_flushing = False
        if self._has_gathered:
            self._has_gathered = False
            self._gathered_until = time.monotonic() + GATHERED_FOR
        if out and self._transport is not None:
            self._transport.write(b"".join(out))

    def close(self) -> None:
        """Writes what is buffered, then closes."""
        self._flush()
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()
