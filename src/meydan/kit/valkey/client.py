"""Valkey client over RESP3: pipelined, replies in order, one write for each turn of the event loop, reconnecting.

Replies and pushes of a connection arrive in one order. A callback given to ``execute_with`` runs inside the reader, at
its reply's place in that order. No push comes between the reply and the callback. A future is resumed one loop turn
later. Replaying a log by futures lost frames, so both exist.
"""

import asyncio
import contextlib
import logging
import random
import ssl
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from hiredis import ReplyError

from meydan.kit import background
from meydan.kit.valkey.link import Callback, Link, Part, PushHandler, Reply, ValkeyDown

__all__ = ["Part", "Reply", "ReplyError", "Valkey", "ValkeyDown"]

log = logging.getLogger(__name__)

_HEARTBEAT = 2.0
_MISSED_HEARTBEATS = 3
PROMPT = 0.25  # seconds for a reply that a request can do without
_FIRST_RETRY, _LAST_RETRY = 0.05, 1.0


class Valkey:
    """The process's connection to one Valkey server."""

    def __init__(self, url: str, *, name: str = "meydan", library: bytes | None = None) -> None:
        self._url, self._name, self._library = url, name, library
        self._link: Link | None = None
        self._connector: asyncio.Task[None] | None = None
        self._closing = False
        self._missed = 0  # heartbeats sent since the last one that was answered
        self._up = asyncio.Event()
        self._handlers: dict[bytes, PushHandler] = {}
        self._on_up: list[Callable[[], None]] = []
        self._on_down: list[Callable[[], None]] = []
        self._after_read: list[Callable[[], None]] = []
        self.run_id = b""

    # -- lifecycle

    def start(self) -> None:
        self._connector = asyncio.get_running_loop().create_task(self._stay_connected(), name="valkey")

    async def close(self) -> None:
        self._closing = True
        if self._link is not None:
            link = self._link
            link.close()
            await link.lost
        if self._connector is not None:
            await background.end(self._connector)

    @property
    def is_up(self) -> bool:
        return self._link is not None

    @property
    def answers(self) -> bool:
        """True while heartbeats are answered: false within five seconds after a server has frozen."""
        return self.is_up and self._missed < 2

    async def wait_up(self, timeout: float) -> bool:
        """Waits for a connection; False after ``timeout`` seconds."""
        try:
            async with asyncio.timeout(timeout):
                await self._up.wait()
        except TimeoutError:
            return False
        return True

    def on_up(self, callback: Callable[[], None]) -> None:
        """Calls ``callback`` at every new connection, before other users of it; at once if there is one."""
        self._on_up.append(callback)
        if self._link is not None:
            callback()

    def on_down(self, callback: Callable[[], None]) -> None:
        """Calls ``callback`` whenever the connection is lost."""
        self._on_down.append(callback)

    def after_read(self, callback: Callable[[], None]) -> None:
        """Calls ``callback`` after all replies of one read were handled, so that results can be written together."""
        self._after_read.append(callback)

    def on_message(self, kind: bytes, handler: PushHandler) -> None:
        """Sets the handler of a kind of message: ``smessage`` for sharded channels, ``message`` for others."""
        self._handlers[kind] = handler

    # -- commands

    def execute(self, *command: Part) -> "asyncio.Future[Reply]":
        """Sends the command and returns a future of its reply. The future raises an error reply."""
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._usable().write(command, future)
        return future

    async def ask(self, *command: Part, limit: float | None = None) -> Reply:
        """Returns the reply if it comes promptly: for what can go on without. A frozen server holds nobody.

        Raises: ValkeyDown (no connection, or no reply within ``limit``), ReplyError."""
        reply = self.execute(*command)
        await asyncio.wait({reply}, timeout=PROMPT if limit is None else limit)
        if not reply.done():
            # A process that had no turn for long finds its timer and the reply due together: it reads once more.
            await asyncio.wait({reply}, timeout=0.01)
        if not reply.done():
            reply.cancel()
            raise ValkeyDown("Valkey does not answer in time")
        return reply.result()

    def execute_with(self, callback: Callback, *command: Part) -> None:
        """Sends the command; ``callback`` gets the reply or ReplyError inside the reader, nothing if the link breaks."""
        self._usable().write(command, callback)

    def gather_with(self, callback: Callback, *command: Part) -> None:
        """Like ``execute_with``, but under a high rate the command waits a moment for others to share its write."""
        self._usable().gather(command, callback)

    def send_nowait(self, *command: Part) -> None:
        """Sends the command and ignores its reply. Does nothing without a connection."""
        if self._link is not None:
            self._link.write(command, None)

    def subscribe(self, channel: Part) -> None:
        """Subscribes to a sharded channel. The server confirms by a push, not by a reply."""
        self._usable().write_unanswered(("SSUBSCRIBE", channel))

    def unsubscribe(self, channel: Part) -> None:
        self._usable().write_unanswered(("SUNSUBSCRIBE", channel))

    def _usable(self) -> Link:
        if self._link is None:
            raise ValkeyDown("no connection to Valkey")
        return self._link

    # -- reconnecting

    async def _stay_connected(self) -> None:
        retry, is_logged = _FIRST_RETRY, False
        while not self._closing:
            try:
                async with asyncio.timeout(5):
                    link = await self._connect()
            except (OSError, ReplyError, TimeoutError) as error:
                if not is_logged:
                    log.warning(
                        "Valkey cannot be reached, trying again until it can: %s", error or type(error).__name__
                    )
                    is_logged = True
                await asyncio.sleep(retry * random.uniform(0.5, 1.0))  # noqa: S311 -- spreads retries, guards nothing
                retry = min(retry * 2, _LAST_RETRY)
                continue
            if is_logged:
                log.info("Valkey is back")
            retry, is_logged = _FIRST_RETRY, False
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

    async def _connect(self) -> Link:
        url = urlsplit(self._url)
        tls = ssl.create_default_context() if url.scheme in {"rediss", "valkeys"} else None
        link = Link(self._handlers, self._after_read)
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: link, url.hostname or "127.0.0.1", url.port or 6379, ssl=tls)
        try:
            hello: list[Part] = ["HELLO", 3]
            if url.password:
                hello += ["AUTH", unquote(url.username or "default"), unquote(url.password)]
            await link.execute(*hello, "SETNAME", self._name)
            if (database := url.path.strip("/")) not in {"", "0"}:
                await link.execute("SELECT", database)
            await link.execute("EXISTS", "probe")  # replies LOADING while the server still reads its files
            if self._library is not None:
                await link.execute("FUNCTION", "LOAD", "REPLACE", self._library)
            self.run_id = _run_id(await link.execute("INFO", "server"))
        except BaseException:
            link.abort()
            raise
        return link

    async def _watch(self, link: Link) -> None:
        """Returns when the link is lost. Heartbeats find a server that went without closing it (power, cable)."""
        self._missed = 0

        def answered(_: Reply) -> None:
            self._missed = 0

        while not link.lost.done():
            await asyncio.wait({link.lost}, timeout=_HEARTBEAT)
            if link.lost.done():
                return
            if self._missed >= _MISSED_HEARTBEATS:
                log.warning("Valkey has not answered for %d s: starting over", int(_HEARTBEAT * self._missed))
                link.abort()
                await link.lost
                return
            self._missed += 1
            link.write(("PING",), answered)


def _run_id(info: Reply) -> bytes:
    for line in bytes(info).splitlines():
        if line.startswith(b"run_id:"):
            return line.removeprefix(b"run_id:")
    raise ReplyError("the server does not tell its run_id")
