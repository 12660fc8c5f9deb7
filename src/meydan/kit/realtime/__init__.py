"""Realtime for the rooms: send frames to a user, read presence, revoke sessions and grants.

    await send_frame(tx, user_id, MatchMade(match_id, conversation_id))   # a row now, the frame after commit
    await do_revoke(tx, session_id)                                        # reaches every process within a second
    await presence(tenant_id, [profile_id])

A process opens ``Realtime`` once; the functions use the one that is open. A command has none. There, as while Valkey is
down, every user looks offline. Frames stay in the outbox until a worker sweeps it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import asyncpg
from hiredis import ReplyError

from meydan.kit import background
from meydan.kit import valkey as kit_valkey
from meydan.kit.database import CONNECTION_LOST, Database, Tx
from meydan.kit.realtime import outbox
from meydan.kit.realtime import presence as stored_presence
from meydan.kit.realtime.frames import Frame
from meydan.kit.realtime.grants import Grant, GrantRefused, read_grant, sign_grant
from meydan.kit.realtime.outbox import Forwarder, OutboxRow, Sweeper
from meydan.kit.realtime.presence import Presence
from meydan.kit.realtime.revocation import (
    CHANNEL,
    LONGEST_TOKEN,
    WHOLE,
    Ended,
    Revocations,
    ended_lately,
    read_ended,
    revoke_payload,
)
from meydan.kit.runtime import runtime
from meydan.kit.valkey import Reply, Valkey, ValkeyDown

__all__ = [
    "LONGEST_TOKEN",
    "Ended",
    "Forwarder",
    "Frame",
    "Grant",
    "GrantRefused",
    "Presence",
    "Realtime",
    "Sweeper",
    "do_revoke",
    "ended_lately",
    "is_looking",
    "is_revoked",
    "presence",
    "read_grant",
    "send_frame",
    "sign_grant",
    "user_present",
]

log = logging.getLogger(__name__)


class Realtime:
    """The realtime services of a process with a database: forwarder, revocation list and, in a worker, the sweeper."""

    def __init__(self, valkey: Valkey, database: Database) -> None:
        self.valkey, self._database = valkey, database
        self.revocations = Revocations(valkey)
        self._restoring: asyncio.Task[None] | None = None
        self.forwarder = Forwarder(valkey, database)
        self.sweeper = Sweeper(self.forwarder, valkey, database)

    @classmethod
    @asynccontextmanager
    async def opened(cls, valkey_url: str, database: Database, *, sweeps: bool = False) -> "AsyncIterator[Realtime]":
        """Opens the process's Valkey connection too, which rate limits use. ``sweeps`` is set in the worker."""
        async with kit_valkey.opened(valkey_url) as valkey:
            realtime = cls(valkey, database)
            valkey.on_message(b"smessage", realtime._on_message)
            await realtime._restore_at_start()
            valkey.on_up(realtime._ask_whole)
            realtime.forwarder.start()
            if sweeps:
                realtime.sweeper.start()
            try:
                with runtime.using(realtime):
                    yield realtime
            finally:
                if realtime._restoring is not None:
                    await background.end(realtime._restoring)
                await realtime.sweeper.close()
                await realtime.forwarder.close()

    async def _restore_at_start(self) -> None:
        """Knows what ended lately before it serves, though Valkey has lost it or is away."""
        try:
            is_whole = await self.valkey.ask("EXISTS", WHOLE)
        except (ValkeyDown, ReplyError):
            is_whole = 0
        if not is_whole:
            self.revocations.restore(await read_ended(self._database))

    def _ask_whole(self) -> None:
        def on_reply(reply: Reply) -> None:
            if reply == 0 and (self._restoring is None or self._restoring.done()):
                self._restoring = asyncio.get_running_loop().create_task(self._restore(), name="revocations")

        self.valkey.execute_with(on_reply, "EXISTS", WHOLE)

    async def _restore(self) -> None:
        while True:
            try:
                self.revocations.restore(await read_ended(self._database))
            except (*CONNECTION_LOST, asyncpg.PostgresError) as error:
                log.warning("ended sessions could not be read, trying again: %s", error)
                await asyncio.sleep(1)
            else:
                return

    def _on_message(self, channel: bytes, message: bytes) -> None:
        if channel == CHANNEL:
            self.revocations.on_message(message)


async def send_frame(tx: Tx, user_id: UUID, frame: Frame) -> None:
    """Sends the frame to every connection of the user, at least once, if this transaction commits."""
    row = await outbox.do_write_frame(tx, user_id, frame)
    if (realtime := runtime.find(Realtime)) is not None:
        _forward_after_commit(tx, row, realtime)


async def do_revoke(tx: Tx, subject: UUID, *, lasting: timedelta = LONGEST_TOKEN) -> None:
    """Ends a session (by its id) or a conversation's grants (by the conversation's id) before their tokens expire."""
    row = await outbox.do_write(tx, outbox.EVERY_PROCESS, revoke_payload(subject, lasting))
    if (realtime := runtime.find(Realtime)) is not None:
        _forward_after_commit(tx, row, realtime)
        tx.after_commit(lambda: realtime.revocations.on_message(row.payload.encode()))


def is_revoked(subject: UUID) -> bool:
    """Reads this process's own copy of the revocation list."""
    realtime = runtime.find(Realtime)
    return realtime is not None and subject in realtime.revocations


async def presence(tenant_id: int, profile_ids: Iterable[UUID]) -> dict[UUID, Presence]:
    """Presence of each profile, as its strangers may see it."""
    return await stored_presence.presence(kit_valkey.current(), tenant_id, profile_ids)


async def user_present(tenant_id: int, user_ids: Iterable[UUID]) -> dict[UUID, bool]:
    """True for each user with a connection, under either face. For the server's own rules, never for others' eyes."""
    return await stored_presence.users_present(kit_valkey.current(), tenant_id, user_ids)


async def is_looking(tenant_id: int, user_id: UUID, profile_id: UUID | None) -> bool:
    """True while a page of the user is in sight, under this profile if one is given. Unknown counts as False."""
    return await stored_presence.is_looking(kit_valkey.current(), tenant_id, user_id, profile_id)


def _forward_after_commit(tx: Tx, row: OutboxRow, realtime: Realtime) -> None:
    tx.after_commit(lambda: realtime.forwarder.forward(row))
