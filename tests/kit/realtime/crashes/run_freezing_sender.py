"""Commits a frame and freezes before it forwards it: ``run_freezing_sender.py <settings as JSON>``.

Woken (SIGCONT), it forwards, waits for Valkey's answer and says "forwarded".
"""

import os
import signal
import sys
from uuid import UUID, uuid4

import msgspec
import uvloop
from msgspec import Struct

from meydan.kit.database import Database, DatabaseSettings
from meydan.kit.identity import Face, Identity, Role
from meydan.kit.realtime import Frame, Realtime, send_frame


class Needs(Struct):
    database: DatabaseSettings
    valkey_url: str
    tenant_id: int
    user_id: UUID


class Note(Frame, frozen=True):
    n: int


async def main() -> None:
    needs = msgspec.json.decode(sys.argv[1], type=Needs)
    me = Identity(needs.tenant_id, needs.user_id, uuid4(), uuid4(), uuid4(), Role.user, Face.real)
    db = await Database.open(needs.database)
    async with Realtime.opened(needs.valkey_url, db) as realtime:
        async with db.as_user(me) as tx:
            tx.after_commit(lambda: os.kill(os.getpid(), signal.SIGSTOP))
            await send_frame(tx, me.user_id, Note(1))
        await realtime.valkey.execute("PING")
        sys.stdout.write("forwarded\n")
        sys.stdout.flush()
    await db.close()


uvloop.run(main())
