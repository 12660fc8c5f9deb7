"""Memory of the whole product when nobody is there: `meydan up` on an empty data folder, without the engines.

    python -m benchmarks.memory

Proportional set size: what processes share is counted once.
"""

import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import click
import psutil

from benchmarks.kit import processes, results

GOAL_MB = 250
SETTLE = 20.0  # seconds after the first answer
ENGINES = ("postgres", "valkey-server")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="meydan-memory-") as name:
        Path(name).chmod(0o755)
        port = processes.free_port()
        up = subprocess.Popen(
            [sys.executable, "-m", "meydan", "up", "--data", name, "--port", str(port)], stdout=subprocess.DEVNULL
        )
        try:
            _await_answer(f"http://127.0.0.1:{port}/api/health", up)
            time.sleep(SETTLE)
            rows = measure(up.pid)
        finally:
            up.terminate()
            up.wait(30)
    total = sum(mb for _, mb in rows)
    table = results.table(
        ["process", "MB"], [[what, f"{mb:.0f}"] for what, mb in rows] + [["**together**", f"**{total:.0f}**"]]
    )
    text = f"The product idle, {SETTLE:.0f} s after its start, without PostgreSQL and Valkey (PSS). Goal: {GOAL_MB} MB.\n\n{table}"
    click.echo(text)
    results.keep("memory", text)


def measure(supervisor: int) -> list[tuple[str, float]]:
    tree = [psutil.Process(supervisor), *psutil.Process(supervisor).children(recursive=True)]
    rows: dict[str, float] = {}
    for process in tree:
        if process.name().startswith(ENGINES):
            continue
        what = _part(process.cmdline())
        rows[what] = rows.get(what, 0) + _pss_mb(process.pid)
    return list(rows.items())


def _part(command: list[str]) -> str:
    for word in ("up", "api", "gateway", "worker"):
        if word in command:
            return {"up": "supervisor"}.get(word, word)
    return Path(command[0]).name if command else "?"


def _pss_mb(pid: int) -> float:
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def _await_answer(url: str, up: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if up.poll() is not None:
            raise RuntimeError(f"meydan up ended with {up.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("meydan up does not answer")


if __name__ == "__main__":
    main()
