"""What has ended before its token has: session ids and conversations whose grants count no more.

The list is a sorted set in Valkey (id, until when) and a channel that says what is new. Every process that checks
tokens keeps its own copy and reads the whole list again after each new connection, so a check costs a look into a
dictionary. While Valkey is down the copy it has goes on counting: what is revoked meanwhile is known when Valkey is
back (it stands in the outbox until then). Until then an access token lives at most its ten minutes, and a refresh
is refused by the database whatever Valkey does. Refusing everybody instead would make Valkey's outage everyone's.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from hiredis import ReplyError

from meydan.kit.resp import Part, Reply, Valkey

KEY = "revoked:{revoked}"
CHANNEL = b"ch:{revoked}"
LONGEST_TOKEN = timedelta(minutes=10)
_TIDY_AT_LEAST = 1000


def revoke_payload(subject: UUID, lasting: timedelta) -> str:
    return f"{int((time.time() + lasting.total_seconds()) * 1000)} {subject}"


def revoke_command(payload: str) -> tuple[Part, ...]:
    until, subject = payload.split(" ")
    return "FCALL", "revoke", 1, KEY, CHANNEL, subject, until


class Revocations:
    """This process's copy of the list."""

    def __init__(self, valkey: Valkey, on_revoked: Callable[[UUID], None] | None = None) -> None:
        self._valkey = valkey
        self._until: dict[UUID, int] = {}
        self._tidy_at = _TIDY_AT_LEAST
        self._on_revoked = on_revoked
        valkey.on_up(self._read_again)

    def __contains__(self, subject: UUID) -> bool:
        until = self._until.get(subject)
        return until is not None and until > time.time() * 1000

    def hear(self, message: bytes) -> None:
        """A message of the channel, or this process's own news ahead of it."""
        until, subject = message.split(b" ")
        self._add(UUID(subject.decode()), int(until))

    def _read_again(self) -> None:
        # Subscribed first: what is revoked while the list is read comes as a message.
        self._valkey.order("SSUBSCRIBE", CHANNEL)
        self._valkey.ask(self._listed, "ZRANGE", KEY, int(time.time() * 1000), "+inf", "BYSCORE", "WITHSCORES")

    def _listed(self, reply: Reply) -> None:
        if isinstance(reply, ReplyError):
            raise reply
        self._forget_what_is_over()
        for subject, until in reply:
            self._add(UUID(subject.decode()), int(until))

    def _forget_what_is_over(self) -> None:
        now = time.time() * 1000
        self._until = {subject: until for subject, until in self._until.items() if until > now}
        self._tidy_at = max(_TIDY_AT_LEAST, 2 * len(self._until))

    def _add(self, subject: UUID, until: int) -> None:
        if until <= self._until.get(subject, 0):
            return
        if len(self._until) >= self._tidy_at:
            self._forget_what_is_over()
        self._until[subject] = until
        if self._on_revoked is not None:
            self._on_revoked(subject)
