"""Servers under measurement."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import psutil


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def processor_seconds(*pids: int) -> float:
    """What these processes and all below them have used, those that ended included."""
    used = 0.0
    for pid in pids:
        for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
            times = process.cpu_times()
            used += times.user + times.system + times.children_user + times.children_system
    return used


@contextmanager
def server(command: Sequence[object], port: int, environment: Mapping[str, str] | None = None) -> Iterator[int]:
    """Runs until the block ends; gives the process id once its port answers."""
    process = subprocess.Popen([str(word) for word in command], env={**os.environ, **(environment or {})})
    try:
        _await_port(process, port)
        yield process.pid
    finally:
        process.terminate()
        process.wait(15)


def _await_port(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"nothing listens on {port}")
