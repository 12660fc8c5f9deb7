"""Reports this gateway's connections to Valkey: of profiles, for their strangers, and of users, for the server's rules.

Pages in sight have channels of their own, which nobody but the server reads."""

import asyncio
import secrets
from collections import Counter

from meydan.kit.realtime.frames import presence_key, pubsub_channel
from meydan.kit.realtime.presence import EXPIRES_AFTER, REFRESH_EVERY
from meydan.kit.valkey import Valkey

LINGER = 2.0  # seconds; a page that reloads or a phone between two networks has not left
_BATCH = 500


class PresenceReporter:
    """Counts this gateway's connections of each profile and user, and reports the first and the last."""

    def __init__(self, valkey: Valkey) -> None:
        self._valkey = valkey
        self._gateway = secrets.token_hex(6)
        self._connections: Counter[str] = Counter()
        self._announced: dict[str, bool] = {}  # True for profiles: changes are published to watchers
        self._task: asyncio.Task[None] | None = None
        valkey.on_up(self._report_all)

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._refresh(), name="presence")

    def close(self) -> None:
        """Reports the departure of every connection."""
        if self._task is not None:
            self._task.cancel()
        for channel in self._connections:
            self._report_departure(channel)
        self._connections.clear()

    def arrive(self, channel: str, *, announced: bool) -> None:
        self._connections[channel] += 1
        if self._connections[channel] == 1:
            self._announced[channel] = announced
            self._report_arrival(channel)

    def leave(self, channel: str) -> None:
        asyncio.get_running_loop().call_later(LINGER, self._left, channel)

    def look_away(self, channel: str) -> None:
        """Counts a page in sight no more, at once: who looked away gets push messages from now on."""
        self._left(channel)

    def _left(self, channel: str) -> None:
        if channel not in self._connections:
            return  # closed meanwhile
        self._connections[channel] -= 1
        if self._connections[channel] == 0:
            self._report_departure(channel)
            del self._connections[channel], self._announced[channel]

    def _report_arrival(self, channel: str) -> None:
        self._valkey.send_nowait(
            "FCALL", "arrive", 1, presence_key(channel), self._channel_for(channel), self._gateway, EXPIRES_AFTER
        )

    def _report_departure(self, channel: str) -> None:
        self._valkey.send_nowait("FCALL", "leave", 1, presence_key(channel), self._channel_for(channel), self._gateway)

    def _channel_for(self, channel: str) -> str:
        return pubsub_channel(channel) if self._announced[channel] else ""

    def _report_all(self) -> None:
        for channel in self._connections:
            self._report_arrival(channel)

    async def _refresh(self) -> None:
        """Refreshes in batches, so that a hundred thousand connections never block Valkey."""
        while True:
            await asyncio.sleep(REFRESH_EVERY)
            channels = list(self._connections)
            for start in range(0, len(channels), _BATCH):
                for channel in channels[start : start + _BATCH]:
                    if channel in self._connections:
                        self._report_arrival(channel)
                await asyncio.sleep(0.01)
