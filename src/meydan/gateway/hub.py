"""The hub: each connection's user, session and conversations in this process."""

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from meydan.gateway.channels import Channels, ChannelSubscriptions, Reader
from meydan.gateway.ephemeral import EphemeralEvents
from meydan.gateway.frames import Close
from meydan.gateway.presence import PresenceReporter
from meydan.gateway.settings import GatewaySettings
from meydan.kit.identity import Identity
from meydan.kit.networks import OpenConnections, TrustedProxies
from meydan.kit.realtime.frames import channel_of_profile, channel_of_user, looking_channel
from meydan.kit.realtime.revocation import CHANNEL, Revocations
from meydan.kit.valkey import Valkey


class Connection(Protocol):
    """A socket, as the hub sees it."""

    write: Callable[[bytes], None]
    reader: Reader | None
    is_paused: bool

    def greet(self, cursor: str) -> None: ...
    def fail(self) -> None: ...
    def end(self, code: int, reason: str) -> None: ...
    def revoked(self, conversation_id: UUID) -> None: ...


class Hub:
    """Connections by user and session; joins them to their channels and ends them when their session is revoked."""

    def __init__(self, settings: GatewaySettings, valkey: Valkey) -> None:
        self.settings = settings
        # In this order after every reconnect: subscribe, then read what was missed.
        self._subscriptions = ChannelSubscriptions(valkey)
        self._channels = Channels(valkey, self._subscriptions)
        self.ephemeral = EphemeralEvents(valkey, self._subscriptions)
        self.presence = PresenceReporter(valkey)
        self.revocations = Revocations(valkey, self._revoked)
        self._subscriptions.add(CHANNEL, self.revocations.on_message)
        self.proxies = TrustedProxies(settings.trusted_proxies)
        self.by_network = OpenConnections("gateway", settings.connections_per_network, find_valkey=lambda: valkey)
        self.waiting: dict[Connection, None] = {}  # connected, no hello yet; oldest first
        self.watchers: dict[UUID, set[Connection]] = {}  # by conversation
        self._by_user: dict[tuple[int, UUID], set[Connection]] = {}
        self._by_session: dict[UUID, set[Connection]] = {}

    def start(self) -> None:
        self.presence.start()
        self.ephemeral.start()

    def close(self) -> None:
        """Announces that every user has left. The sockets stay open."""
        self.ephemeral.close()
        self.presence.close()

    @property
    def connections(self) -> list[Connection]:
        return [*self.waiting, *(connection for those in self._by_user.values() for connection in those)]

    def has_room(self, identity: Identity) -> bool:
        theirs = self._by_user.get((identity.tenant_id, identity.user_id), ())
        return len(theirs) < self.settings.connections_per_user

    def join(self, connection: Connection, identity: Identity, since: str | None) -> Reader:
        self._by_user.setdefault((identity.tenant_id, identity.user_id), set()).add(connection)
        self._by_session.setdefault(identity.session_id, set()).add(connection)
        self.presence.arrive(channel_of_user(identity.tenant_id, identity.user_id), announced=False)
        self.presence.arrive(channel_of_profile(identity.tenant_id, identity.profile_id), announced=True)
        return self._channels.join(channel_of_user(identity.tenant_id, identity.user_id), connection, since)

    def change(self, connection: Connection, before: Identity, now: Identity) -> None:
        """Applies a new token of the same user, perhaps of another session or of the other face."""
        if before.session_id != now.session_id:
            self._leave_session(connection, before)
            self._by_session.setdefault(now.session_id, set()).add(connection)
        if before.profile_id != now.profile_id:
            self.presence.arrive(channel_of_profile(now.tenant_id, now.profile_id), announced=True)
            self.presence.leave(channel_of_profile(before.tenant_id, before.profile_id))

    def look(self, identity: Identity, *, on: bool) -> None:
        """Counts a page of the user, and of the face, as in sight or not."""
        for whose in (
            channel_of_user(identity.tenant_id, identity.user_id),
            channel_of_profile(identity.tenant_id, identity.profile_id),
        ):
            if on:
                self.presence.arrive(looking_channel(whose), announced=False)
            else:
                self.presence.look_away(looking_channel(whose))

    def leave(self, connection: Connection, identity: Identity) -> None:
        user = identity.tenant_id, identity.user_id
        if connection.reader is not None:
            self._channels.leave(channel_of_user(*user), connection.reader)
        self.presence.leave(channel_of_user(*user))
        self.presence.leave(channel_of_profile(identity.tenant_id, identity.profile_id))
        self._leave_session(connection, identity)
        self._by_user[user].discard(connection)
        if not self._by_user[user]:
            del self._by_user[user]

    def _leave_session(self, connection: Connection, identity: Identity) -> None:
        those = self._by_session[identity.session_id]
        those.discard(connection)
        if not those:
            del self._by_session[identity.session_id]

    def _revoked(self, subject: UUID) -> None:
        for connection in list(self._by_session.get(subject, ())):
            connection.end(Close.session_ended, "the session has ended")
        for connection in list(self.watchers.get(subject, ())):
            connection.revoked(subject)
