"""Supervisor: restarts processes that end, with a back-off for those that end at once."""

from __future__ import annotations

import contextlib
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator

from meydan.engines import EngineError
from meydan.engines.processes import Child

_SHORTEST, _LONGEST = 0.2, 10.0
_STEADY = 30.0  # seconds of running that reset the back-off


class Part:
    """A process of the product. ``start`` restarts it as it was started first."""

    def __init__(self, name: str, start: Callable[[], Child], child: Child, *, is_engine: bool = False) -> None:
        self.name = name
        self.is_engine = is_engine
        self._start = start
        self._child: Child | None = child
        self._started = time.monotonic()
        self._delay = _SHORTEST
        self._due: float | None = None

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.running

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
        self._due, self._started = None, now
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

    def watch(self) -> None:
        """Runs until an interrupt. Sleeps until a child ends or is due."""
        with _wake_on(signal.SIGCHLD) as wake:
            while True:
                waits = [wait for part in self.parts if (wait := part.check(self._say)) is not None]
                select.select([wake], [], [], min(waits, default=None))
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
