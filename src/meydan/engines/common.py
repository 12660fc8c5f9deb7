"""Shared parts of both engines: the ordinary user, ports, secrets, logs, errors."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import ClassVar

from meydan.engines.processes import Child, can_enter, run_as
from meydan.kit.files import remembered_port, write_whole

# Engines get none of our environment: a stray PGDATA or LANG must not reach them.
ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "TZ": "UTC"}
_LOG_LIMIT = 10_000_000
_PORTS = range(20_000, 32_768)  # above is where the system takes ports for outgoing connections


class EngineError(Exception):
    """An engine cannot run. The message says why and what to do."""

    code: ClassVar[str] = "engine_failed"


class NoOrdinaryUser(EngineError):
    code = "no_ordinary_user"


class FolderUnreachable(EngineError):
    code = "folder_unreachable"


class AlreadyRunning(EngineError):
    code = "already_running"


class Engine(ABC):
    """A server with a folder of its own. ``start`` returns when it answers, ``stop`` when it has ended."""

    defaults: ClassVar[dict[str, str]]

    def __init__(self, home: Path, *, programs: Path, settings: dict[str, str] | None = None) -> None:
        self._home = home
        self._programs = programs
        self._settings = {**self.defaults, **(settings or {})}
        self.child: Child | None = None
        self.port = 0

    @property
    def password(self) -> str:
        return (self._home / "password").read_text()

    @abstractmethod
    def start(self, patience: float = 60) -> Child: ...

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop()
            self.child = None


def ordinary_user(data: Path) -> pwd.struct_passwd | None:
    """The user that runs the engines: None for ourselves or, when started by root, another user.

    PostgreSQL refuses to run as root and does not know a user id without a name.
    """
    if os.geteuid() != 0:
        try:
            pwd.getpwuid(os.geteuid())
        except KeyError:
            raise NoOrdinaryUser(
                f"The user id {os.geteuid()} has no name on this machine and PostgreSQL insists on one. Add it to "
                "/etc/passwd (in a container: a user made with `useradd`), or run as another user."
            ) from None
        return None
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return pwd.getpwuid(owner)  # the same as last time
    for name in ("meydan", "postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoOrdinaryUser("PostgreSQL does not run as root and there is no other user: make one with `useradd meydan`.")


def owned_by(path: Path, user: pwd.struct_passwd | None) -> Path:
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)
    return path


def home_folder(path: Path, user: pwd.struct_passwd | None) -> Path:
    """Creates an engine's folder. Under root it stays root's, and the engine's user may only pass through it.

    An engine that is taken over can then place no link where root writes.

    Raises: FolderUnreachable (a parent folder is closed to that user)."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700 if user is None else 0o711)
    if user is not None and not can_enter(path, user):
        raise FolderUnreachable(
            f"Started by root, the engines run as “{user.pw_name}”, who may not enter {path}: one of its parents is "
            "closed to others. Choose a data folder in an open place, for example --data /var/lib/meydan."
        )
    return path


def private_folder(path: Path, user: pwd.struct_passwd | None) -> Path:
    """Creates a folder that only the engine's user can enter."""
    path.mkdir(mode=0o700, exist_ok=True)
    return owned_by(path, user)


def private_file(path: Path, user: pwd.struct_passwd | None) -> Path:
    path.touch(0o600)
    return owned_by(path, user)


def secret(path: Path, user: pwd.struct_passwd | None) -> str:
    """Reads a secret from a file that only its owner can read; creates it once."""
    if not path.exists():
        new = path.with_suffix(".new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(24))
        owned_by(new, user)
        new.rename(path)
    return path.read_text()


def own_port(path: Path) -> int:
    """The port of last time if it is free, else another free one, remembered."""
    if (port := remembered_port(path)) and _is_free(port):
        return port
    port = next(candidate for candidate in _shuffled() if _is_free(candidate))
    write_whole(path, str(port).encode())
    return port


def _shuffled() -> Iterator[int]:
    for _ in range(2_000):
        yield secrets.choice(_PORTS)
    raise EngineError("No free port on 127.0.0.1 between 20000 and 32767.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def rotated_log(path: Path, user: pwd.struct_passwd | None) -> Path:
    """Rotates the log when it is too large and returns it."""
    rotate_log(path)
    return private_file(path, user)


def rotate_log(path: Path) -> None:
    """Rotates a log that is too large, by copying it: its writers append to the same file. One older log is kept.

    A full disk takes no copy. The log is emptied all the same, because its room is needed more.
    """
    if not path.exists() or path.stat().st_size <= _LOG_LIMIT:
        return
    older = path.with_suffix(".old.log")
    with suppress(OSError):
        older.touch(0o600)
        shutil.copyfile(path, older)
    os.truncate(path, 0)


def log_tail(path: Path, characters: int = 1500) -> str:
    return path.read_text(errors="replace")[-characters:].strip() if path.exists() else ""


def wait_until(deadline: float) -> Iterator[None]:
    """Yields every fiftieth of a second until the deadline (of ``time.monotonic``)."""
    while time.monotonic() < deadline:
        yield
        time.sleep(0.02)


def reachable_program(
    package: str, folder: Path, program: str, programs: Path, user: pwd.struct_passwd | None, beside: Path | None = None
) -> Path:
    """The path of ``folder/program``, or of a copy, where the engine's user can run it.

    A virtual environment is often in a home folder that is closed to others. Root then runs a copy in ``programs``,
    with the libraries ``beside``, which the program finds by a relative path.
    """
    if user is None or _runs(folder / program, user):
        return folder / program
    home = programs / f"{package}-{version(package)}"
    if not home.exists():
        programs.mkdir(parents=True, exist_ok=True)
        programs.chmod(0o711)
        shutil.rmtree(new := home.with_name(home.name + ".new"), ignore_errors=True)
        shutil.copytree(folder, new / folder.name, symlinks=True)
        if beside is not None and beside.is_dir():
            shutil.copytree(beside, new / beside.name, symlinks=True)
        for path in (new, *new.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        new.rename(home)
    copy = home / folder.name / program
    if not _runs(copy, user):
        raise FolderUnreachable(
            f"“{user.pw_name}” cannot run {copy}: a parent folder is closed to others, or the file system forbids "
            "programs (noexec). Choose another data folder, for example --data /var/lib/meydan."
        )
    return copy


def _runs(program: Path, user: pwd.struct_passwd) -> bool:
    try:
        return run_as([program, "--version"], user=user, environment=ENVIRONMENT, folder=Path("/")).returncode == 0
    except PermissionError:
        return False
