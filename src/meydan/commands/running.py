"""A database to work on: the one that runs, or the data folder's own, started for as long as it takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from meydan.config import Settings, default_data, load_settings
from meydan.kit.engines import AlreadyRunning, Engines


@contextmanager
def running_database(data: Path | None) -> Iterator[Settings]:
    """Settings whose database answers. Nothing is started when its address was given, or while `up` runs."""
    data = (data or default_data()).absolute()
    engines = Engines(data)
    if not (data / "engines/postgres/data").exists():
        yield load_settings(data)
        return
    try:
        engines.lock()
    except AlreadyRunning:
        yield load_settings(data)
        return
    try:
        engines.postgres.start()
        yield load_settings(data)
    finally:
        engines.stop()
