"""Realtime for the rooms: tell a person, look who is here, end sessions and grants at once.

    await send_frame(tx, user_id, MatchMade(match_id, conversation_id))   # a row now, the frame after commit
    await revoke(tx, session_id)                                    # known to every process within a second
    await presence(tenant_id, [profile_id])

A process opens ``Realtime`` once; the functions use the one that is open. In a process without one (a command) a frame
stays in the outbox until a worker sweeps it, and everybody looks offline: the same as while Valkey is down.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from meydan.kit import valkey as kit_valkey
from meydan.kit.database import Database, Tx
from meydan.kit.realtime import outbox
from meydan.kit.realtime import presence as here
from meydan.kit.realtime.frames import Frame
from meydan.kit.realtime.grants import Grant, GrantRefused, read_grant, sign_grant
from meydan.kit.realtime.outbox import Forwarder, OutboxRow, Sweeper
from meydan.kit.realtime.presence import Presence
from meydan.kit.realtime.revocation import CHANNEL, LONGEST_TOKEN, Revocations, revoke_payload
from meydan.kit.resp import Valkey

__all__ = [
    "Forwarder",
    "Frame",
    "Grant",
    "GrantRefused",
    "Presence",
    "Realtime",
    "Sweeper",
    "is_revoked",
    "presence",
    "read_grant",
    "revoke",
    "sign_grant",
    "send_frame",
    "user_present",
]

_open: "Realtime | None" = None


class Realtime:
    """What a process with a database does for realtime: forward, tidy the outbox, know what is revoked; a worker sweeps."""

    def __init__(self, valkey: Valkey, database: Database) -> None:
        self.valkey = valkey
        self.revocations = Revocations(valkey)
        self.forwarder = Forwarder(valkey, database)
        self.sweeper = Sweeper(self.forwarder, valkey, database)

    @classmethod
    @asynccontextmanager
    async def opened(cls, valkey_url: str, database: Database, *, sweeps: bool = False) -> "AsyncIterator[Realtime]":
        """``sweeps``: in the worker. Opens the process's Valkey connection too, which rate limits use."""
        global _open  # noqa: PLW0603 -- one a process is the point
        async with kit_valkey.opened(valkey_url) as valkey:
            realtime, before = cls(valkey, database), _open
            valkey.on_message(b"smessage", realtime._hear)
            realtime.forwarder.start()
            if sweeps:
                realtime.sweeper.start()
            _open = realtime
            try:
                yield realtime
            finally:
                _open = before
                await realtime.sweeper.close()
                await realtime.forwarder.close()

    def _hear(self, channel: bytes, message: bytes) -> None:
        if channel == CHANNEL:
            self.revocations.hear(message)


async def send_frame(tx: Tx, user_id: UUID, frame: Frame) -> None:
    """The person gets the frame on every connection, once this transaction has committed, whatever crashes after that."""
    told = await outbox.write_frame(tx, user_id, frame)
    if _open is not None:
        _forward_after_commit(tx, told, _open)


async def revoke(tx: Tx, subject: UUID, *, lasting: timedelta = LONGEST_TOKEN) -> None:
    """End a session (its id) or a conversation's whisper grants (the conversation's id) before their tokens end."""
    told = await outbox.write(tx, outbox.NOBODY, revoke_payload(subject, lasting))
    if (realtime := _open) is not None:
        _forward_after_commit(tx, told, realtime)
        tx.after_commit(lambda: realtime.revocations.hear(told.payload.encode()))


def is_revoked(subject: UUID) -> bool:
    """A look into this process's own copy of the list."""
    return _open is not None and subject in _open.revocations


async def presence(tenant_id: int, profile_ids: Iterable[UUID]) -> dict[UUID, Presence]:
    """Of each profile, as its strangers may see it."""
    return await here.presence(_open.valkey if _open else None, tenant_id, profile_ids)


async def user_present(tenant_id: int, user_ids: Iterable[UUID]) -> dict[UUID, bool]:
    """Whether each user holds a connection, under whichever face: for the server's own rules, never for others' eyes."""
    return await here.users_present(_open.valkey if _open else None, tenant_id, user_ids)


def _forward_after_commit(tx: Tx, told: OutboxRow, realtime: Realtime) -> None:
    tx.after_commit(lambda: realtime.forwarder.forward(told))
