"""Revocation list: session ids, and conversation ids of grants, that end before their tokens expire.

The list is a sorted set in Valkey (id, until when), with a channel for additions. Every process that checks tokens
keeps a copy and reads the whole list again after each new connection. A check is a dictionary lookup.

While Valkey is down the copy stays valid, and new revocations wait in the outbox. Until they arrive an access token
lives at most its ten minutes; the database refuses a refresh at once. Refusing everybody instead would turn Valkey's
outage into everyone's.

Valkey may lose the list with its data. Every process therefore says again what its copy has more, on each new connection.
A process with a database reads what ended lately from it, when the mark of a whole list is missing.
"""

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from hiredis import ReplyError
from msgspec import Struct

from meydan.kit.database import Database, Tx
from meydan.kit.valkey import Part, Reply, Valkey

KEY = "revoked:{revoked}"
WHOLE = "revoked:{revoked}:whole"  # lost with the list, so that its absence tells of the loss
CHANNEL = b"ch:{revoked}"
LONGEST_TOKEN = timedelta(minutes=10)
_TIDY_AT_LEAST = 1000


class Ended(Struct, frozen=True):
    """A session or conversation that ended lately."""

    subject: UUID
    seconds: float
    """For so long may its tokens still live."""


Source = Callable[[Tx], Awaitable[list[Ended]]]
_sources: list[Source] = []


def ended_lately(source: Source) -> Source:
    """Registers a room's reader of what ended in the last ``LONGEST_TOKEN`` in one tenant."""
    _sources.append(source)
    return source


async def read_ended(db: Database) -> list[Ended]:
    """Everything that ended lately, of all active tenants."""
    ended: list[Ended] = []
    for tenant_id in await db.tenant_ids():
        async with db.as_service(tenant_id) as tx:
            for source in _sources:
                ended += await source(tx)
    return ended


def revoke_payload(subject: UUID, lasting: timedelta) -> str:
    return f"{int((time.time() + lasting.total_seconds()) * 1000)} {subject}"


def revoke_command(payload: str) -> tuple[Part, ...]:
    until, subject = payload.split(" ")
    return "FCALL", "revoke", 1, KEY, CHANNEL, subject, until


class Revocations:
    """This process's copy of the revocation list."""

    def __init__(self, valkey: Valkey, on_revoked: Callable[[UUID], None] | None = None) -> None:
        self._valkey = valkey
        self._until: dict[UUID, int] = {}
        self._tidy_at = _TIDY_AT_LEAST
        self._on_revoked = on_revoked
        valkey.on_up(self._reload)

    def __contains__(self, subject: UUID) -> bool:
        until = self._until.get(subject)
        return until is not None and until > time.time() * 1000

    def on_message(self, message: bytes) -> None:
        """Adds the revocation in a message of the channel, or one of this process's own ahead of it."""
        until, subject = message.split(b" ")
        self._add(UUID(subject.decode()), int(until))

    def restore(self, ended: list[Ended]) -> None:
        """Adds what ended lately, and says all that this process knows to a Valkey that has lost its list."""
        now = time.time() * 1000
        for one in ended:
            self._add(one.subject, int(now + one.seconds * 1000))
        self._say(self._until)
        self._valkey.send_nowait("SET", WHOLE, "1")

    def _say(self, until: dict[UUID, int]) -> None:
        for subject, at in until.items():
            self._valkey.send_nowait(*revoke_command(f"{at} {subject}"))

    def _reload(self) -> None:
        # Subscribes first: a revocation made while the list is read comes as a message.
        self._valkey.subscribe(CHANNEL)
        self._valkey.execute_with(
            self._on_list, "ZRANGE", KEY, int(time.time() * 1000), "+inf", "BYSCORE", "WITHSCORES"
        )

    def _on_list(self, reply: Reply) -> None:
        if isinstance(reply, ReplyError):
            raise reply
        self._drop_expired()
        listed = {UUID(subject.decode()): int(until) for subject, until in reply}
        self._say({subject: until for subject, until in self._until.items() if listed.get(subject, 0) < until})
        for subject, until in listed.items():
            self._add(subject, until)

    def _drop_expired(self) -> None:
        now = time.time() * 1000
        self._until = {subject: until for subject, until in self._until.items() if until > now}
        self._tidy_at = max(_TIDY_AT_LEAST, 2 * len(self._until))

    def _add(self, subject: UUID, until: int) -> None:
        if until <= self._until.get(subject, 0):
            return
        if len(self._until) >= self._tidy_at:
            self._drop_expired()
        self._until[subject] = until
        if self._on_revoked is not None:
            self._on_revoked(subject)
