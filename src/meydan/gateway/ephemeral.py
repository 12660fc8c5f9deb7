"""What may be lost: whether a stranger is here, whether they type. Allowed by a grant, known to no database."""

import asyncio
from collections.abc import Callable
from uuid import UUID

from hiredis import ReplyError

from meydan.gateway.channels import Subscriptions
from meydan.gateway.frames import PresenceChanged, TypingChanged, to_json
from meydan.kit import clock
from meydan.kit.realtime import Frame, Grant, Presence
from meydan.kit.realtime.frames import channel_of_profile, channel_of_user, presence_key, pubsub_channel
from meydan.kit.realtime.presence import REFRESH_EVERY, last_seen, read_presence
from meydan.kit.resp import Reply, Valkey

Send = Callable[[Frame], None]


class Watch:
    """One connection's grant for one conversation."""

    __slots__ = ("grant", "send", "told")

    def __init__(self, grant: Grant, send: Send) -> None:
        self.grant, self.send = grant, send
        self.told: Presence | None = None

    @property
    def is_over(self) -> bool:
        return self.grant.expires_at <= clock.now()

    def tell(self, presence: Presence) -> None:
        if self.is_over or presence == self.told or (presence.online and self.told is not None and self.told.online):
            return
        self.told = presence
        self.send(PresenceChanged(self.grant.conversation_id, presence.online, presence.last_seen_at))


class Whispers:
    """Who in this process watches whom."""

    def __init__(self, valkey: Valkey, subscriptions: Subscriptions) -> None:
        self._valkey, self._subscriptions = valkey, subscriptions
        self._watches: dict[str, set[Watch]] = {}
        self._task: asyncio.Task[None] | None = None
        valkey.on_up(self._look_at_all)

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._look_again(), name="watches")

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
            self._subscriptions.add(pubsub_channel(peer).encode(), lambda message: self._hear(peer, message))
        self._look(peer)
        return watch

    def unwatch(self, watch: Watch) -> None:
        peer = channel_of_profile(watch.grant.tenant_id, watch.grant.peer_profile_id)
        watches = self._watches[peer]
        watches.remove(watch)
        if not watches:
            del self._watches[peer]
            self._subscriptions.remove(pubsub_channel(peer).encode())

    def type(self, watch: Watch, *, on: bool) -> None:
        """To every connection of the stranger, wherever it is."""
        if watch.is_over:
            return
        to = channel_of_user(watch.grant.tenant_id, watch.grant.peer_user_id)
        self._valkey.post("SPUBLISH", pubsub_channel(to), to_json(TypingChanged(watch.grant.conversation_id, on)))

    def _hear(self, peer: str, message: bytes) -> None:
        online, seen = message.split(b" ")
        self._tell(peer, Presence(online=online == b"1", last_seen_at=last_seen(int(seen))))

    def _tell(self, peer: str, presence: Presence) -> None:
        for watch in self._watches.get(peer, ()):
            watch.tell(presence)

    def _look(self, peer: str) -> None:
        def seen(reply: Reply) -> None:
            if not isinstance(reply, ReplyError):
                self._tell(peer, read_presence(reply))

        if self._valkey.is_up:
            self._valkey.ask(seen, "HGETALL", presence_key(peer))

    def _look_at_all(self) -> None:
        for peer in self._watches:
            self._look(peer)

    async def _look_again(self) -> None:
        """A gateway that was killed says no good-bye: its fields expire in silence."""
        while True:
            await asyncio.sleep(REFRESH_EVERY)
            self._look_at_all()


def may_whisper(grant: Grant, tenant_id: int, profile_id: UUID) -> bool:
    return (grant.tenant_id, grant.me_profile_id) == (tenant_id, profile_id)
