"""Starts a process: builds its runtime from the settings, the same way for the API, the worker and the commands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from meydan import integrations, rooms, tenants
from meydan.config import Settings
from meydan.kit.clock import Clock
from meydan.kit.crypto import age
from meydan.kit.database import SERVING, WORKING, Database, Patience
from meydan.kit.realtime import Realtime
from meydan.kit.runtime import runtime


@asynccontextmanager
async def installation(settings: Settings, patience: Patience = WORKING) -> AsyncIterator[Database]:
    """Clock, keys and database: enough for a command, whose frames a worker forwards."""
    rooms.check_complete()
    journal = tenants.JournalFolder(settings.backup_folder, age.recipients_of(settings.backups.public_keys))
    with runtime.using(Clock(settings.clock_file), settings.secrets.keys(), journal):
        db = await Database.open(settings.database_settings(), patience)
        try:
            yield db
        finally:
            await db.close()


@asynccontextmanager
async def product(settings: Settings, *, sweeps: bool = False) -> AsyncIterator[Database]:
    """An installation with adapters and realtime, for a process that goes on. ``sweeps`` is set in the worker."""
    async with (
        installation(settings, WORKING if sweeps else SERVING) as db,
        integrations.opened(settings),
        Realtime.opened(settings.valkey.url, db, sweeps=sweeps),
    ):
        yield db
