"""Supervisor: restarts processes that end, with a back-off for those that end at once, and those that are frozen.

A part says every two seconds that its event loop turns (kit.service_manager). Silence is counted in the supervisor's
own looks, not in seconds: a machine that sleeps or crawls slows both alike. A silent part that uses its processor is
busy, and is given longer.
"""

from __future__ import annotations

import contextlib
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from meydan.engines import EngineError
from meydan.engines.processes import Child

_SHORTEST, _LONGEST = 0.2, 10.0
_STEADY = 30.0  # seconds of running that reset the back-off
_LOOK_EVERY = 2.0
_FROZEN_LOOKS, _BUSY_LOOKS = 20, 150  # about forty seconds, and five minutes


class Notes:
    """Socket on which a part says that it is ready, and then that it is alive."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.setblocking(False)
        self.is_ready = False

    def read(self) -> bool:
        """True if anything was said since the last time."""
        came = False
        while True:
            try:
                note = self.socket.recv(4096)
            except BlockingIOError:
                return came
            came = True
            self.is_ready = self.is_ready or b"READY=1" in note

    def begin(self) -> None:
        """Forgets the process of before."""
        self.read()
        self.is_ready = False


class Part:
    """A process of the product. ``start`` restarts it as it was started first."""

    def __init__(
        self,
        name: str,
        start: Callable[[], Child],
        child: Child,
        *,
        is_engine: bool = False,
        notes: Notes | None = None,
    ) -> None:
        self.name = name
        self.is_engine = is_engine
        self._start = start
        self._child: Child | None = child
        self._started = time.monotonic()
        self._delay = _SHORTEST
        self._due: float | None = None
        self._notes = notes
        self._silent_looks = 0
        self._processor_time = ""

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.running

    @property
    def is_ready(self) -> bool:
        """True once the process has said so, or has no way to say it."""
        if self._notes is None:
            return True
        self._notes.read()
        return self._notes.is_ready

    def look(self, say: Callable[[str], None]) -> None:
        """Ends a process that has said nothing for many looks; ``check`` then starts it again."""
        if self._notes is None or self._child is None or not self.running:
            return
        before, self._processor_time = self._processor_time, _processor_time(self._child.pid)
        if self._notes.read():
            self._silent_looks = 0
            return
        self._silent_looks += 1
        is_busy = self._processor_time != before or not self._notes.is_ready
        if self._silent_looks >= (_BUSY_LOOKS if is_busy else _FROZEN_LOOKS):
            say(f"{self.name} has not moved for {self._silent_looks * _LOOK_EVERY:.0f} s; ending it")
            self._silent_looks = 0
            self._child.process.kill()

    def check(self, say: Callable[[str], None]) -> float | None:
        """Notices an end and restarts when due. Returns the seconds until then, None while it runs."""
        if self.running:
            return None
        now = time.monotonic()
        if self._due is None:
            if now - self._started > _STEADY:
                self._delay = _SHORTEST
            self._due = now + self._delay
            say(f"{self.name} ended ({self._end_reason()}); starting it again in {self._delay:.1f} s")
            self._delay = min(self._delay * 2, _LONGEST)
        if now < self._due:
            return self._due - now
        self._due, self._started, self._silent_looks = None, now, 0
        if self._notes is not None:
            self._notes.begin()
        try:
            self._child = self._start()
        except (EngineError, OSError) as error:
            self._child = None
            say(f"{self.name} does not start: {error}")
            return self.check(say)
        return None

    def ask_to_stop(self) -> None:
        if self._child is not None:
            self._child.ask_to_stop()

    def wait_stopped(self) -> None:
        if self._child is not None:
            self._child.wait_stopped(patience=15)

    def _end_reason(self) -> str:
        if self._child is None:
            return "it did not start"
        code = self._child.process.returncode
        self._child.forget()
        if code is not None and code < 0:
            return f"killed by {signal.Signals(-code).name}"
        return f"exit code {code}"


class Supervisor:
    def __init__(self, say: Callable[[str], None]) -> None:
        self.parts: list[Part] = []
        self._say = say

    def add(self, part: Part) -> None:
        self.parts.append(part)

    def watch(self, look_too: Callable[[], None]) -> None:
        """Runs until an interrupt. Sleeps until a child ends or is due, or until the next look at all of them."""
        look_at = time.monotonic()
        with _wake_on(signal.SIGCHLD) as wake:
            while True:
                if time.monotonic() >= look_at:
                    look_at = time.monotonic() + _LOOK_EVERY
                    for part in self.parts:
                        part.look(self._say)
                    look_too()
                waits = [wait for part in self.parts if (wait := part.check(self._say)) is not None]
                select.select([wake], [], [], max(0, min(*waits, look_at - time.monotonic(), _LOOK_EVERY)))
                with contextlib.suppress(BlockingIOError):
                    wake.recv(4096)

    def ask_products_to_stop(self) -> None:
        for part in self.parts:
            if not part.is_engine:
                part.ask_to_stop()

    def stop(self) -> None:
        """Stops all processes that use the engines; the caller stops the engines afterwards."""
        self.ask_products_to_stop()
        for part in self.parts:
            if not part.is_engine:
                part.wait_stopped()


def _processor_time(pid: int) -> str:
    """The processor time that a process has used, as Linux counts it; "" elsewhere."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return " ".join(fields[11:13])


@contextlib.contextmanager
def _wake_on(number: signal.Signals) -> Iterator[socket.socket]:
    """A socket that becomes readable on the signal."""
    reading, writing = socket.socketpair()
    reading.setblocking(False)
    writing.setblocking(False)
    before = signal.signal(number, lambda *_: None)
    before_fd = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    try:
        yield reading
    finally:
        signal.set_wakeup_fd(before_fd)
        signal.signal(number, before)
        reading.close()
        writing.close()
