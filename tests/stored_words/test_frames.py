"""Frames and notifications that waited are what clients know."""

import json
from collections.abc import Iterator
from datetime import timedelta

from meydan import (
    rooms,  # noqa: F401 -- registers every room's jobs and settings
)
from meydan.kit.realtime import Frame, Realtime
from meydan.kit.realtime.frames import channel_of_user, log_key
from meydan.kit.realtime.outbox import EVERY_PROCESS
from meydan.notifications.inbox import Code
from tests.stored_words.older import Moved


async def test_frames_that_nobody_has_forwarded_are_forwarded(moved: Moved, valkey_url: str):
    tags = {kind.__struct_config__.tag for kind in _frames(Frame)}
    frames = [row for row in moved.before.outbox if row["user_id"] != EVERY_PROCESS]
    assert {json.loads(row["payload"])["t"] for row in frames} <= tags
    async with Realtime.opened(valkey_url, moved.db) as realtime:
        assert await realtime.sweeper.lock_and_forward(timedelta()) >= len(moved.before.outbox)
        for row in frames:
            key = log_key(channel_of_user(row["tenant_id"], row["user_id"]))
            logged = [fields[1] for _, fields in await realtime.valkey.execute("XRANGE", key, "-", "+")]
            assert row["payload"].encode() in logged


def _frames(kind: type[Frame]) -> Iterator[type[Frame]]:
    for one in kind.__subclasses__():
        yield one
        yield from _frames(one)


async def test_notifications_say_what_clients_know(moved: Moved):
    assert set(moved.before.codes) <= {code.value for code in Code}
