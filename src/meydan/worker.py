"""The worker process: runs jobs and schedules, and sweeps the outbox."""

import asyncio
import logging
import signal

import uvloop

from meydan import startup
from meydan.config import Settings
from meydan.kit import logs, service_manager, valkey
from meydan.kit.database import SERVING, Pool
from meydan.kit.jobs.heartbeat import beating
from meydan.kit.jobs.worker import Worker
from meydan.kit.runtime import runtime

log = logging.getLogger(__name__)


async def work(settings: Settings) -> None:
    """Works until SIGTERM or SIGINT, then finishes running jobs."""
    async with (
        startup.product(settings, sweeps=True) as db,
        Pool(settings.database.service_url, 4, SERVING) as pool,
        beating(db, runtime.get(valkey.Valkey)),
        service_manager.noted(),
    ):
        worker = Worker(db, pool)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, worker.stop)
        log.info("the worker is ready")
        await worker.run()


def run(settings: Settings) -> None:
    logs.begin(settings.log_level.value)
    uvloop.run(work(settings))
