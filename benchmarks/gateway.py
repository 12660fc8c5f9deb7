"""The gateway beside socket.io 4: processor time a delivered message, and memory with readers that stall.

    python -m benchmarks.gateway [--quick]

Both servers run one process each, side by side, and are measured in turns with the same load (load/wsload.c). Ours has
its log on: every message goes through the Valkey function that the API uses (append to the log, publish) and comes to
the gateway from there. The ratio is of the processor time of the two server processes; what Valkey spends is shown
beside it, since socket.io keeps no log and would need one (an adapter and a store) to resume without loss.
"""

import json
import secrets
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import click
import msgspec

from benchmarks.kit import kernel_queues, peers, processes, results
from meydan.engines import ValkeyEngine
from meydan.gateway import GatewaySettings
from meydan.kit import clock
from meydan.kit.crypto.tokens import sign_access
from meydan.kit.identity import Face, Identity, Role
from meydan.kit.realtime.frames import channel_of_user

HERE = Path(__file__).parent
KEY = secrets.token_hex(32)
SOCKET_IO = "4.8.3"
ROOM = 1000
STALLED, STALLED_BYTES = 20, 16_000
STALLED_HEAD = ["", "sent to each", "memory grew by", "most in the kernel for one socket", "p50 / p99 ms of the others"]
RUN_GATEWAY = (
    "import sys, msgspec; from meydan.gateway import GatewaySettings, run;"
    "run(msgspec.json.decode(sys.argv[1], type=GatewaySettings))"
)


class Bench:
    def __init__(self, folder: Path, valkey: ValkeyEngine, ports: dict[str, int], pids: dict[str, int]) -> None:
        self._folder, self._valkey, self.ports, self._pids = folder, valkey, ports, pids
        assert valkey.child is not None
        self._valkey_pid = valkey.child.pid
        self._load = peers.compiled(HERE / "load" / "wsload.c")

    def run(self, server: str, mode: str, people: list[UUID], seconds: float, size: int, **options: float) -> Any:
        file = self._folder / "people"
        file.write_text("".join(f"{channel_of_user(1, person)} {_token(person)}\n" for person in people))
        pids = f"{self._pids[server]},{self._valkey_pid}"
        command = [self._load, server, mode, self.ports[server], file, pids, seconds, size]
        command += [word for name, value in options.items() for word in (f"--{name}", value)]
        command += ["--valkey", self._valkey.port, "--password", self._valkey.password]
        done = subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True, timeout=120)
        return json.loads(done.stdout)


def _token(user: UUID) -> str:
    me = Identity(1, user, uuid4(), uuid4(), uuid4(), Role.user, Face.real)
    return sign_access(me, (KEY,), expires_at=clock.now() + timedelta(hours=1))


@contextmanager
def bench() -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="meydan-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        valkey = ValkeyEngine(folder / "valkey", programs=folder / "programs")
        valkey.start()
        ports = {"meydan": processes.free_port(), "socketio": processes.free_port()}
        settings = GatewaySettings(
            valkey_url=valkey.url,
            token_keys=(KEY,),
            grant_keys=(KEY,),
            port=ports["meydan"],
            connections_per_user=2 * ROOM,
        )
        gateway = [sys.executable, "-c", RUN_GATEWAY, msgspec.json.encode(settings).decode()]
        manifest = peers.from_npm("socket.io", {"socket.io": SOCKET_IO})
        socketio = [peers.node(), HERE / "peers" / "socketio.mjs"]
        environment = {"PORT": str(ports["socketio"]), "MODULES": str(manifest), "NODE_ENV": "production"}
        try:
            with (
                processes.server(gateway, ports["meydan"]) as ours,
                processes.server(socketio, ports["socketio"], environment) as theirs,
            ):
                yield Bench(folder, valkey, ports, {"meydan": ours, "socketio": theirs})
        finally:
            valkey.stop()


def cpu_per_100k(result: Any, process: int = 0) -> float:
    return float(result["processes"][process]["cpu_s"]) / result["delivered"] * 100_000


def compare(
    bench: Bench, title: str, goal: float, rounds: int, seconds: float, mode: str, **options: float
) -> list[str]:
    """Measures a row of the table: medians over rounds in turns."""
    found: dict[str, list[Any]] = {"meydan": [], "socketio": []}
    for turn in range(rounds):
        for server in ("meydan", "socketio") if turn % 2 else ("socketio", "meydan"):
            people = [uuid4()] * ROOM if mode == "fanout" else [uuid4() for _ in range(ROOM)]
            result = bench.run(server, mode, people, seconds, 200, **options)
            assert result["delivered"] > 0, result
            assert result["lost_connections"] == 0, result
            found[server].append(result)
    ours, theirs = (statistics.median(map(cpu_per_100k, found[server])) for server in ("meydan", "socketio"))
    valkey = statistics.median(cpu_per_100k(result, 1) for result in found["meydan"])
    latency = {
        server: "{:.1f} / {:.1f}".format(
            *(statistics.median(result[which] for result in those) for which in ("p50_ms", "p99_ms"))
        )
        for server, those in found.items()
    }
    line = [title, f"{ours:.3f}", f"{theirs:.3f}", f"**{ours / theirs:.2f}**", f"{goal}", f"{valkey:.3f}"]
    line += [latency["meydan"], latency["socketio"]]
    click.echo(" | ".join(line))
    return line


def stalled(bench: Bench, seconds: float) -> list[list[str]]:
    lines = []
    for server in ("meydan", "socketio"):
        with kernel_queues.watched(bench.ports[server]) as queues:
            result = bench.run(server, "fanout", [uuid4()] * 200, seconds, STALLED_BYTES, burst=4, stalled=STALLED)
        process = result["processes"][0]
        sent = result["published"] * STALLED_BYTES / 1e6
        grown = process["most_mb"] - process["connected_mb"]
        line = [server, f"{sent:.0f} MB", f"{grown:.0f} MB", f"{queues.largest / 1024:.0f} KB"]
        lines.append([*line, f"{result['p50_ms']:.1f} / {result['p99_ms']:.1f}"])
        click.echo(" | ".join(lines[-1]))
    return lines


def idle(bench: Bench) -> str:
    grown = {}
    for server in ("meydan", "socketio"):
        process = bench.run(server, "idle", [uuid4() for _ in range(ROOM)], 1, 200)["processes"][0]
        grown[server] = process["connected_mb"] - process["empty_mb"]
    return "A thousand more idle connections: meydan {meydan:.0f} MB, socket.io {socketio:.0f} MB.".format(**grown)


@click.command()
@click.option("--quick", is_flag=True, help="One short round of each; nothing is kept.")
def main(quick: bool) -> None:
    rounds, seconds = (1, 1.0) if quick else (5, 2.5)
    with bench() as running:
        rest = idle(running)
        lines = [
            compare(running, "room of 1,000, one message at a time", 0.6, rounds, seconds, "fanout", burst=1),
            compare(running, "room of 1,000, bursts of 16", 0.3, rounds, seconds, "fanout", burst=16),
            compare(running, "1-1 with an answer, 1,500 pairs a second", 0.5, rounds, seconds, "direct", rate=1500),
            compare(running, "1-1 with an answer, as fast as it goes", 0.5, rounds, seconds, "direct", rate=20_000),
        ]
        slow = stalled(running, seconds)
    if quick:
        return
    head = ["", "meydan", f"socket.io {SOCKET_IO}", "ratio", "goal", "Valkey", "p50 / p99 ms", "theirs"]
    results.keep(
        "gateway",
        f"Processor seconds of the server for 100,000 delivered messages of 200 bytes, median of {rounds} rounds in turns.\n\n"
        f"{results.table(head, lines)}\n\n"
        f"{STALLED} of 200 readers stall while the others go on (messages of 16 KB, bursts of 4):\n\n"
        f"{results.table(STALLED_HEAD, slow)}\n\n{rest}",
    )


if __name__ == "__main__":
    main()
