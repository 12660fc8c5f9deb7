"""The gateway beside socket.io 4 and Centrifugo 6: processor time, latency, a storm, and readers that stall.

    python -m benchmarks.gateway [--quick]

The servers run one process each, side by side, and are measured in turns with the same load (load/wsload.c). Ours has
its log on: every message goes through the Valkey function that the API uses (append to the log, publish) and comes to
the gateway from there. Each peer runs as it does by itself, in memory, and again with what makes it durable, over a
Valkey like ours. Processor time is that of the server and of the Valkey behind it.
"""

import json
import secrets
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import click

from benchmarks.kit import kernel_queues, peers, processes, realtime_peers, results
from benchmarks.kit.realtime_peers import CENTRIFUGO_VERSION, SOCKET_IO, Server
from meydan.engines import ValkeyEngine
from meydan.gateway import GatewaySettings
from meydan.kit import clock
from meydan.kit.crypto.tokens import sign_access
from meydan.kit.identity import Face, Identity, Role
from meydan.kit.realtime.frames import channel_of_user

HERE = Path(__file__).parent
KEY = secrets.token_hex(32)
ROOM, MISSED = 1000, 501
STALLED, STALLED_BYTES = 20, 16_000
STALLED_HEAD = ["", "sent to each", "memory grew by", "most in the kernel for one socket", "p50 / p99 ms of the others"]
STEADY = ("meydan", "socket.io", "socket.io, streams", "Centrifugo", "Centrifugo, Redis engine")
STORM = ("meydan", "socket.io, recovering", "socket.io, streams", "Centrifugo", "Centrifugo, Redis engine")


class Bench:
    def __init__(self, folder: Path, valkey: ValkeyEngine, servers: dict[str, Server]) -> None:
        self._folder, self._valkey, self.servers = folder, valkey, servers
        self._load = peers.compiled(HERE / "load" / "wsload.c")

    def run(self, server: str, mode: str, people: list[UUID], seconds: float, size: int, **options: float) -> Any:
        asked = self.servers[server]
        file = self._folder / "people"
        file.write_text("".join(f"{channel_of_user(1, person)} {_token(person)}\n" for person in people))
        pids = ",".join(map(str, asked.pids))
        command = [self._load, asked.protocol, mode, asked.port, file, pids, seconds, size]
        command += [word for name, value in options.items() for word in (f"--{name}", value)]
        command += ["--valkey", self._valkey.port, "--password", self._valkey.password]
        done = subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True, timeout=120)
        return json.loads(done.stdout)

    def take_turns(self, servers: tuple[str, ...], mode: str, rounds: int, seconds: float, **options: float) -> Any:
        """Results of each server, which is measured first in one round and last in the next."""
        there = [server for server in servers if server in self.servers]
        found: dict[str, list[Any]] = {server: [] for server in there}
        for turn in range(rounds):
            for server in there if turn % 2 else reversed(there):
                people = [uuid4()] * ROOM if mode == "fanout" else [uuid4() for _ in range(ROOM)]
                result = self.run(server, mode, people, seconds, 200, **options)
                assert result["delivered"] > 0, (server, result)
                assert result["lost_connections"] == 0, (server, result)
                found[server].append(result)
        return found


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
        settings = GatewaySettings(
            valkey_url=valkey.url,
            token_keys=(KEY,),
            grant_keys=(KEY,),
            port=processes.free_port(),
            connections_per_user=2 * ROOM,
        )
        try:
            with realtime_peers.started(folder, settings, valkey) as servers:
                yield Bench(folder, valkey, servers)
        finally:
            valkey.stop()


def cpu_per_100k(result: Any) -> float:
    return sum(float(process["cpu_s"]) for process in result["processes"]) / result["delivered"] * 100_000


def middle(results: list[Any], which: str) -> float:
    return statistics.median(result[which] for result in results)


def compare(bench: Bench, title: str, rounds: int, seconds: float, mode: str, **options: float) -> list[list[str]]:
    """Measures a load: a line for each server, medians over rounds in turns."""
    found = bench.take_turns(STEADY, mode, rounds, seconds, **options)
    cpu = {server: statistics.median(map(cpu_per_100k, those)) for server, those in found.items()}
    lines = []
    for server, those in found.items():
        engine = statistics.median(
            sum(float(process["cpu_s"]) for process in result["processes"][1:]) / result["delivered"] * 100_000
            for result in those
        )
        line = [title if server == "meydan" else "", server, f"{cpu[server]:.2f}", f"{engine:.2f}" if engine else ""]
        line.append("" if server == "meydan" else f"**{cpu['meydan'] / cpu[server]:.2f}**")
        lines.append([*line, f"{middle(those, 'p50_ms'):.1f} / {middle(those, 'p99_ms'):.1f}"])
        click.echo(" | ".join(lines[-1]))
    return lines


def storm(bench: Bench, rounds: int) -> list[list[str]]:
    """All are cut and come back at once; everybody who comes gets all that was sent meanwhile."""
    found = bench.take_turns(STORM, "storm", rounds, 1, missed=MISSED)
    cpu = {
        server: statistics.median(sum(process["cpu_s"] for process in result["processes"]) * 1000 for result in those)
        for server, those in found.items()
    }
    lines = []
    for server, those in found.items():
        assert all(result["storm_ms"] for result in those), (server, those)
        ratio = "" if server == "meydan" else f"**{cpu['meydan'] / cpu[server]:.2f}**"
        lines.append([server, f"{cpu[server]:.0f}", ratio, f"{middle(those, 'storm_ms'):.0f}"])
        click.echo(" | ".join(lines[-1]))
    return lines


def stalled(bench: Bench, seconds: float) -> list[list[str]]:
    lines = []
    for server in ("meydan", "socket.io"):
        with kernel_queues.watched(bench.servers[server].port) as queues:
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
    for server in ("meydan", "socket.io"):
        process = bench.run(server, "idle", [uuid4() for _ in range(ROOM)], 1, 200)["processes"][0]
        grown[server] = process["connected_mb"] - process["empty_mb"]
    return "A thousand more idle connections: meydan {meydan:.0f} MB, socket.io {peer:.0f} MB.".format(
        meydan=grown["meydan"], peer=grown["socket.io"]
    )


LOADS = {
    "fan-out": ("room of 1,000, one message at a time", "fanout", {"burst": 1}),
    "bursts": ("room of 1,000, bursts of 16", "fanout", {"burst": 16}),
    "pairs": ("1-1 with an answer, 1,500 pairs a second", "direct", {"rate": 1500}),
    "flat-out": ("1-1 with an answer, as fast as it goes", "direct", {"rate": 20_000}),
}


@click.command()
@click.option("--quick", is_flag=True, help="One short round of each; nothing is kept.")
@click.option("--only", type=click.Choice([*LOADS, "storm"]), help="One load alone; nothing is kept.")
def main(quick: bool, only: str | None) -> None:
    rounds, seconds = (1, 1.0) if quick else (3, 2.0)
    with bench() as running:
        if only is not None:
            if only == "storm":
                storm(running, rounds)
            else:
                title, mode, options = LOADS[only]
                compare(running, title, rounds, seconds, mode, **options)
            return
        rest = idle(running)
        lines = [
            line
            for title, mode, options in LOADS.values()
            for line in compare(running, title, rounds, seconds, mode, **options)
        ]
        stormy = storm(running, rounds)
        slow = stalled(running, seconds)
    if quick:
        return
    results.keep("gateway", _page(lines, stormy, slow, rest, rounds))


def _page(lines: list[list[str]], stormy: list[list[str]], slow: list[list[str]], rest: str, rounds: int) -> str:
    head = ["", "", "CPU-s", "of it Valkey", "ours to it", "p50 / p99 ms"]
    absent = "" if any("Centrifugo" in line[1] for line in lines) else " Centrifugo could not be built here."
    return (
        f"Processor seconds of a server and its Valkey for 100,000 delivered messages of 200 bytes, median of {rounds} rounds in "
        f"turns; socket.io {SOCKET_IO}, Centrifugo {CENTRIFUGO_VERSION}.{absent} Goals: 1-1 at most 5.0 CPU-s with p50 of at most 3 ms "
        "at 1,500 pairs a second, and at most socket.io's in memory as fast as it goes. Latency is from a message to its answer.\n\n"
        f"{results.table(head, lines)}\n\n"
        f"A storm: {ROOM:,} clients are cut, {MISSED} messages are sent, and three seconds later all come back at once. Until all "
        "have all; goal: at most Centrifugo's.\n\n"
        f"{results.table(['', 'CPU-ms', 'ours to it', 'ms'], stormy)}\n\n"
        f"{STALLED} of 200 readers stall while the others go on (messages of 16 KB, bursts of 4):\n\n"
        f"{results.table(STALLED_HEAD, slow)}\n\n{rest}"
    )


if __name__ == "__main__":
    main()
