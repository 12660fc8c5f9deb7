"""Presence in Valkey: of profiles, for their strangers, and of users, for the server alone.

Each has a hash of its own, so that a profile's presence tells nothing about the user. A field stands for each gateway
that holds a connection, and expires by itself when the gateway dies. ``seen`` is the time of the last change.
"""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from msgspec import Struct

from meydan.kit.realtime.frames import channel_of_profile, channel_of_user, looking_channel, presence_key
from meydan.kit.valkey import Reply, Valkey, ValkeyDown

EXPIRES_AFTER = 40  # seconds without a refresh
REFRESH_EVERY = 15.0


class Presence(Struct, frozen=True):
    online: bool
    last_seen_at: datetime | None


UNKNOWN = Presence(online=False, last_seen_at=None)


def last_seen(milliseconds: int) -> datetime:
    """Rounds down to the minute: to the second, a watcher could tie two faces by when they come and go."""
    return datetime.fromtimestamp(milliseconds // 60_000 * 60, UTC)


def read_presence(fields: Reply) -> Presence:
    seen = fields.get(b"seen")
    if seen is None:
        return UNKNOWN
    return Presence(online=len(fields) > 1, last_seen_at=last_seen(int(seen)))


async def _read(valkey: Valkey | None, channels: list[str], *, promptly: bool) -> list[Presence]:
    """Reads presence. ``promptly`` is for a page, which a silent Valkey must not hold; a rule waits until it is known."""
    if valkey is None:
        return [UNKNOWN] * len(channels)
    read = valkey.ask if promptly else valkey.execute
    try:
        answers = await asyncio.gather(*(read("HGETALL", presence_key(channel)) for channel in channels))
    except ValkeyDown:
        return [UNKNOWN] * len(channels)  # nobody can be reached in realtime now: offline
    return [read_presence(fields) for fields in answers]


async def presence(valkey: Valkey | None, tenant_id: int, profile_ids: Iterable[UUID]) -> dict[UUID, Presence]:
    ids = list(dict.fromkeys(profile_ids))
    channels = [channel_of_profile(tenant_id, profile_id) for profile_id in ids]
    return dict(zip(ids, await _read(valkey, channels, promptly=True), strict=True))


async def users_present(valkey: Valkey | None, tenant_id: int, user_ids: Iterable[UUID]) -> dict[UUID, bool]:
    ids = list(dict.fromkeys(user_ids))
    found = await _read(valkey, [channel_of_user(tenant_id, user_id) for user_id in ids], promptly=False)
    return {user_id: presence.online for user_id, presence in zip(ids, found, strict=True)}


async def is_looking(valkey: Valkey | None, tenant_id: int, user_id: UUID, profile_id: UUID | None) -> bool:
    face = channel_of_user(tenant_id, user_id) if profile_id is None else channel_of_profile(tenant_id, profile_id)
    [found] = await _read(valkey, [looking_channel(face)], promptly=True)
    return found.online
