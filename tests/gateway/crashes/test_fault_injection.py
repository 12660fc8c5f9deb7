"""Everything breaks, all the time, and every acknowledged message reaches its reader once and in order."""

import asyncio
import contextlib
import json
import os
import random
import shutil
import socket
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import psutil
import pytest
from picows import WSError

from meydan.engines import ValkeyEngine
from meydan.kit.database import Database, DatabaseSettings
from meydan.kit.realtime.frames import channel_of_user, log_key
from meydan.kit.realtime.outbox import new_event_id, publish_command
from meydan.kit.valkey import LIBRARY, Valkey
from tests.commands.conftest import free_port
from tests.waiting import PATIENCE, patience, until

HERE = Path(__file__).parent
MESSAGES = 10_000


class Process:
    """A part of the product that is killed without warning and started again."""

    def __init__(self, script: str, argument: str) -> None:
        self._command = [sys.executable, str(HERE / script), argument]

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )

    async def kill(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        async with patience("the end of a killed process"):
            await self.process.wait()


class GatewayProcess(Process):
    script = "run_gateway.py"

    def __init__(self, valkey_url: str, key: str, **changes: Any) -> None:
        self.port = free_port()
        settings = {"valkey_url": valkey_url, "token_keys": (key,), "grant_keys": (key,), "port": self.port, **changes}
        super().__init__(self.script, json.dumps(settings))

    async def start(self) -> None:
        await super().start()
        async with patience():
            while True:
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    writer.close()
                    return
                await asyncio.sleep(0.02)


class CountingGatewayProcess(GatewayProcess):
    script = "run_counting_gateway.py"

    async def connections(self) -> int:
        asked, answered = self.process.stdin, self.process.stdout
        assert asked is not None
        assert answered is not None
        asked.write(b"\n")
        return int(await answered.readline())


@pytest.fixture
async def processes() -> AsyncIterator[list[Process]]:
    started: list[Process] = []
    yield started
    for process in started:
        await process.kill()


def random_pause() -> float:
    return random.choice([0, 0.001, 0.004, 0.02, 0.05])


async def publish(valkey_url: str, people: list[Any], start: int) -> None:
    """Every second note, to each of the people in turn."""
    valkey = Valkey(valkey_url)
    valkey.start()
    assert await valkey.wait_up(PATIENCE)
    for n in range(start, MESSAGES, 2):
        identity = people[n // 2 % 20].identity
        channel = channel_of_user(identity.tenant_id, identity.user_id)
        valkey.send_nowait(*publish_command(channel, new_event_id(), f'{{"t":"note","n":{n}}}'))
        if n % 8 == start:
            await asyncio.sleep(0.003)
    await valkey.execute("PING")
    await valkey.close()


async def test_clients_that_come_and_go_all_the_time_miss_nothing(valkey_url, processes, person, key, dial):
    """Twenty clients lose their connection every 0 to 50 ms, two publishers tell ten thousand frames."""
    gateway = GatewayProcess(valkey_url, key)
    processes.append(gateway)
    await gateway.start()
    people = [person() for _ in range(20)]
    heard: dict[int, list[int]] = defaultdict(list)
    told_all = asyncio.Event()
    with_cursor: set[int] = set()

    async def come_and_go(index: int) -> int:
        cursor, connections = None, 0
        while True:
            last = told_all.is_set()
            client = await dial(gateway.port)
            connections += 1
            client.cursor = cursor
            client.say(t="hello", token=people[index].token(), since=cursor)
            if last:
                await until(partial(all_heard, index, client))
            await asyncio.sleep(random_pause())
            client.vanish()
            await client.closed
            if cursor := client.cursor:
                with_cursor.add(index)
            heard[index] += drain(client)
            if last:
                return connections

    async def all_heard(index: int, client: Any) -> bool:
        heard_here: int = client.frames.qsize() - 1  # beside a frame that says ready
        return len(heard[index]) + heard_here >= MESSAGES // 20

    async def all_have_cursors() -> bool:
        return len(with_cursor) == len(people)

    # A cursor for each, so that everything told from here on is theirs to get.
    clients = [asyncio.create_task(come_and_go(index)) for index in range(20)]
    await until(all_have_cursors)
    await asyncio.gather(publish(valkey_url, people, 0), publish(valkey_url, people, 1))
    told_all.set()
    connections = sum(await asyncio.gather(*clients))
    assert connections > 500

    valkey = Valkey(valkey_url)
    valkey.start()
    assert await valkey.wait_up(PATIENCE)
    for index, somebody in enumerate(people):
        key_of_log = log_key(channel_of_user(somebody.identity.tenant_id, somebody.identity.user_id))
        entries = await valkey.execute("XRANGE", key_of_log, "-", "+")
        told = [json.loads(fields[1])["n"] for _, fields in entries if fields[0] == b"frame"]
        assert len(told) == MESSAGES // 20
        assert heard[index] == told
    await valkey.close()


# -- processes killed with -9, Valkey with its last second lost


@pytest.fixture
def killable_valkey() -> Iterator[ValkeyEngine]:
    folder = Path(tempfile.mkdtemp(prefix="meydan-losses-"))
    folder.chmod(0o755)
    engine = ValkeyEngine(folder / "valkey", programs=folder / "programs")
    engine.start()
    yield engine
    engine.stop()
    shutil.rmtree(folder)


@pytest.fixture
async def database_of_notes(own_database: DatabaseSettings) -> DatabaseSettings:
    """With a table of messages of our own, so that this story needs no room."""
    owner = await asyncpg.connect(own_database.owner_url)
    await owner.execute("""
        create table app.notes (tenant_id integer, user_id uuid, n integer, primary key (tenant_id, user_id, n));
        grant select, insert on app.notes to meydan_app
    """)
    await owner.close()
    return own_database


class Senders:
    """Requests to API processes: a message goes to one of them, again to another if no answer came."""

    def __init__(self, processes: list[Process]) -> None:
        self._processes = processes
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self.acknowledged = 0

    async def listen(self, process: Process) -> None:
        """Until it dies; then everybody who waits tries again."""
        output = process.process.stdout
        assert output is not None
        assert await output.readline() == b"ready\n"
        while line := (await output.readline()).decode().strip():
            if (waiting := self._waiting.pop(line, None)) is not None and not waiting.done():
                waiting.set_result(None)

    async def send(self, user_id: UUID, n: int) -> None:
        line = f"{user_id} {n}"
        while True:
            waiting = self._waiting[line] = asyncio.get_running_loop().create_future()
            process = random.choice(self._processes).process
            try:
                assert process.stdin is not None
                process.stdin.write(f"{line}\n".encode())
                async with asyncio.timeout(1):
                    await waiting
            except (OSError, TimeoutError):
                continue
            self.acknowledged += 1
            return


class Reader:
    """A client as docs/realtime.md asks for: keeps a cursor, drops what it knows, reloads when told to, orders by number."""

    def __init__(self, person: Any, db: Database, ports: list[int], dial: Any) -> None:
        self.person, self._db, self._ports, self._dial = person, db, ports, dial
        self.known: set[int] = set()
        self.reloads = self.twice = 0
        self.stop = asyncio.Event()

    async def run(self) -> None:
        cursor = None
        while not self.stop.is_set():
            try:
                client = await self._dial(random.choice(self._ports))
            except (OSError, WSError):
                await asyncio.sleep(0.05)
                continue
            client.say(t="hello", token=self.person.token(), since=cursor)
            stopped = asyncio.create_task(self.stop.wait())
            while not (client.closed.done() and client.frames.empty()) and not self.stop.is_set():
                heard = asyncio.create_task(client.frames.get())
                await asyncio.wait({heard, client.closed, stopped}, return_when=asyncio.FIRST_COMPLETED)
                if heard.done():
                    await self._take(heard.result(), first=cursor is None)
                    cursor = client.cursor
                else:
                    heard.cancel()
            stopped.cancel()
            client.vanish()

    async def _take(self, frame: dict[str, Any], *, first: bool) -> None:
        if frame["t"] == "note":
            self.twice += frame["n"] in self.known
            self.known.add(frame["n"])
        elif frame["t"] == "resync" or first:
            self.reloads += 1
            async with self._db.as_user(self.person.identity) as tx:
                found = await tx.all(
                    int, "select n from app.notes where (tenant_id, user_id) = ($1, $2)", tx.me.user_id
                )
            self.known.update(found)


def cut_last_second(engine: ValkeyEngine, size_a_moment_ago: int) -> int:
    """As a power cut would: what was written since then never reached the disk."""
    file = append_only_file(engine)
    lost = file.stat().st_size - size_a_moment_ago
    with file.open("r+b") as aof:
        aof.truncate(size_a_moment_ago)
    return lost


async def kill_within_a_second_of_writes(engine: ValkeyEngine) -> int:
    """The size of its file before the last of them. What is older than a second or two counts as being on the disk, so
    a machine that was too slow to kill it in time tries again.
    """
    while True:
        size, since = append_only_file(engine).stat().st_size, time.monotonic()
        await asyncio.sleep(0.5)
        written = append_only_file(engine).stat().st_size
        if written > size and time.monotonic() - since < 0.9:
            assert engine.child is not None
            os.kill(engine.child.pid, 9)
            engine.child.wait_stopped()
            return size


def append_only_file(engine: ValkeyEngine) -> Path:
    return max(engine.log.parent.glob("data/appendonlydir/*.incr.aof"), key=lambda file: file.stat().st_mtime)


@pytest.mark.slow
async def test_kills_of_every_part_lose_nothing(
    killable_valkey, database_of_notes, processes, tenant, person, key, dial
):
    url = killable_valkey.url
    needs = {"database": msgspec.to_builtins(database_of_notes), "valkey_url": url, "tenant_id": tenant.id}
    gateways = [GatewayProcess(url, key) for _ in range(2)]
    apis = [Process("run_sender.py", json.dumps({**needs, "sweeps": False})) for _ in range(2)]
    worker = Process("run_sender.py", json.dumps({**needs, "sweeps": True}))
    parts = [*gateways, *apis, worker]
    processes += parts
    await asyncio.gather(*(part.start() for part in parts))
    senders = Senders(apis)
    listening = [asyncio.create_task(senders.listen(api)) for api in apis]

    owner = await asyncpg.connect(database_of_notes.owner_url)
    await owner.execute(
        "insert into app.tenants (id, slug, name) overriding system value values ($1, 'losses', 'Losses')", tenant.id
    )
    await owner.close()
    db = await Database.open(database_of_notes)
    readers = [Reader(person(), db, [gateway.port for gateway in gateways], dial) for _ in range(50)]
    reading = [asyncio.create_task(reader.run()) for reader in readers]

    each = MESSAGES // len(readers)

    async def write(reader: Reader) -> None:
        for n in range(each):
            await senders.send(reader.person.identity.user_id, n)

    async def after(share: float) -> None:
        while senders.acknowledged < MESSAGES * share:
            await asyncio.sleep(0.01)

    async def restart(part: Process) -> None:
        await part.kill()
        await part.start()
        if part in apis:
            listening.append(asyncio.create_task(senders.listen(part)))

    async def break_things() -> None:
        await after(0.1)
        await restart(gateways[0])
        await after(0.25)
        await restart(apis[0])
        await after(0.4)
        size = await kill_within_a_second_of_writes(killable_valkey)
        assert cut_last_second(killable_valkey, size) > 0
        killable_valkey.start()
        await after(0.6)
        await restart(worker)
        await restart(gateways[1])
        await after(0.8)
        await restart(apis[1])

    await asyncio.gather(break_things(), *(write(reader) for reader in readers))
    assert senders.acknowledged == MESSAGES

    async with patience():
        while any(len(reader.known) < each for reader in readers) or await db.relay.fetchval(
            "select exists (select from app.outbox)"
        ):
            assert not any(task.done() for task in reading)
            await asyncio.sleep(0.1)
    for reader in readers:
        assert sorted(reader.known) == list(range(each))
        reader.stop.set()
    await asyncio.gather(*reading)
    await db.close()


async def test_valkey_starts_again_and_sockets_stay_open(killable_valkey, start_gateway, connect, ada):
    """The gateway resumes each reader by itself; no client has to reconnect."""
    gateway = await start_gateway(valkey_url=killable_valkey.url)
    client = await connect(ada, to=gateway)
    channel = channel_of_user(ada.identity.tenant_id, ada.identity.user_id)

    async def tell(n: int) -> None:
        valkey = Valkey(killable_valkey.url, library=LIBRARY)
        valkey.start()
        assert await valkey.wait_up(PATIENCE)
        await valkey.execute(*publish_command(channel, new_event_id(), f'{{"t":"note","n":{n}}}'))
        await valkey.close()

    await tell(1)
    await client.hear("note")
    killable_valkey.stop()
    killable_valkey.start()
    await tell(2)
    assert (await client.hear("note"))["n"] == 2
    await tell(3)
    assert (await client.hear("note"))["n"] == 3
    assert not client.closed.done()


async def test_a_gateway_that_starts_before_valkey_makes_its_clients_wait(killable_valkey, start_gateway, connect, ada):
    killable_valkey.stop()
    gateway = await start_gateway(valkey_url=killable_valkey.url)
    client = await connect(to=gateway)
    client.say(t="hello", token=ada.token())
    await client.hears_nothing_for(0.3)
    killable_valkey.start()
    await client.hear("ready")


async def test_a_gateway_told_to_stop_says_good_bye_and_ends(valkey_url, processes, ada, key, dial):
    gateway = GatewayProcess(valkey_url, key)
    processes.append(gateway)
    await gateway.start()
    client = await dial(gateway.port)
    client.say(t="hello", token=ada.token())
    await client.hear("ready")
    gateway.process.terminate()
    assert await client.close_code() == 1012
    async with patience():
        assert await gateway.process.wait() == 0


# -- readers that stop reading


def stalled_socket() -> socket.socket:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    return sock


async def test_readers_that_stall_cost_nothing_and_hold_up_nobody(valkey_url, processes, ada, key, dial):
    gateway = CountingGatewayProcess(valkey_url, key, connections_per_user=100)
    processes.append(gateway)
    await gateway.start()

    async def join(*, stalled: bool) -> Any:
        async def connect_small(_: Any) -> socket.socket:
            sock = stalled_socket()
            sock.setblocking(False)
            await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", gateway.port))
            return sock

        client = await dial(gateway.port, socket_factory=connect_small if stalled else None)
        client.say(t="hello", token=ada.token())
        await client.hear("ready")
        if stalled:
            client.transport.underlying_transport.pause_reading()
        return client

    live = await join(stalled=False)
    stalled = [await join(stalled=True) for _ in range(20)]
    memory = psutil.Process(gateway.process.pid)
    before = memory.memory_info().rss

    valkey = Valkey(valkey_url, library=LIBRARY)
    valkey.start()
    assert await valkey.wait_up(PATIENCE)
    channel = channel_of_user(ada.identity.tenant_id, ada.identity.user_id)
    most, told = before, 0

    async def tell() -> None:
        nonlocal most, told
        frame = f'{{"t":"note","n":{told},"text":"{"x" * 16_000}"}}'
        await valkey.execute(*publish_command(channel, new_event_id(), frame))
        assert (await live.hear("note"))["n"] == told  # never, if it had to wait for those who do not read
        told += 1
        most = max(most, memory.memory_info().rss)

    while await gateway.connections() > 1:
        for _ in range(20):
            await tell()
        assert told < 200  # 256 KB here, and as much in the kernel
    for _ in range(10):
        await tell()
    await valkey.close()
    assert most - before < 20 * 512 * 1024 + 10_000_000

    # A stalled client wakes up, gets its buffered frames and the close code, and resumes from there.
    sleeper = stalled[0]
    sleeper.transport.underlying_transport.resume_reading()
    assert await sleeper.close_code() == 1013
    numbers = drain(sleeper)
    assert len(numbers) < told
    again = await dial(gateway.port)
    again.say(t="hello", token=ada.token(), since=sleeper.cursor)
    await again.hear("ready")
    while len(numbers) < told:
        numbers.append((await again.hear("note"))["n"])
    assert numbers == list(range(told))
    for client in (live, again, *stalled[1:]):
        client.vanish()


def drain(client: Any) -> list[int]:
    """Numbers of the notes that have come."""
    numbers = []
    while not client.frames.empty():
        frame = client.frames.get_nowait()
        assert frame["t"] in ("ready", "note"), frame
        if frame["t"] == "note":
            numbers.append(frame["n"])
    return numbers
