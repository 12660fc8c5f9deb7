"""Says in Valkey who is connected here, as long as they are: a profile for its strangers, a user for the server's rules."""

import asyncio
import secrets
from collections import Counter

from meydan.kit.realtime.frames import presence_key, pubsub_channel
from meydan.kit.realtime.presence import EXPIRES_AFTER, REFRESH_EVERY
from meydan.kit.resp import Valkey

LINGER = 2.0  # a page that is loaded again, or a phone between two networks, is not somebody who left
_BATCH = 500


class Here:
    """Counts this gateway's connections of each profile and user."""

    def __init__(self, valkey: Valkey) -> None:
        self._valkey = valkey
        self._gateway = secrets.token_hex(6)
        self._connections: Counter[str] = Counter()
        self._audible: dict[str, bool] = {}  # whether a change is told to watchers: of profiles, not of users
        self._task: asyncio.Task[None] | None = None
        valkey.on_up(self._all_arrive)

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._refresh(), name="presence")

    def close(self) -> None:
        """Everybody leaves at once."""
        if self._task is not None:
            self._task.cancel()
        for channel in self._connections:
            self._say_left(channel)
        self._connections.clear()

    def arrive(self, channel: str, *, audible: bool) -> None:
        self._connections[channel] += 1
        if self._connections[channel] == 1:
            self._audible[channel] = audible
            self._say_here(channel)

    def leave(self, channel: str) -> None:
        asyncio.get_running_loop().call_later(LINGER, self._left, channel)

    def _left(self, channel: str) -> None:
        if channel not in self._connections:
            return  # closed meanwhile
        self._connections[channel] -= 1
        if self._connections[channel] == 0:
            self._say_left(channel)
            del self._connections[channel], self._audible[channel]

    def _say_here(self, channel: str) -> None:
        self._valkey.post(
            "FCALL", "arrive", 1, presence_key(channel), self._told(channel), self._gateway, EXPIRES_AFTER
        )

    def _say_left(self, channel: str) -> None:
        self._valkey.post("FCALL", "leave", 1, presence_key(channel), self._told(channel), self._gateway)

    def _told(self, channel: str) -> str:
        return pubsub_channel(channel) if self._audible[channel] else ""

    def _all_arrive(self) -> None:
        for channel in self._connections:
            self._say_here(channel)

    async def _refresh(self) -> None:
        """In batches, so that a hundred thousand connections do not hold Valkey up in one moment."""
        while True:
            await asyncio.sleep(REFRESH_EVERY)
            channels = list(self._connections)
            for start in range(0, len(channels), _BATCH):
                for channel in channels[start : start + _BATCH]:
                    if channel in self._connections:
                        self._say_here(channel)
                await asyncio.sleep(0.01)
