"""A process freezes between its commit and forwarding: the sweeper forwards for it, and once it thaws nothing doubles."""

import asyncio
import signal
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import msgspec
import psutil

from meydan.kit.database import Database, DatabaseSettings
from meydan.kit.realtime import Realtime
from meydan.kit.realtime.frames import channel_of_user, log_key
from meydan.tenants import Tenant
from tests.waiting import patience, until

SENDER = Path(__file__).with_name("run_freezing_sender.py")


async def is_frozen(process: psutil.Process) -> bool:
    return bool(process.status() == psutil.STATUS_STOPPED)


async def test_a_sender_that_freezes_before_forwarding_tells_once(
    db: Database, database_settings: DatabaseSettings, tenant: Tenant, valkey_url: str
) -> None:
    user_id = uuid4()
    needs = {
        "database": msgspec.to_builtins(database_settings),
        "valkey_url": valkey_url,
        "tenant_id": tenant.id,
        "user_id": str(user_id),
    }
    sender = await asyncio.create_subprocess_exec(
        sys.executable, str(SENDER), msgspec.json.encode(needs).decode(), stdout=asyncio.subprocess.PIPE
    )
    try:
        await until(partial(is_frozen, psutil.Process(sender.pid)))
        async with Realtime.opened(valkey_url, db) as worker:
            log = log_key(channel_of_user(tenant.id, user_id))
            assert await worker.valkey.execute("XLEN", log) == 0
            assert await worker.sweeper.lock_and_forward(timedelta()) >= 1
            assert await worker.valkey.execute("XLEN", log) == 1
            sender.send_signal(signal.SIGCONT)
            async with patience():
                assert sender.stdout is not None
                assert await sender.stdout.readline() == b"forwarded\n"
                assert await sender.wait() == 0
            assert await worker.valkey.execute("XLEN", log) == 1
    finally:
        if sender.returncode is None:
            sender.kill()
            await sender.wait()
