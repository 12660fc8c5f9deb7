"""`meydan` as a person runs it: in a process of its own, over a folder of its own."""

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest


def clean_environment(**settings: str) -> dict[str, str]:
    return {**{name: value for name, value in os.environ.items() if not name.startswith("MEYDAN_")}, **settings}


def meydan(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "meydan", *arguments],
        env=clean_environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def free_port() -> int:
    """Below where the system takes ports for outgoing connections; the gateway takes the next one."""
    while True:
        port = random.randrange(20_000, 32_000, 2)
        with socket.socket() as here, socket.socket() as after:
            try:
                here.bind(("127.0.0.1", port))
                after.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


class Up:
    """A running `meydan up`."""

    def __init__(self, data: Path, *options: str, python: Path | str = sys.executable, **settings: str) -> None:
        self.data = data
        self.port = free_port()
        self._log = data.with_suffix(".log")
        began = time.monotonic()
        with self._log.open("wb") as output:
            self.process = subprocess.Popen(
                [python, "-m", "meydan", "up", "--data", str(data), "--port", str(self.port), *options],
                cwd=data.parent,
                env=clean_environment(**settings),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self.scheme = "https" if "--tls" in options else "http"
        self.url = f"{self.scheme}://127.0.0.1:{self.port}"
        while "Stop: Ctrl-C" not in self.words:
            assert self.process.poll() is None, self.words
            assert time.monotonic() - began < 60, self.words
            time.sleep(0.02)
        assert self.url in self.words
        self.seconds = time.monotonic() - began

    @property
    def words(self) -> str:
        return self._log.read_text()

    def parts(self) -> dict[str, psutil.Process]:
        names = {"postgres": "PostgreSQL", "valkey-server": "Valkey"}
        found = {}
        for child in psutil.Process(self.process.pid).children():
            try:
                program, command = Path(child.exe()).name, child.cmdline()
            except psutil.NoSuchProcess:  # it ended between two looks
                continue
            if command:
                found[names.get(program) or command[-1]] = child
        return found

    def healthy(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/health", verify=False, timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(30)


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="meydan-up-"))
    folder.chmod(0o711)  # as root the engines run as somebody else, who has to pass
    yield folder / "data"
    shutil.rmtree(folder)


def wait_until(happened: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
