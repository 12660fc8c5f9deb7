"""A user's channel: its log replayed from a reader's cursor, then live frames. No gap, no duplicate, no reordering.

Subscribes first, then reads the log on the same connection; the reply is handled inside Valkey's reader. Messages that
arrive before the reply are in it, and a replaying reader skips them. Messages after it are live, and so is the reader
by then.
"""

import logging
from collections.abc import Callable
from typing import Protocol

from hiredis import ReplyError

from meydan.gateway.frames import Resync, text_frame, to_json
from meydan.kit.realtime.frames import log_key, pubsub_channel
from meydan.kit.realtime.outbox import LOG_RETENTION
from meydan.kit.valkey import Reply, Valkey

log = logging.getLogger(__name__)

PAGE = 100  # log entries read at once; a slow reader gets the next page when its socket has taken this one

Listener = Callable[[bytes], None]
Entry = tuple[bytes, list[bytes]]  # id, names and values


class ChannelSubscriptions:
    """The sharded channels that this process listens to, subscribed again on every new connection."""

    def __init__(self, valkey: Valkey) -> None:
        self._valkey = valkey
        self._listeners: dict[bytes, Listener] = {}
        valkey.on_message(b"smessage", self._on_message)
        valkey.on_up(self._resubscribe)

    def add(self, channel: bytes, listener: Listener) -> None:
        self._listeners[channel] = listener
        if self._valkey.is_up:
            self._valkey.subscribe(channel)

    def remove(self, channel: bytes) -> None:
        del self._listeners[channel]
        if self._valkey.is_up:
            self._valkey.unsubscribe(channel)

    def _on_message(self, channel: bytes, message: bytes) -> None:
        listener = self._listeners.get(channel)
        if listener is not None:
            listener(message)

    def _resubscribe(self) -> None:
        for channel in self._listeners:
            self._valkey.subscribe(channel)


class Connection(Protocol):
    """The part of a socket that its reader uses."""

    write: Callable[[bytes], None]
    is_paused: bool

    def greet(self, cursor: str) -> None: ...
    def fail(self) -> None: ...


class Channel:
    """The readers of one log in this process."""

    __slots__ = ("_has_unsent", "_unsent", "key", "last", "live", "name", "readers")

    def __init__(self, name: str, has_unsent: Callable[["Channel"], None]) -> None:
        self.name = pubsub_channel(name).encode()
        self.key = log_key(name)
        self.last = ""  # id of the last frame of the live readers; they all have the same
        self.readers: set[Reader] = set()
        self.live: dict[Reader, Callable[[bytes], None]] = {}
        self._unsent: list[bytes] = []
        self._has_unsent = has_unsent

    def on_message(self, message: bytes) -> None:
        if message.startswith(b'{"id":"'):  # an ephemeral event has none
            self.last = message[7 : message.index(b'"', 7)].decode()
        if not self._unsent:
            self._has_unsent(self)
        self._unsent.append(text_frame(message))

    def flush(self) -> None:
        """Writes the frames of one read from Valkey to all live readers, as the same bytes in one system call."""
        if not self._unsent:
            return
        frames = self._unsent[0] if len(self._unsent) == 1 else b"".join(self._unsent)
        self._unsent.clear()
        for write in self.live.values():
            write(frames)


class Reader:
    """A connection's place in a channel's log."""

    __slots__ = ("_channel", "_connection", "_has_left", "_is_reading", "_valkey", "cursor")

    def __init__(self, channel: Channel, connection: Connection, cursor: str | None, valkey: Valkey) -> None:
        self._channel, self._connection, self._valkey = channel, connection, valkey
        self.cursor = cursor  # None: live frames only
        self._is_reading = self._has_left = False
        channel.readers.add(self)

    @property
    def is_live(self) -> bool:
        return self in self._channel.live

    @property
    def latest(self) -> str:
        """Id of the last frame written to this reader."""
        self._channel.flush()
        return self._channel.last if self.is_live else (self.cursor or "")

    def leave(self) -> None:
        self._has_left = True
        self._channel.readers.discard(self)
        self._channel.live.pop(self, None)

    def start(self) -> None:
        """Starts reading at the cursor; after Valkey was lost, at the reader's own place."""
        if self.is_live:
            self._channel.flush()
            del self._channel.live[self]
            self.cursor = self._channel.last
        if self.cursor is None:
            self._execute_cursor(self._start_live)
        else:
            # A log that was trimmed, or lost with Valkey, does not show it. Only finding the cursor's entry proves no gap.
            self._execute(self._on_first_page, "XRANGE", self._channel.key, self.cursor, "+", "COUNT", PAGE)

    def resume(self) -> None:
        """Resumes reading after the socket's buffer has emptied."""
        if not self.is_live and not self._is_reading and not self._has_left and self._valkey.is_up:
            self._next_page()

    def _execute(self, callback: Callable[[Reply], None], *command: str | int) -> None:
        def on_reply(reply: Reply) -> None:
            self._is_reading = False
            if self._has_left:
                return
            if isinstance(reply, ReplyError):
                log.error("Valkey refused %s: %s", command[0], reply)
                self._connection.fail()
            else:
                callback(reply)

        self._is_reading = True
        self._valkey.execute_with(on_reply, *command)

    def _execute_cursor(self, callback: Callable[[Reply], None]) -> None:
        self._execute(callback, "FCALL", "cursor", 1, self._channel.key, int(LOG_RETENTION.total_seconds()))

    def _start_live(self, end: bytes) -> None:
        self.cursor = end.decode()
        self._connection.greet(self.cursor)
        self._go_live()

    def _on_first_page(self, entries: list[Entry]) -> None:
        """Takes the page that begins at the cursor's own entry, which the client has."""
        assert self.cursor is not None  # noqa: S101 -- its entry was read
        # Greets with the client's own cursor even if its entry is lost. A connection that breaks before the resync is
        # read must come back with that cursor and get the resync again.
        self._connection.greet(self.cursor)
        if entries and entries[0][0].decode() == self.cursor:
            self._take(entries[1:], is_last=len(entries) < PAGE)
        else:
            self._execute_cursor(self._resync)

    def _resync(self, end: bytes) -> None:
        self.cursor = end.decode()
        self._connection.write(text_frame(to_json(Resync(self.cursor))))
        self._go_live()

    def _next_page(self) -> None:
        self._execute(self._on_page, "XRANGE", self._channel.key, f"({self.cursor}", "+", "COUNT", PAGE)

    def _on_page(self, entries: list[Entry]) -> None:
        self._take(entries, is_last=len(entries) < PAGE)

    def _take(self, entries: list[Entry], *, is_last: bool) -> None:
        frames = [
            text_frame(b'{"id":"%b",%b' % (entry, fields[1][1:])) for entry, fields in entries if fields[0] == b"frame"
        ]
        if frames:
            self._connection.write(b"".join(frames))
        if entries:
            self.cursor = entries[-1][0].decode()
        if self._connection.is_paused:
            return  # resume() asks for the next page
        if is_last:
            self._go_live()
        else:
            self._next_page()

    def _go_live(self) -> None:
        assert self.cursor is not None  # noqa: S101 -- every caller has set it
        self._channel.flush()  # frames of before, which this reader has from the log
        self._channel.last = self.cursor
        self._channel.live[self] = self._connection.write


class Channels:
    """The user channels that connections of this process read."""

    def __init__(self, valkey: Valkey, subscriptions: ChannelSubscriptions) -> None:
        self._valkey, self._subscriptions = valkey, subscriptions
        self._channels: dict[str, Channel] = {}
        self._unsent: list[Channel] = []
        valkey.on_up(self._restart)
        valkey.after_read(self._flush)

    def join(self, name: str, connection: Connection, cursor: str | None) -> Reader:
        channel = self._channels.get(name)
        if channel is None:
            channel = self._channels[name] = Channel(name, self._unsent.append)
            self._subscriptions.add(channel.name, channel.on_message)
        reader = Reader(channel, connection, cursor, self._valkey)
        if self._valkey.is_up:
            reader.start()  # else on reconnect
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

    def _restart(self) -> None:
        for channel in self._channels.values():
            for reader in list(channel.readers):
                reader.start()
