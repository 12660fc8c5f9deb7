"""Child processes that end with the process that started them, kill -9 included."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

# Waits for the end of its standard input, which only the parent holds, then signals the other child.
_WATCH = 'while read -r _; do :; done; kill -s "$1" "$2" 2>/dev/null'


class Child:
    """A running program. ``stop`` sends its signal first, and kills only after ``patience`` seconds."""

    def __init__(
        self, process: subprocess.Popen[bytes], watcher: subprocess.Popen[bytes] | None, end: signal.Signals
    ) -> None:
        self.process = process
        self._watcher = watcher
        self._end = end

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def stop(self, patience: float = 30) -> None:
        self.ask_to_stop()
        self.wait_stopped(patience)

    def ask_to_stop(self) -> None:
        if self.running:
            self.process.send_signal(self._end)

    def wait_stopped(self, patience: float = 30) -> None:
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.forget()

    def forget(self) -> None:
        """Ends the watcher of an ended process, whose id may soon belong to another."""
        if self._watcher is not None:
            self._watcher.kill()
            self._watcher.wait()
            if self._watcher.stdin is not None:
                self._watcher.stdin.close()
            self._watcher = None


def start_child(
    command: Sequence[str | Path],
    *,
    end: signal.Signals = signal.SIGTERM,
    user: pwd.struct_passwd | None = None,
    output: IO[bytes] | int = subprocess.DEVNULL,
    environment: Mapping[str, str] | None = None,
    keep_open: Sequence[int] = (),
    folder: Path = Path("/"),
    use_setpriv: bool | None = None,
) -> Child:
    """Starts a program that gets the signal ``end`` when this process ends, by kill -9 too.

    Call it from the main thread: Linux sends the signal when the *thread* that started a child ends. The child has a
    session of its own. Ctrl-C in a terminal goes to a whole group, and we stop children in order.
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" and use_setpriv is not False else None
    words = [str(word) for word in command]
    if setpriv:
        # Becoming another user clears the death signal, so setpriv does both, in its order.
        become = (
            [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--no-new-privs"] if user else []
        )
        words = [setpriv, f"--pdeathsig={end.name.removeprefix('SIG')}", *become, *words]
    process = subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd=folder,
        env=None if environment is None else dict(environment),
        start_new_session=True,
        pass_fds=keep_open,
        user=None if setpriv or user is None else user.pw_uid,
        group=None if setpriv or user is None else user.pw_gid,
        extra_groups=None if setpriv or user is None else [],
    )
    watcher = None
    if not setpriv:
        watcher = subprocess.Popen(
            ["/bin/sh", "-c", _WATCH, "sh", end.name.removeprefix("SIG"), str(process.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )
    return Child(process, watcher, end)


def run_as(
    command: Sequence[str | Path], *, user: pwd.struct_passwd | None, environment: Mapping[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """Runs a short program to its end, as that user, and returns its output."""
    return subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        env=dict(environment),
        check=False,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )


def can_enter(folder: Path, user: pwd.struct_passwd) -> bool:
    """True if the user can enter the folder through all its parents, found by trying (groups, ACLs, mounts)."""
    environment = {"PATH": os.defpath}
    return (
        run_as(
            ["/bin/sh", "-c", 'cd "$1"', "sh", folder], user=user, environment=environment, folder=Path("/")
        ).returncode
        == 0
    )
