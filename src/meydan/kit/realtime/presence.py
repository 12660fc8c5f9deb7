"""Who is here. A profile is seen by its strangers, a user by the server alone; neither says anything about the other.

One hash each: a field for every gateway that holds a connection, which expires by itself when the gateway dies, and the
time it was last seen.
"""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from msgspec import Struct

from meydan.kit.realtime.frames import channel_of_profile, channel_of_user, presence_key
from meydan.kit.resp import Reply, Valkey, ValkeyDown

EXPIRES_AFTER = 40  # seconds without a refresh
REFRESH_EVERY = 15.0


class Presence(Struct, frozen=True):
    online: bool
    last_seen_at: datetime | None


UNKNOWN = Presence(online=False, last_seen_at=None)


def last_seen(milliseconds: int) -> datetime:
    """To the minute: closer would let a watcher tie two faces by the second at which they come and go."""
    return datetime.fromtimestamp(milliseconds // 60_000 * 60, UTC)


def read_presence(fields: Reply) -> Presence:
    seen = fields.get(b"seen")
    if seen is None:
        return UNKNOWN
    return Presence(online=len(fields) > 1, last_seen_at=last_seen(int(seen)))


async def _read(valkey: Valkey | None, channels: list[str]) -> list[Presence]:
    if valkey is None:
        return [UNKNOWN] * len(channels)
    try:
        answers = await asyncio.gather(*(valkey.call("HGETALL", presence_key(channel)) for channel in channels))
    except ValkeyDown:
        return [UNKNOWN] * len(channels)  # nobody can be reached in realtime now, which is what offline means
    return [read_presence(fields) for fields in answers]


async def presence(valkey: Valkey | None, tenant_id: int, profile_ids: Iterable[UUID]) -> dict[UUID, Presence]:
    ids = list(dict.fromkeys(profile_ids))
    return dict(
        zip(ids, await _read(valkey, [channel_of_profile(tenant_id, profile_id) for profile_id in ids]), strict=True)
    )


async def users_present(valkey: Valkey | None, tenant_id: int, user_ids: Iterable[UUID]) -> dict[UUID, bool]:
    ids = list(dict.fromkeys(user_ids))
    found = await _read(valkey, [channel_of_user(tenant_id, user_id) for user_id in ids])
    return {user_id: presence.online for user_id, presence in zip(ids, found, strict=True)}
