"""The whole path of a message: POST at the API, row and outbox in PostgreSQL, Valkey, gateway, the other one's socket.

    python -m benchmarks.path

Everything runs on this machine, the load as well. Processor time a message of every part, and the time from the first
byte of the POST to the frame on the receiver's socket.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
import psutil
import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from benchmarks.endpoints import KEY, PASSWORDS, Connection, World, make_world
from benchmarks.kit import processes, results
from meydan.engines import Engines
from meydan.kit.database import migrations

RATES = (100, 300)  # messages a second
SECONDS = 8.0
CONNECTIONS = 16


class Receiver(WSListener):
    """A socket of one person; notes when a message came."""

    def __init__(self, token: bytes, received: dict[str, float]) -> None:
        self._token, self._received = token, received
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def on_ws_connected(self, transport: WSTransport) -> None:
        transport.send(
            WSMsgType.TEXT, json.dumps({"t": "hello", "token": self._token.decode(), "since": None}).encode()
        )

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:  # noqa: ARG002 -- picows' signature
        at = time.perf_counter()
        said = json.loads(frame.get_payload_as_bytes())
        if said["t"] == "ready":
            self.ready.set_result(None)
        elif said["t"] == "message":
            self._received.setdefault(said["message"]["id"] + said["profile_id"], at)


class Sender:
    """Sends messages over kept connections and waits for none before the next is due."""

    def __init__(self, world: World, connections: list[Connection]) -> None:
        self._world = world
        self._free: asyncio.Queue[Connection] = asyncio.Queue()
        for connection in connections:
            self._free.put_nowait(connection)
        self.sent: dict[str, float] = {}

    async def run(self, rate: int, seconds: float) -> None:
        start = time.perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for number in range(int(rate * seconds)):
                if (early := start + number / rate - time.perf_counter()) > 0:
                    await asyncio.sleep(early)
                tasks.create_task(self._send(number))

    async def _send(self, number: int) -> None:
        index = number * 7 % len(self._world.people)
        _, conversation, token = self._world.people[index]
        receiver = self._world.people[index ^ 1][0].profile_id
        message = str(uuid4())
        wanted = {"id": message, "conversation_id": str(conversation), "type": "text", "epoch": 1, "body": "QUJD" * 64}
        body = json.dumps(wanted).encode()
        head = b"POST /api/messages/send HTTP/1.1\r\n%bcontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
        connection = await self._free.get()
        self.sent[message + str(receiver)] = time.perf_counter()
        status, answer = await connection.ask(head % (self._world.head(token), len(body)) + body)
        self._free.put_nowait(connection)
        assert status in (200, 201), answer


def cpu_ms(pid: int) -> float:
    """CPU time of a process and its children, because PostgreSQL has many."""
    total = 0.0
    for process in (psutil.Process(pid), *psutil.Process(pid).children()):
        for task in Path(f"/proc/{process.pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0]) / 1e6
    return total


@contextmanager
def product(engines: Engines, folder: Path) -> Iterator[tuple[dict[str, int], dict[str, int], str]]:
    """API, gateway and worker: their ports, process ids, and the owner's database address."""
    asyncio.run(migrations.bootstrap(engines.postgres_url, "meydan", PASSWORDS))
    address = engines.postgres_url.rsplit("@", 1)[1].split("/")[0]
    urls = {role: f"postgresql://{role}:{PASSWORDS[role]}@{address}/meydan" for role in PASSWORDS}
    asyncio.run(migrations.migrate(urls["meydan_owner"]))
    ports = {"api": processes.free_port(), "gateway": processes.free_port()}
    environment = {
        "MEYDAN_DATA": str(folder / "data"),
        "MEYDAN_HTTP_PORT": str(ports["api"]),
        "MEYDAN_HTTP_GATEWAY_PORT": str(ports["gateway"]),
        "MEYDAN_LOG_LEVEL": "warning",
        "MEYDAN_VALKEY_URL": engines.valkey_url,
        "MEYDAN_SECRETS_TOKEN_KEY": KEY,
        "MEYDAN_SECRETS_SEAL_KEY": "s" * 32,
        "MEYDAN_SECRETS_CONTACT_KEY": "c" * 32,
        **{f"MEYDAN_DATABASE_{role.removeprefix('meydan_').upper()}_URL": url for role, url in urls.items()},
    }
    assert engines.postgres.child is not None
    assert engines.valkey.child is not None
    pids = {"PostgreSQL": engines.postgres.child.pid, "Valkey": engines.valkey.child.pid}
    with ExitStack() as stack:
        for part in ("api", "gateway"):
            command = [sys.executable, "-m", "meydan", part]
            pids[part] = stack.enter_context(processes.server(command, ports[part], environment))
        worker = subprocess.Popen([sys.executable, "-m", "meydan", "worker"], env={**environment})
        stack.callback(worker.wait, 15)
        stack.callback(worker.terminate)
        pids["worker"] = worker.pid
        yield ports, pids, urls["meydan_owner"]


async def measure(ports: dict[str, int], pids: dict[str, int], world: World) -> list[list[str]]:
    loop = asyncio.get_running_loop()
    received: dict[str, float] = {}
    for _, _, token in world.people:
        _, receiver = await ws_connect(
            lambda token=token: Receiver(token, received),  # type: ignore[misc]
            f"ws://127.0.0.1:{ports['gateway']}/ws",
        )
        assert isinstance(receiver, Receiver)
        await receiver.ready
    connections: list[Any] = [
        (await loop.create_connection(Connection, "127.0.0.1", ports["api"]))[1] for _ in range(CONNECTIONS)
    ]
    await Sender(world, connections).run(100, 2)  # warm
    lines = []
    for rate in RATES:
        sender = Sender(world, connections)
        before = {part: cpu_ms(pid) for part, pid in pids.items()}
        await sender.run(rate, SECONDS)
        await asyncio.sleep(1)
        spent = {part: (cpu_ms(pid) - before[part]) / len(sender.sent) for part, pid in pids.items()}
        lost = [message for message in sender.sent if message not in received]
        assert not lost, f"{len(lost)} messages did not arrive"
        took = sorted((received[message] - at) * 1000 for message, at in sender.sent.items())
        p95 = took[len(took) * 95 // 100]
        line = [f"{rate} a second", f"{statistics.median(took):.1f} ms", f"{p95:.1f} ms"]
        line += [f"{spent[part]:.2f}" for part in ("api", "gateway", "PostgreSQL", "Valkey", "worker")]
        lines.append(line)
        click.echo(" | ".join(line))
    return lines


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="meydan-path-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with Engines(folder) as engines, product(engines, folder) as (ports, pids, owner_url):
            world = asyncio.run(make_world(owner_url))
            lines = uvloop.run(measure(ports, pids, world))
    head = ["messages", "p50", "p95", "api", "gateway", "PostgreSQL", "Valkey", "worker"]
    text = (
        "From POST to the frame on the other one's socket, and processor milliseconds a message of every part "
        f"(the worker's include what it does when nothing happens).\n\n{results.table(head, lines)}"
    )
    results.keep("path", text)


if __name__ == "__main__":
    main()
