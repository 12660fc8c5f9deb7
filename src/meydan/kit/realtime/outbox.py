"""Transactional outbox: frames reach Valkey after the commit that wrote them, at least once.

Rows are written to ``app.outbox`` in the caller's transaction. After commit the same process forwards them. A Valkey
function appends each to its channel's log and publishes it. A duplicate is dropped there by its event id.

A row is deleted two seconds after Valkey took it, once Valkey has answered again on the same connection. By then
its append-only file is on disk, and a server that restarted would have ended that connection. Rows that a crash left
are forwarded by the sweeper.
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

from meydan.kit import background
from meydan.kit.database import CONNECTION_LOST, Database, Tx
from meydan.kit.realtime.frames import Frame, channel_of_user, encode, log_key, pubsub_channel, seen_key
from meydan.kit.realtime.revocation import revoke_command
from meydan.kit.valkey import Part, Reply, Valkey, ValkeyDown

log = logging.getLogger(__name__)

EVERY_PROCESS = UUID(int=0)  # receiver of rows for every process instead of one user

LOG_LENGTH = 1000
LOG_RETENTION = timedelta(hours=1)  # half of it at least; a client that was away longer loads the state anew
CONFIRMED_AFTER = 2.0  # appendfsync everysec writes to disk within two seconds
DELETE_EVERY = 1.0
ORPHANED_AFTER = timedelta(seconds=6)  # a row this old was not forwarded by the process that wrote it
_BATCH = 500
_MAX_UNANSWERED = 10_000  # rows held in memory too while Valkey is down; the sweeper forwards any beyond them


class OutboxRow(Struct, frozen=True):
    """A row of the outbox."""

    tenant_id: int
    id: UUID
    user_id: UUID
    payload: str


def new_event_id() -> UUID:
    """UUIDv7, made here because a person's login may not read the rows that it adds to the outbox.

    Twelve bits below the millisecond keep one process's ids in order, as PostgreSQL's own do.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    random = int.from_bytes(os.urandom(8)) >> 2
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | random)


async def do_write(tx: Tx, user_id: UUID, payload: str) -> OutboxRow:
    """Adds a row, inserted with all others of this transaction in one statement just before commit."""
    row = OutboxRow(tx.tenant_id, new_event_id(), user_id, payload)
    if not tx.pending:
        tx.before_commit(partial(_do_write_all, tx))
    tx.pending.append(row)
    return row


async def _do_write_all(tx: Tx) -> None:
    rows: list[OutboxRow] = [*tx.pending]
    tx.pending.clear()
    if not rows:  # a savepoint rolled them back
        return
    await tx.run(
        """
        insert into app.outbox (tenant_id, id, user_id, payload)
        select $1, pending.id, pending.user_id, pending.payload
        from unnest($2::uuid[], $3::uuid[], $4::text[]) as pending (id, user_id, payload)
        """,
        [row.id for row in rows],
        [row.user_id for row in rows],
        [row.payload for row in rows],
    )


async def do_write_frame(tx: Tx, user_id: UUID, frame: Frame) -> OutboxRow:
    return await do_write(tx, user_id, encode(frame))


def publish_command(channel: str, event_id: UUID, payload: str) -> tuple[Part, ...]:
    """Appends to the channel's log and publishes, once for each event id, in one step."""
    keys = log_key(channel), seen_key(channel, event_id)
    limits = LOG_LENGTH, int(LOG_RETENTION.total_seconds())
    return "FCALL", "tell", 2, *keys, pubsub_channel(channel), *limits, payload


def _command(row: OutboxRow) -> tuple[Part, ...]:
    if row.user_id == EVERY_PROCESS:
        return revoke_command(row.payload)
    return publish_command(channel_of_user(row.tenant_id, row.user_id), row.id, row.payload)


class Forwarder:
    """Forwards rows to Valkey and deletes them once Valkey has confirmed them."""

    def __init__(self, valkey: Valkey, database: Database) -> None:
        self._valkey, self._database = valkey, database
        self._unanswered: dict[tuple[int, UUID], OutboxRow] = {}
        self._unconfirmed: dict[tuple[int, UUID], float] = {}  # rows Valkey has taken, and when
        self._is_refused = False
        self._task: asyncio.Task[None] | None = None
        valkey.on_down(self._unconfirmed.clear)  # it may have lost them: the rows stay for the sweeper
        valkey.on_up(self._forward_unanswered)

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(), name="outbox")

    async def close(self) -> None:
        if self._task is not None:
            await background.end(self._task)

    def forward(self, row: OutboxRow) -> None:
        """Sends without waiting, together with others at a high rate.

        While Valkey is down the row is kept in memory, or left to the sweeper."""
        key = row.tenant_id, row.id
        if len(self._unanswered) < _MAX_UNANSWERED:
            self._unanswered[key] = row

        def on_reply(reply: Reply) -> None:
            self._unanswered.pop(key, None)
            if isinstance(reply, ReplyError):
                self._refused(reply)
            else:
                self._is_refused = False
                self._unconfirmed[key] = time.monotonic()

        with contextlib.suppress(ValkeyDown):
            self._valkey.gather_with(on_reply, *_command(row))

    def _refused(self, why: ReplyError) -> None:
        """Logs the first refusal only (out of memory, most likely): the sweeper retries every row each second."""
        if not self._is_refused:
            log.error("Valkey takes no frames, they stay in the outbox: %s", why)
        self._is_refused = True

    def _forward_unanswered(self) -> None:
        for row in list(self._unanswered.values()):
            self.forward(row)

    async def forward_all(self, rows: Iterable[OutboxRow]) -> None:
        """Forwards the sweeper's rows and returns when Valkey has answered.

        Raises: ValkeyDown."""
        rows = [row for row in rows if (row.tenant_id, row.id) not in self._unconfirmed]
        for row in rows:
            self.forward(row)
        await self._valkey.execute("PING")  # answered after all of them

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(DELETE_EVERY)
            try:
                await self.do_delete_confirmed()
            except ValkeyDown:
                continue
            except (*CONNECTION_LOST, asyncpg.PostgresError) as error:
                log.warning("the outbox could not be tidied, trying again: %s", error)

    async def do_delete_confirmed(self) -> None:
        confirmed_by = time.monotonic() - CONFIRMED_AFTER
        confirmed = [key for key, taken_at in self._unconfirmed.items() if taken_at <= confirmed_by]
        if not confirmed:
            return
        # Alive now, on the same connection: so it was alive, and the same process, for all of the two seconds.
        await self._valkey.execute("PING")
        if any(key not in self._unconfirmed for key in confirmed):
            return  # the connection was lost in between
        await self._database.relay.execute(
            """
            delete from app.outbox o using unnest($1::int[], $2::uuid[]) as confirmed (tenant_id, id)
            where o.tenant_id = confirmed.tenant_id and o.id = confirmed.id
            """,
            [tenant_id for tenant_id, _ in confirmed],
            [event_id for _, event_id in confirmed],
        )
        for key in confirmed:
            self._unconfirmed.pop(key, None)


class Sweeper:
    """Forwards outbox rows that a crashed process left, and every row after Valkey reconnects.

    Safe to run in several processes (``skip locked``); Valkey drops duplicates by event id.
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
            await background.end(self._task)

    async def _run(self) -> None:
        while True:
            # A new connection may mean a server that restarted without its last seconds, or that others could not
            # reach. Then every row is forwarded, however young.
            everything = self._connected.is_set()
            self._connected.clear()
            try:
                if self._valkey.is_up:
                    await self.lock_and_forward(timedelta() if everything else ORPHANED_AFTER)
            except ValkeyDown:
                continue  # reconnecting sets the event
            except (*CONNECTION_LOST, asyncpg.PostgresError) as error:
                log.warning("the outbox could not be swept, trying again: %s", error)
                if everything:
                    self._connected.set()
                await asyncio.sleep(1)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._connected.wait()

    async def lock_and_forward(self, older_than: timedelta) -> int:
        """Forwards rows older than that and returns their number.

        Locks: outbox (rows forwarded, ``skip locked``)."""
        swept, after = 0, (0, UUID(int=0))
        while True:
            async with self._database.relay.acquire() as connection, connection.transaction():
                rows = await connection.fetch(
                    """
                    select tenant_id, id, user_id, payload from app.outbox
                    where created_at <= clock_timestamp() - $1::interval and (tenant_id, id) > ($2, $3)
                    order by tenant_id, id limit $4 for update skip locked
                    """,
                    older_than,
                    *after,
                    _BATCH,
                )
                found = [OutboxRow(**row) for row in rows]
                await self._forwarder.forward_all(found)
            swept += len(found)
            if len(found) < _BATCH:
                return swept
            after = found[-1].tenant_id, found[-1].id
