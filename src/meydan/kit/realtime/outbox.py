"""What is told in a transaction is told for good: a row in the outbox, then Valkey's log, and only much later no row.

The row is written with the change it tells of. After commit the same process forwards it; one Valkey function appends
to the channel's log and publishes, once for each event id. The row is deleted when Valkey has had it for two seconds
and has answered since, on the very connection that took it: by then its append-only file is on disk, and a server that
was started again would not be on the other end of that connection. Whatever a crash leaves, here or there, the sweeper
finds in the table and tells again; what had arrived already is known by its event id.
"""

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from uuid import UUID

import asyncpg
from hiredis import ReplyError
from msgspec import Struct

from meydan.kit.database import CONNECTION_LOST, Database, Tx
from meydan.kit.realtime.frames import Frame, channel_of_user, encode, log_key, pubsub_channel, seen_key
from meydan.kit.realtime.revocation import revoke_command
from meydan.kit.resp import Part, Reply, Valkey, ValkeyDown

log = logging.getLogger(__name__)

NOBODY = UUID(int=0)  # the receiver of rows that are for every process instead of one person

KEPT_ENTRIES = 1000
KEPT_FOR = timedelta(hours=1)  # for a lost connection; who was away longer loads the state anew
SETTLED_AFTER = 2.0  # appendfsync everysec writes to disk within two seconds
DELETE_EVERY = 1.0
LEFT_BEHIND_AFTER = timedelta(seconds=6)  # a row this old was not forwarded by the process that wrote it
_BATCH = 500
_REMEMBERED = 10_000  # frames kept in memory too while Valkey is down; what is beyond them the sweeper forwards


class OutboxRow(Struct, frozen=True):
    """A row of the outbox."""

    tenant_id: int
    id: UUID
    user_id: UUID
    payload: str


def new_event_id() -> UUID:
    """UUIDv7, made here because a person's login may not read what it adds to the outbox.

    Twelve bits below the millisecond keep what one process tells in order, as PostgreSQL's own do.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    random = int.from_bytes(os.urandom(8)) >> 2
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | random)


async def write(tx: Tx, user_id: UUID, payload: str) -> OutboxRow:
    """The row is written with all others of this transaction in one statement, just before it commits."""
    told = OutboxRow(tx.tenant_id, new_event_id(), user_id, payload)
    if not tx.told:
        tx.before_commit(partial(_write_all, tx))
    tx.told.append(told)
    return told


async def _write_all(tx: Tx) -> None:
    rows: list[OutboxRow] = [*tx.told]
    tx.told.clear()
    if not rows:  # a savepoint took them back
        return
    await tx.run(
        "insert into app.outbox (tenant_id, id, user_id, payload) "
        "select $1, told.id, told.user_id, told.payload "
        "from unnest($2::uuid[], $3::uuid[], $4::text[]) as told (id, user_id, payload)",
        [told.id for told in rows],
        [told.user_id for told in rows],
        [told.payload for told in rows],
    )


async def write_frame(tx: Tx, user_id: UUID, frame: Frame) -> OutboxRow:
    return await write(tx, user_id, encode(frame))


def publish_command(channel: str, event_id: UUID, payload: str) -> tuple[Part, ...]:
    """One step in Valkey: once for each event id, into the channel's log and to its listeners."""
    keys = log_key(channel), seen_key(channel, event_id)
    kept = KEPT_ENTRIES, int(KEPT_FOR.total_seconds())
    return "FCALL", "tell", 2, *keys, pubsub_channel(channel), *kept, payload


def _command(told: OutboxRow) -> tuple[Part, ...]:
    if told.user_id == NOBODY:
        return revoke_command(told.payload)
    return publish_command(channel_of_user(told.tenant_id, told.user_id), told.id, told.payload)


class Forwarder:
    """Forwards rows to Valkey and deletes them once Valkey is known to keep them."""

    def __init__(self, valkey: Valkey, database: Database) -> None:
        self._valkey, self._database = valkey, database
        self._unanswered: dict[tuple[int, UUID], OutboxRow] = {}
        self._settling: dict[tuple[int, UUID], float] = {}  # rows Valkey has taken, and when
        self._is_refused = False
        self._task: asyncio.Task[None] | None = None
        valkey.on_down(self._settling.clear)  # it may have lost them: the rows stay for the sweeper
        valkey.on_up(self._forward_unanswered)

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._delete_settled(), name="outbox")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def forward(self, told: OutboxRow) -> None:
        """Does not wait, and does not mind a Valkey that is down: forwarded when it is back, or else by the sweeper."""
        row = told.tenant_id, told.id
        if len(self._unanswered) < _REMEMBERED:
            self._unanswered[row] = told

        def taken(reply: Reply) -> None:
            self._unanswered.pop(row, None)
            if isinstance(reply, ReplyError):
                self._refused(reply)
            else:
                self._is_refused = False
                self._settling[row] = time.monotonic()

        with contextlib.suppress(ValkeyDown):
            self._valkey.ask(taken, *_command(told))

    def _refused(self, why: ReplyError) -> None:
        """Out of memory, most likely. Said once: the sweeper tries every row again each second."""
        if not self._is_refused:
            log.error("Valkey takes no frames, they stay in the outbox: %s", why)
        self._is_refused = True

    def _forward_unanswered(self) -> None:
        for told in list(self._unanswered.values()):
            self.forward(told)

    async def forward_all(self, rows: Iterable[OutboxRow]) -> None:
        """For the sweeper: returns when Valkey has answered; raises ValkeyDown if it has not."""
        rows = [row for row in rows if (row.tenant_id, row.id) not in self._settling]
        for row in rows:
            self.forward(row)
        await self._valkey.call("PING")  # answered after all of them

    async def _delete_settled(self) -> None:
        while True:
            await asyncio.sleep(DELETE_EVERY)
            try:
                await self.delete_settled()
            except ValkeyDown:
                continue
            except (*CONNECTION_LOST, asyncpg.PostgresError) as error:
                log.warning("the outbox could not be tidied, trying again: %s", error)

    async def delete_settled(self) -> None:
        settled_by = time.monotonic() - SETTLED_AFTER
        settled = [row for row, taken_at in self._settling.items() if taken_at <= settled_by]
        if not settled:
            return
        # Alive now, on the same connection: so it was alive, and the same process, for all of the two seconds.
        await self._valkey.call("PING")
        if any(row not in self._settling for row in settled):
            return  # the connection was lost in between
        await self._database.relay.execute(
            "delete from app.outbox o using unnest($1::int[], $2::uuid[]) as settled (tenant_id, id)"
            " where o.tenant_id = settled.tenant_id and o.id = settled.id",
            [tenant_id for tenant_id, _ in settled],
            [event_id for _, event_id in settled],
        )
        for row in settled:
            self._settling.pop(row, None)


class Sweeper:
    """Forwards what a crash left behind; after Valkey was lost from sight, everything that is still there.

    Several may run: each takes rows that no other holds, and telling twice says nothing twice.
    """

    def __init__(self, forwarder: Forwarder, valkey: Valkey, database: Database) -> None:
        self._forwarder, self._valkey, self._database = forwarder, valkey, database
        self._connected = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        valkey.on_up(self._connected.set)

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(), name="sweeper")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            # A new connection may mean a server that was started again without its last seconds, or one that others
            # could not reach: nothing in the table is too young then.
            everything = self._connected.is_set()
            self._connected.clear()
            try:
                if self._valkey.is_up:
                    await self.sweep(timedelta() if everything else LEFT_BEHIND_AFTER)
            except ValkeyDown:
                continue  # its return sets the event
            except (*CONNECTION_LOST, asyncpg.PostgresError) as error:
                log.warning("the outbox could not be swept, trying again: %s", error)
                if everything:
                    self._connected.set()
                await asyncio.sleep(1)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._connected.wait()

    async def sweep(self, older_than: timedelta) -> int:
        """How many rows were handed to Valkey."""
        swept, after = 0, (0, UUID(int=0))
        while True:
            async with self._database.relay.acquire() as connection, connection.transaction():
                rows = await connection.fetch(
                    "select tenant_id, id, user_id, payload from app.outbox"
                    " where created_at <= clock_timestamp() - $1::interval and (tenant_id, id) > ($2, $3)"
                    " order by tenant_id, id limit $4 for update skip locked",
                    older_than,
                    *after,
                    _BATCH,
                )
                told = [OutboxRow(**row) for row in rows]
                await self._forwarder.forward_all(told)
            swept += len(told)
            if len(told) < _BATCH:
                return swept
            after = told[-1].tenant_id, told[-1].id
