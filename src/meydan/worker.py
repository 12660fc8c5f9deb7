"""The worker process: runs jobs and schedules, and sweeps the outbox."""

import asyncio
import logging
import signal

import asyncpg
import uvloop

from meydan import integrations, rooms
from meydan.config import Settings
from meydan.kit import clock, keys, logs
from meydan.kit.database import Database
from meydan.kit.jobs import Worker
from meydan.kit.realtime import Realtime

log = logging.getLogger(__name__)


async def work(settings: Settings) -> None:
    """Works until SIGTERM or SIGINT, then finishes running jobs."""
    rooms.check_complete()
    clock.use_file(settings.clock_file)
    keys.use(keys.Keys(token_key=settings.secrets.token_key, seal_key=settings.secrets.seal_key))
    db = await Database.open(settings.database_settings())
    pool = await asyncpg.create_pool(settings.database.service_url, min_size=1, max_size=4)
    try:
        async with (
            integrations.opened(settings),
            Realtime.opened(settings.valkey.url, db, sweeps=True),
        ):
            worker = Worker(db, pool)
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, worker.stop)
            log.info("the worker is ready")
            await worker.run()
    finally:
        await pool.close()
        await db.close()


def run(settings: Settings) -> None:
    logs.begin(settings.log_level.value)
    uvloop.run(work(settings))
