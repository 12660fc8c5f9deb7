"""A Valkey of one's own, to be killed, frozen or emptied."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from meydan.engines import ValkeyEngine


class OwnValkey:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._engine = ValkeyEngine(folder / "valkey", programs=folder / "programs")
        self._engine.start()
        self.url = self._engine.url

    def kill(self) -> None:
        child = self._engine.child
        assert child is not None
        os.kill(child.pid, signal.SIGKILL)
        child.wait_stopped()

    def freeze(self) -> None:
        """Stops it in the middle: its socket stays open and takes requests."""
        assert self._engine.child is not None
        os.kill(self._engine.child.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._engine.child is not None
        os.kill(self._engine.child.pid, signal.SIGCONT)

    def start(self) -> None:
        """Again, over what is left on disk, at the same address."""
        self._engine.start()
        assert self._engine.url == self.url

    def lose_everything(self) -> None:
        """Killed, and back with an empty disk."""
        self.kill()
        shutil.rmtree(self._folder / "valkey/data/appendonlydir")
        self.start()

    def append_only_file(self) -> Path:
        return max(self._folder.glob("valkey/data/appendonlydir/*.incr.aof"), key=lambda file: file.stat().st_mtime)

    def stop(self) -> None:
        if self._engine.child is not None:
            self.thaw()
        self._engine.stop()


@pytest.fixture
def own_valkey() -> Iterator[OwnValkey]:
    folder = Path(tempfile.mkdtemp(prefix="meydan-valkey-"))
    folder.chmod(0o755)
    valkey = OwnValkey(folder)
    yield valkey
    valkey.stop()
    shutil.rmtree(folder)
