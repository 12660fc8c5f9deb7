"""Stores and sends messages as the API does, in a process of its own, to be killed.

``run_sender.py <settings as JSON>``. A line "user n" on its input is stored and sent in a transaction; the same line on
its output confirms the commit.
"""

import asyncio
import contextlib
import sys
from uuid import UUID, uuid4

import msgspec
import uvloop
from msgspec import Struct

from meydan.kit.database import CONNECTION_LOST, Database, DatabaseSettings
from meydan.kit.identity import Face, Identity, Role
from meydan.kit.realtime import Frame, Realtime, send_frame


class Needs(Struct):
    database: DatabaseSettings
    valkey_url: str
    tenant_id: int
    sweeps: bool


class Note(Frame, frozen=True):
    n: int


async def send(db: Database, tenant_id: int, line: str) -> None:
    """Answers nothing when no connection is free in time, as on a starved machine: who sent it tries again."""
    with contextlib.suppress(*CONNECTION_LOST):
        await do_send(db, tenant_id, line)


async def do_send(db: Database, tenant_id: int, line: str) -> None:
    user, n = line.split()
    me = Identity(tenant_id, UUID(user), uuid4(), uuid4(), uuid4(), Role.user, Face.real)
    async with db.as_user(me) as tx:
        fresh = await tx.maybe(
            int,
            "insert into app.notes (tenant_id, user_id, n) values ($1, $2, $3) on conflict do nothing returning n",
            me.user_id,
            int(n),
        )
        if fresh is not None:
            await send_frame(tx, me.user_id, Note(int(n)))
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def main() -> None:
    needs = msgspec.json.decode(sys.argv[1], type=Needs)
    db = await Database.open(needs.database)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async with Realtime.opened(needs.valkey_url, db, sweeps=needs.sweeps), asyncio.TaskGroup() as tasks:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while line := (await lines.readline()).decode().strip():
            tasks.create_task(send(db, needs.tenant_id, line))


uvloop.run(main())
