"""A client's socket: handshake, its channel, its frames and their rate, and its end."""

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from typing import cast
from uuid import UUID

import msgspec
from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport

from meydan.gateway.channels import Reader
from meydan.gateway.ephemeral import Watch, may_send_ephemeral
from meydan.gateway.frames import (
    ClientFrame,
    Close,
    GrantRejected,
    Hello,
    Looking,
    Ping,
    Pong,
    Ready,
    Typing,
    Unwatch,
    read,
    text_frame,
    to_json,
)
from meydan.gateway.frames import Watch as WatchFrame
from meydan.gateway.hub import Hub
from meydan.kit import clock
from meydan.kit.crypto.tokens import TokenRefused, read_access
from meydan.kit.identity import Identity
from meydan.kit.rate_limits import Bucket
from meydan.kit.realtime import Frame, GrantRefused, read_grant

log = logging.getLogger(__name__)

CLOSE_TIMEOUT = 5.0  # seconds for a client to read what is left and answer the close frame


class Connection(WSListener):
    def __init__(self, hub: Hub, forwarded_for: Sequence[str] = ()) -> None:
        self._hub, self._forwarded_for = hub, forwarded_for
        self._loop = asyncio.get_running_loop()
        self.identity: Identity | None = None
        self.reader: Reader | None = None
        self.is_paused = False
        self._greeted = False
        self._ended = False
        self._network: str | None = None
        self._is_looking = False
        self._watches: dict[UUID, Watch] = {}
        self._bucket = Bucket(hub.settings.frame_burst, hub.settings.frames_per_second)

    # -- the socket

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        transport.underlying_transport.set_write_buffer_limits(high=self._hub.settings.send_buffer_bytes)
        link = transport.underlying_transport.get_extra_info("socket")
        link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self._hub.settings.kernel_buffer_bytes)
        # Straight to the socket's transport: the frame is encoded once, the same bytes go to every reader.
        self.write: Callable[[bytes], None] = transport.underlying_transport.write
        self._hub.waiting[self] = None
        self._deadline = self._loop.call_later(
            self._hub.settings.handshake_timeout_seconds, self.end, Close.no_hello, "say hello first"
        )
        self._count_network()

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002 -- picows' signature
        self._leave()
        if self._network is not None:
            self._hub.by_network.closed(self._network)

    def _count_network(self) -> None:
        """Counts the socket until it is closed, which may be later than its end."""
        peer = self._transport.underlying_transport.get_extra_info("peername")
        self._network = self._hub.proxies.counted_network(peer[0] if peer else "", self._forwarded_for)
        if self._network is not None and not self._hub.by_network.opened(self._network, self._refuse_one_more):
            self._refuse_one_more()

    def _refuse_one_more(self) -> None:
        """Closes at once: whoever opens too many is not waited for."""
        if not self._ended:
            self.end(Close.too_many, "too many connections from this network")
            self._transport.disconnect()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code())
            transport.disconnect()
        elif frame.msg_type in (WSMsgType.PING, WSMsgType.PONG):
            self._count_frame()
        elif self._count_frame():
            try:
                self._take(frame)
            except Exception:
                log.exception("a frame could not be handled")
                self.fail()

    def pause_writing(self) -> None:
        self.is_paused = True
        if self.reader is not None and self.reader.is_live:
            self._loop.call_soon(self.end, Close.too_slow, "too slow: come back with the last id")

    def resume_writing(self) -> None:
        self.is_paused = False
        if self.reader is not None and not self._ended:
            self.reader.resume()

    def end(self, code: int, reason: str) -> None:
        """Closes the socket after frames already written, for a client that reads them within seconds."""
        if self._ended:
            return
        self._leave()
        self._transport.send_close(cast("WSCloseCode", int(code)), reason.encode())
        self._loop.call_later(CLOSE_TIMEOUT, self._abort)

    def fail(self) -> None:
        self.end(WSCloseCode.INTERNAL_ERROR.value, "something went wrong here: come back with the last id")

    def send(self, frame: Frame) -> None:
        if not self._ended:
            self.write(text_frame(to_json(frame)))

    def _abort(self) -> None:
        if not self._transport.is_disconnected:
            self._transport.disconnect(graceful=False)

    def _leave(self) -> None:
        if self._ended:
            return
        self._ended = True
        self._deadline.cancel()
        self._hub.waiting.pop(self, None)
        self._unwatch_all()
        if self.identity is not None:
            self._look(self.identity, on=False)
            self._hub.leave(self, self.identity)

    # -- client frames

    def _count_frame(self) -> bool:
        """Takes a token from the connection's bucket; closes the connection and returns False when it is empty."""
        if self._bucket.take():
            return True
        self.end(Close.too_many, "too many frames")
        return False

    def _take(self, frame: WSFrame) -> None:
        if self._ended:
            return
        if frame.msg_type != WSMsgType.TEXT or not frame.fin:
            self.end(Close.bad_frame, "whole text frames only")
            return
        try:
            received = read(frame.get_payload_as_memoryview())
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.end(Close.bad_frame, "not a frame of this protocol")
            return
        if isinstance(received, Hello):
            self._hello(received)
        elif self.identity is None:
            self.end(Close.no_hello, "say hello first")
        else:
            self._obey(received, self.identity)

    def _obey(self, received: ClientFrame, identity: Identity) -> None:
        if isinstance(received, WatchFrame):
            self._watch(received, identity)
        elif isinstance(received, Unwatch):
            self._unwatch(received.conversation_id)
        elif isinstance(received, Ping):
            self.send(Pong())
        elif isinstance(received, Looking):
            self._look(identity, on=received.on)
        elif isinstance(received, Typing) and (watch := self._watches.get(received.conversation_id)) is not None:
            self._hub.ephemeral.type(watch, on=received.on)

    def _hello(self, hello: Hello) -> None:
        try:
            access = read_access(hello.token, self._hub.settings.token_keys)
        except TokenRefused:
            self.end(Close.token, "the token is not valid or has expired")
            return
        identity, before = access.identity, self.identity
        if identity.session_id in self._hub.revocations:
            self.end(Close.session_ended, "the session has ended")
            return
        if before is not None and (before.tenant_id, before.user_id) != (identity.tenant_id, identity.user_id):
            self.end(Close.token, "the token belongs to somebody else")
            return
        if before is None and not self._hub.has_room(identity):
            self.end(Close.too_many, "too many connections")
            return
        self._deadline.cancel()
        self._deadline = self._loop.call_later(
            (access.expires_at - clock.now()).total_seconds(), self.end, Close.token, "the token has expired"
        )
        self.identity = identity
        if before is None:
            self._hub.waiting.pop(self, None)
            self.reader = self._hub.join(self, identity, hello.since)
        else:
            self._hub.change(self, before, identity)
            if before.profile_id != identity.profile_id:
                self._unwatch_all()
                if self._is_looking:
                    self._hub.look(before, on=False)
                    self._hub.look(identity, on=True)
            if self.reader is not None and self._greeted:
                self.send(self._ready(self.reader.latest, identity))

    def greet(self, cursor: str) -> None:
        """Answers the hello once the reader has its place. Only once: a return of Valkey does not concern the client."""
        if not self._greeted and self.identity is not None:
            self._greeted = True
            self.send(self._ready(cursor, self.identity))

    def _ready(self, cursor: str, identity: Identity) -> Ready:
        return Ready(cursor, identity.session_id, self._hub.settings.ping_after_idle_seconds)

    def _look(self, identity: Identity, *, on: bool) -> None:
        if on != self._is_looking:
            self._is_looking = on
            self._hub.look(identity, on=on)

    # -- ephemeral events

    def revoked(self, conversation_id: UUID) -> None:
        self._unwatch(conversation_id)

    def _watch(self, request: WatchFrame, identity: Identity) -> None:
        try:
            grant = read_grant(request.grant, self._hub.settings.grant_keys)
        except GrantRefused:
            self.send(GrantRejected())
            return
        if not may_send_ephemeral(grant, identity.tenant_id, identity.profile_id) or (
            grant.conversation_id in self._hub.revocations
        ):
            self.send(GrantRejected())
            return
        self._unwatch(grant.conversation_id)
        if len(self._watches) >= self._hub.settings.watches_per_connection:
            self.end(Close.too_many, "too many watches")
            return
        self._watches[grant.conversation_id] = self._hub.ephemeral.watch(grant, self.send)
        self._hub.watchers.setdefault(grant.conversation_id, set()).add(self)

    def _unwatch(self, conversation_id: UUID) -> None:
        watch = self._watches.pop(conversation_id, None)
        if watch is None:
            return
        self._hub.ephemeral.unwatch(watch)
        watchers = self._hub.watchers[conversation_id]
        watchers.discard(self)
        if not watchers:
            del self._hub.watchers[conversation_id]

    def _unwatch_all(self) -> None:
        for conversation_id in list(self._watches):
            self._unwatch(conversation_id)
