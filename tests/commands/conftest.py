"""`meydan` as a person runs it: in a process of its own, over a folder of its own."""

import multiprocessing
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import msgspec
import psutil
import pytest

from meydan.kit.database import DatabaseSettings
from tests.commands import forked
from tests.own_valkey import own_valkey
from tests.waiting import PATIENCE, wait_until

__all__ = ["own_valkey"]


def clean_environment(**settings: str) -> dict[str, str]:
    return {**{name: value for name, value in os.environ.items() if not name.startswith("MEYDAN_")}, **settings}


_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["meydan.cli", "meydan.rooms"])
_seen: set[str] = set()


def meydan(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The first of a kind as a person starts it; the next ones in forks of a process that has imported the rooms already,
    because importing is most of what a short command does.
    """
    if arguments[0] in _seen:
        return _forked(list(arguments), clean_environment(**settings))
    _seen.add(arguments[0])
    return subprocess.run(
        [sys.executable, "-m", "meydan", *arguments],
        env=clean_environment(**settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def _forked(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory(prefix="meydan-said-") as folder:
        output, errors = Path(folder, "output"), Path(folder, "errors")
        process = _forks.Process(target=forked.run, args=(arguments, environment, output, errors))
        process.start()
        process.join(PATIENCE)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(arguments, PATIENCE)
        return subprocess.CompletedProcess(arguments, process.exitcode, output.read_text(), errors.read_text())


PRODUCTION = {
    "MEYDAN_ENVIRONMENT": "production",
    "MEYDAN_SECRETS_TOKEN_KEY": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c",
    "MEYDAN_SECRETS_SEAL_KEY": "60303ae22b998861bce3b28f33eec1be758a213c86c93c07",
    "MEYDAN_SECRETS_CONTACT_KEY": "4e07408562bedb8b60ce05c1decfe3ad16b72230967de01f",
    "MEYDAN_MAIL_HOST": "smtp.example.org",
}
"""Settings with which a production installation starts."""


class Installation:
    """An installation whose database is the tests' own: for commands that only speak with one."""

    def __init__(self, database: DatabaseSettings, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            f"MEYDAN_DATABASE_{name.upper()}": str(value)
            for name, value in msgspec.structs.asdict(database).items()
            if name.endswith("_url")
        } | {
            "MEYDAN_SECRETS_TOKEN_KEY": "t" * 32,
            "MEYDAN_SECRETS_SEAL_KEY": "s" * 32,
            "MEYDAN_SECRETS_CONTACT_KEY": "c" * 32,
        }

    def meydan(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return meydan(*arguments, "--data", str(self.folder / "data"), **self.environment)


_first = 10_000 + 2_000 * (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 5)
_ports = iter(random.sample(range(_first, _first + 2_000, 2), 1_000))


def free_port() -> int:
    """Below where engines and outgoing connections take theirs, in a range of this worker's, and never the same twice:
    it is taken only later. The gateway takes the next one.
    """
    for port in _ports:
        with socket.socket() as here, socket.socket() as after:
            try:
                here.bind(("127.0.0.1", port))
                after.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise AssertionError("no port is left")


_started: list["subprocess.Popen[bytes]"] = []


class Up:
    """A running `meydan up`."""

    def __init__(
        self,
        data: Path,
        *options: str,
        python: Path | str = sys.executable,
        started_by: Sequence[str] = (),
        **settings: str,
    ) -> None:
        """``started_by``: a command that ends in running what follows it."""
        self.data = data
        self.port = free_port()
        self._log = data.with_suffix(".log")
        with self._log.open("wb") as output:
            self.process = subprocess.Popen(
                [*started_by, python, "-m", "meydan", "up", "--data", str(data), "--port", str(self.port), *options],
                cwd=data.parent,
                env=clean_environment(**settings),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        _started.append(self.process)
        self.scheme = "https" if "--tls" in options else "http"
        self.url = f"{self.scheme}://127.0.0.1:{self.port}"
        wait_until(self._announced)
        assert self.url in self.words

    def _announced(self) -> bool:
        assert self.process.poll() is None, self.words
        return "Stop: Ctrl-C" in self.words

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
            return httpx.get(f"{self.url}/api/health", verify=False, timeout=PATIENCE).status_code == 200
        except httpx.HTTPError:
            return False

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(PATIENCE)


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="meydan-up-"))
    folder.chmod(0o711)  # as root the engines run as somebody else, who has to pass
    yield folder / "data"
    for process in _started:  # those of a story that failed
        process.kill()
        process.wait(PATIENCE)
    _started.clear()
    shutil.rmtree(folder)
