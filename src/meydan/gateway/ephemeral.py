"""Ephemeral events: presence and typing indicators. Best effort, never stored; authorised by a grant."""

import asyncio
from collections.abc import Callable
from uuid import UUID

from hiredis import ReplyError

from meydan.gateway.channels import ChannelSubscriptions
from meydan.gateway.frames import PresenceChanged, TypingChanged, to_json
from meydan.kit import clock
from meydan.kit.realtime import Frame, Grant, Presence
from meydan.kit.realtime.frames import channel_of_profile, channel_of_user, presence_key, pubsub_channel
from meydan.kit.realtime.presence import REFRESH_EVERY, last_seen, read_presence
from meydan.kit.valkey import Reply, Valkey

Send = Callable[[Frame], None]


class Watch:
    """A connection's grant for one conversation."""

    __slots__ = ("grant", "last_sent", "send")

    def __init__(self, grant: Grant, send: Send) -> None:
        self.grant, self.send = grant, send
        self.last_sent: Presence | None = None

    @property
    def is_expired(self) -> bool:
        return self.grant.expires_at <= clock.now()

    def send_presence(self, presence: Presence) -> None:
        if (
            self.is_expired
            or presence == self.last_sent
            or (presence.online and self.last_sent is not None and self.last_sent.online)
        ):
            return
        self.last_sent = presence
        self.send(PresenceChanged(self.grant.conversation_id, presence.online, presence.last_seen_at))


class EphemeralEvents:
    """The watches of this process, by the profile they watch."""

    def __init__(self, valkey: Valkey, subscriptions: ChannelSubscriptions) -> None:
        self._valkey, self._subscriptions = valkey, subscriptions
        self._watches: dict[str, set[Watch]] = {}
        self._task: asyncio.Task[None] | None = None
        valkey.on_up(self._read_all)

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._keep_reading(), name="watches")

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def watch(self, grant: Grant, send: Send) -> Watch:
        peer = channel_of_profile(grant.tenant_id, grant.peer_profile_id)
        watch = Watch(grant, send)
        if peer in self._watches:
            self._watches[peer].add(watch)
        else:
            self._watches[peer] = {watch}
            self._subscriptions.add(pubsub_channel(peer).encode(), lambda message: self._on_message(peer, message))
        self._read(peer)
        return watch

    def unwatch(self, watch: Watch) -> None:
        peer = channel_of_profile(watch.grant.tenant_id, watch.grant.peer_profile_id)
        watches = self._watches[peer]
        watches.remove(watch)
        if not watches:
            del self._watches[peer]
            self._subscriptions.remove(pubsub_channel(peer).encode())

    def type(self, watch: Watch, *, on: bool) -> None:
        """Publishes a typing indicator to every connection of the stranger, at any gateway."""
        if watch.is_expired:
            return
        to = channel_of_user(watch.grant.tenant_id, watch.grant.peer_user_id)
        self._valkey.send_nowait(
            "SPUBLISH", pubsub_channel(to), to_json(TypingChanged(watch.grant.conversation_id, on))
        )

    def _on_message(self, peer: str, message: bytes) -> None:
        online, seen = message.split(b" ")
        self._send(peer, Presence(online=online == b"1", last_seen_at=last_seen(int(seen))))

    def _send(self, peer: str, presence: Presence) -> None:
        for watch in self._watches.get(peer, ()):
            watch.send_presence(presence)

    def _read(self, peer: str) -> None:
        def on_reply(reply: Reply) -> None:
            if not isinstance(reply, ReplyError):
                self._send(peer, read_presence(reply))

        if self._valkey.is_up:
            self._valkey.execute_with(on_reply, "HGETALL", presence_key(peer))

    def _read_all(self) -> None:
        for peer in self._watches:
            self._read(peer)

    async def _keep_reading(self) -> None:
        """Reads presence again at intervals, because the fields of a killed gateway expire without a message."""
        while True:
            await asyncio.sleep(REFRESH_EVERY)
            self._read_all()


def may_send_ephemeral(grant: Grant, tenant_id: int, profile_id: UUID) -> bool:
    return (grant.tenant_id, grant.me_profile_id) == (tenant_id, profile_id)
