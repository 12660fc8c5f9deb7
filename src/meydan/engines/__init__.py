"""Embedded PostgreSQL and Valkey, from wheels that come with ``pip install``.

Only the wheels' programs are used: their own runners widen permissions of parent folders as root, or turn durability off.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from meydan.engines.common import AlreadyRunning, Engine, EngineError, FolderUnreachable, NoOrdinaryUser, rotate_log
from meydan.engines.postgres import PostgresEngine
from meydan.engines.valkey import ValkeyEngine

__all__ = [
    "AlreadyRunning",
    "Engine",
    "EngineError",
    "Engines",
    "FolderUnreachable",
    "NoOrdinaryUser",
    "PostgresEngine",
    "ValkeyEngine",
    "is_running",
    "rotate_log",
]


def is_running(data: Path) -> bool:
    """True while a process runs the engines of this folder."""
    try:
        with (data / "lock").open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


class Engines:
    """Both engines over one data folder: ``with Engines(folder) as engines`` (or ``async with``; start is quick).

    Start them from the main thread: see engines.processes.
    """

    def __init__(
        self,
        data: Path,
        *,
        postgres_settings: dict[str, str] | None = None,
        valkey_settings: dict[str, str] | None = None,
    ) -> None:
        self._data = data.absolute()
        home = self._data / "engines"
        self.postgres = PostgresEngine(home / "postgres", programs=home / "programs", settings=postgres_settings)
        self.valkey = ValkeyEngine(home / "valkey", programs=home / "programs", settings=valkey_settings)
        self._file: TextIO | None = None

    @property
    def postgres_url(self) -> str:
        return self.postgres.url

    @property
    def valkey_url(self) -> str:
        return self.valkey.url

    def start(self) -> None:
        self.acquire_folder()
        try:
            self.postgres.start()
            self.valkey.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        self.valkey.stop()
        self.postgres.stop()
        self.release_folder()

    def acquire_folder(self) -> None:
        """Takes the folder's file lock, against a second run. It ends with the process, so none goes stale."""
        if self._file is not None:
            return
        self._data.mkdir(mode=0o700, parents=True, exist_ok=True)
        engines = self._data / "engines"
        engines.mkdir(exist_ok=True)
        if os.geteuid() == 0:  # the engines' user may pass through to its own folders, but read nothing on the way
            for folder in (self._data, engines):
                folder.chmod(0o711)
        path = self._data / "lock"
        path.touch(0o600)
        file = path.open("r+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = file.read().strip()
            file.close()
            raise AlreadyRunning(
                f"Meydan already runs over {self._data} (process {holder}). Stop it first, or choose another --data."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file

    def release_folder(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
