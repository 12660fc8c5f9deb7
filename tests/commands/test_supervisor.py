"""The supervisor looks at what a part says, and counts its own looks: seconds alone replace nothing."""

import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from meydan.commands.supervisor import Notes, Part
from meydan.engines import rotate_log
from meydan.engines.processes import Child
from tests.waiting import PATIENCE, wait_until

SPEAKS = """
import asyncio
from meydan.kit import service_manager
service_manager.EVERY = 0.01
async def run():
    async with service_manager.noted():
        await asyncio.sleep(1000)
asyncio.run(run())
"""
BURNS = SPEAKS.replace("await asyncio.sleep(1000)", "await asyncio.sleep(0.1); exec('while True: pass')")


@pytest.fixture
def notes() -> Iterator[Notes]:
    with TemporaryDirectory(prefix="meydan-") as folder:
        yield Notes(Path(folder) / "part")


@pytest.fixture
def children() -> Iterator[list[Child]]:
    started: list[Child] = []
    yield started
    for child in started:
        child.process.kill()
        child.process.wait(PATIENCE)


def start(script: str, notes: Notes, children: list[Child]) -> tuple[Part, Child]:
    process = subprocess.Popen(
        [sys.executable, "-c", script], env={"NOTIFY_SOCKET": str(notes.path), "PYTHONPATH": ":".join(sys.path)}
    )
    children.append(Child(process, None, signal.SIGTERM))
    part = Part("part", lambda: children[0], children[0], notes=notes)
    wait_until(lambda: part.is_ready)
    return part, children[0]


def test_a_part_that_speaks_is_left_alone_however_often_it_is_looked_at(notes: Notes, children: list[Child]) -> None:
    part, _ = start(SPEAKS, notes, children)
    said: list[str] = []
    for _ in range(300):
        wait_until(lambda: _spoken(notes), every=0.005)
        part.look(said.append)
    assert said == []
    assert part.running


def _spoken(notes: Notes) -> bool:
    return bool(select.select([notes.socket], [], [], 0)[0])


def test_a_frozen_part_is_ended_after_twenty_looks_and_not_before(notes: Notes, children: list[Child]) -> None:
    part, child = start(SPEAKS, notes, children)
    child.process.send_signal(signal.SIGSTOP)
    wait_until(lambda: "T" in Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[0])
    said: list[str] = []
    looked = 0
    while not said:
        part.look(said.append)
        looked += 1
    assert looked in (20, 21, 22)  # one for what it said before, one for the processor time it used
    assert said == ["part has not moved for 40 s; ending it"]
    child.process.wait(PATIENCE)


def test_a_busy_part_is_given_longer(notes: Notes, children: list[Child]) -> None:
    part, _ = start(BURNS, notes, children)
    wait_until(lambda: not notes.read(), every=0.3)
    said: list[str] = []
    looked = 0
    while not said and looked < 30:
        part.look(said.append)
        looked += 1
        wait_until(lambda: _used(children[0]) != part._processor_time)
    assert said == []


def _used(child: Child) -> str:
    return " ".join(Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[11:13])


def test_a_log_is_rotated_under_its_writer(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"x" * 10_000_001)
        rotate_log(log)
        writer.write(b"after\n")
    assert log.read_bytes() == b"after\n"
    assert (tmp_path / "api.old.log").stat().st_size == 10_000_001
    assert (tmp_path / "api.old.log").stat().st_mode & 0o777 == 0o600
