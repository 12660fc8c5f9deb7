"""A person's channel: its log replayed from where a reader left it, then live, with nothing lost, doubled or reordered.

Subscribe first; ask for the log on the same connection; take the answer inside Valkey's reader. Pushes that come before
the answer are in it already, so a replaying reader ignores them; pushes that come after it are not, and by then the
reader is live: between the two no line of ours can be late.
"""

import logging
from collections.abc import Callable
from typing import Protocol

from hiredis import ReplyError

from meydan.gateway.frames import Resync, text_frame, to_json
from meydan.kit.realtime.frames import log_key, pubsub_channel
from meydan.kit.realtime.outbox import KEPT_FOR
from meydan.kit.resp import Reply, Valkey

log = logging.getLogger(__name__)

PAGE = 100  # entries asked for at once; a reader gets the next page when it has taken this one

Listener = Callable[[bytes], None]


class Subscriptions:
    """Which sharded channels this process listens to; they are subscribed again on every new connection."""

    def __init__(self, valkey: Valkey) -> None:
        self._valkey = valkey
        self._listeners: dict[bytes, Listener] = {}
        valkey.on_message(b"smessage", self._hear)
        valkey.on_up(self._subscribe_again)

    def add(self, channel: bytes, listener: Listener) -> None:
        self._listeners[channel] = listener
        if self._valkey.is_up:
            self._valkey.order("SSUBSCRIBE", channel)

    def remove(self, channel: bytes) -> None:
        del self._listeners[channel]
        if self._valkey.is_up:
            self._valkey.order("SUNSUBSCRIBE", channel)

    def _hear(self, channel: bytes, message: bytes) -> None:
        listener = self._listeners.get(channel)
        if listener is not None:
            listener(message)

    def _subscribe_again(self) -> None:
        for channel in self._listeners:
            self._valkey.order("SSUBSCRIBE", channel)


class Connection(Protocol):
    """What a reader needs to know of the socket it belongs to."""

    write: Callable[[bytes], None]
    is_paused: bool

    def greet(self, cursor: str) -> None: ...
    def fail(self) -> None: ...


class Channel:
    """Everybody in this process who reads one log."""

    __slots__ = ("_has_unsent", "_unsent", "key", "last", "live", "name", "readers")

    def __init__(self, name: str, has_unsent: Callable[["Channel"], None]) -> None:
        self.name = pubsub_channel(name).encode()
        self.key = log_key(name)
        self.last = ""  # of what the live readers have; they all have the same
        self.readers: set[Reader] = set()
        self.live: dict[Reader, Callable[[bytes], None]] = {}
        self._unsent: list[bytes] = []
        self._has_unsent = has_unsent

    def hear(self, message: bytes) -> None:
        if message.startswith(b'{"id":"'):  # a whisper has none
            self.last = message[7 : message.index(b'"', 7)].decode()
        if not self._unsent:
            self._has_unsent(self)
        self._unsent.append(text_frame(message))

    def flush(self) -> None:
        """What came in one read from Valkey goes out as the same bytes, in one system call, to everybody who was live then."""
        if not self._unsent:
            return
        frames = self._unsent[0] if len(self._unsent) == 1 else b"".join(self._unsent)
        self._unsent.clear()
        for write in self.live.values():
            write(frames)


class Reader:
    """One connection's place in a channel's log."""

    __slots__ = ("_asking", "_channel", "_connection", "_gone", "_valkey", "cursor")

    def __init__(self, channel: Channel, connection: Connection, cursor: str | None, valkey: Valkey) -> None:
        self._channel, self._connection, self._valkey = channel, connection, valkey
        self.cursor = cursor  # None: from now on
        self._asking = self._gone = False
        channel.readers.add(self)

    @property
    def is_live(self) -> bool:
        return self in self._channel.live

    @property
    def latest(self) -> str:
        """Of what was written to this reader."""
        self._channel.flush()
        return self._channel.last if self.is_live else (self.cursor or "")

    def leave(self) -> None:
        self._gone = True
        self._channel.readers.discard(self)
        self._channel.live.pop(self, None)

    def start(self) -> None:
        """From the cursor; again whenever Valkey was lost, from where the reader is now."""
        if self.is_live:
            self._channel.flush()
            del self._channel.live[self]
            self.cursor = self._channel.last
        if self.cursor is None:
            self._ask_end(self._from_now_on)
        else:
            # A log that was cut, or lost with Valkey, does not say so: only finding the very entry proves there is no gap.
            self._ask(self._found, "XRANGE", self._channel.key, self.cursor, self.cursor)

    def resume(self) -> None:
        """The socket has taken what it was given."""
        if not self.is_live and not self._asking and not self._gone and self._valkey.is_up:
            self._next_page()

    def _ask(self, callback: Callable[[Reply], None], *command: str | int) -> None:
        def answered(reply: Reply) -> None:
            self._asking = False
            if self._gone:
                return
            if isinstance(reply, ReplyError):
                log.error("Valkey refused %s: %s", command[0], reply)
                self._connection.fail()
            else:
                callback(reply)

        self._asking = True
        self._valkey.ask(answered, *command)

    def _ask_end(self, callback: Callable[[Reply], None]) -> None:
        self._ask(callback, "FCALL", "cursor", 1, self._channel.key, int(KEPT_FOR.total_seconds()))

    def _from_now_on(self, end: bytes) -> None:
        self.cursor = end.decode()
        self._connection.greet(self.cursor)
        self._go_live()

    def _found(self, entries: list[object]) -> None:
        assert self.cursor is not None  # noqa: S101 -- it was looked for
        # Greeted with its own cursor even if that is lost: a connection that breaks before the resync is read must come
        # back with it and be told again.
        self._connection.greet(self.cursor)
        if entries:
            self._next_page()
        else:
            self._ask_end(self._lost_place)

    def _lost_place(self, end: bytes) -> None:
        self.cursor = end.decode()
        self._connection.write(text_frame(to_json(Resync(self.cursor))))
        self._go_live()

    def _next_page(self) -> None:
        self._ask(self._page, "XRANGE", self._channel.key, f"({self.cursor}", "+", "COUNT", PAGE)

    def _page(self, entries: list[tuple[bytes, list[bytes]]]) -> None:
        frames = [
            text_frame(b'{"id":"%b",%b' % (entry, fields[1][1:])) for entry, fields in entries if fields[0] == b"frame"
        ]
        if frames:
            self._connection.write(b"".join(frames))
        if entries:
            self.cursor = entries[-1][0].decode()
        if self._connection.is_paused:
            return  # resume() asks for the next page
        if len(entries) == PAGE:
            self._next_page()
        else:
            self._go_live()

    def _go_live(self) -> None:
        assert self.cursor is not None  # noqa: S101 -- every way here has set it
        self._channel.flush()  # those came before, so this reader has them already
        self._channel.last = self.cursor
        self._channel.live[self] = self._connection.write


class Channels:
    """The user channels that connections of this process read."""

    def __init__(self, valkey: Valkey, subscriptions: Subscriptions) -> None:
        self._valkey, self._subscriptions = valkey, subscriptions
        self._channels: dict[str, Channel] = {}
        self._unsent: list[Channel] = []
        valkey.on_up(self._start_again)
        valkey.after_read(self._flush)

    def join(self, name: str, connection: Connection, cursor: str | None) -> Reader:
        channel = self._channels.get(name)
        if channel is None:
            channel = self._channels[name] = Channel(name, self._unsent.append)
            self._subscriptions.add(channel.name, channel.hear)
        reader = Reader(channel, connection, cursor, self._valkey)
        if self._valkey.is_up:
            reader.start()  # else when it is back
        return reader

    def leave(self, name: str, reader: Reader) -> None:
        channel = self._channels[name]
        reader.leave()
        if not channel.readers:
            del self._channels[name]
            self._subscriptions.remove(channel.name)

    def _flush(self) -> None:
        for channel in self._unsent:
            channel.flush()
        self._unsent.clear()

    def _start_again(self) -> None:
        for channel in self._channels.values():
            for reader in list(channel.readers):
                reader.start()
