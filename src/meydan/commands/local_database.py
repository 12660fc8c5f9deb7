"""Database of a command: the running one, or the data folder's own, started for the command."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from meydan.config import Settings, default_data, load_settings
from meydan.engines import AlreadyRunning, Engines

if TYPE_CHECKING:
    from meydan.kit.database import Database


@contextmanager
def running_database(data: Path | None) -> Iterator[Settings]:
    """Settings whose database answers. Starts none when its URL is set, or while `up` runs."""
    data = (data or default_data()).absolute()
    engines = Engines(data)
    if not (data / "engines/postgres/data").exists():
        yield load_settings(data)
        return
    try:
        engines.acquire_folder()
    except AlreadyRunning:
        yield load_settings(data)
        return
    try:
        engines.postgres.start()
        yield load_settings(data)
    finally:
        engines.stop()


@asynccontextmanager
async def product(settings: Settings) -> AsyncIterator[Database]:
    """Opens the database and registers the rooms. Frames wait in the outbox until a worker forwards them."""
    from meydan import startup
    from meydan.commands import PlainError

    if not (settings.database.service_url and not settings.secrets.missing):
        raise PlainError(f"There is no installation in {settings.data}. `meydan up` makes one; --data names another.")
    async with startup.installation(settings) as db:
        yield db


async def tenant_id_of(db: Database, slug: str) -> int:
    from meydan import tenants
    from meydan.commands import PlainError

    try:
        return (await tenants.Directory(db).find("", slug, closed_too=True)).id
    except tenants.UnknownTenant:
        raise PlainError(f"There is no community called {slug}. `meydan tenant list` shows them.") from None
