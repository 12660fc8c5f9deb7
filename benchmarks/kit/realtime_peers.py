"""Servers of benchmarks/gateway.py: ours, and peers that keep messages in memory or in Valkey, as ours does."""

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from benchmarks.kit import peers, processes
from meydan.engines import ValkeyEngine
from meydan.gateway import GatewaySettings

HERE = Path(__file__).parents[1]
SOCKET_IO, STREAMS_ADAPTER, REDIS_CLIENT = "4.8.3", "0.3.1", "5.10.0"
CENTRIFUGO, CENTRIFUGO_VERSION = "github.com/centrifugal/centrifugo/v6", "v6.9.1"
_RUN_GATEWAY = (
    "import sys, msgspec; from meydan.gateway import GatewaySettings, run;"
    "run(msgspec.json.decode(sys.argv[1], type=GatewaySettings))"
)


class Server(Struct, frozen=True):
    """A server under measurement, with the engine that keeps its messages."""

    protocol: str
    port: int
    pids: list[int]


@contextmanager
def started(folder: Path, settings: GatewaySettings, valkey: ValkeyEngine) -> Iterator[dict[str, Server]]:
    """All of them at once: one that nobody asks costs nothing. Centrifugo is absent where Go cannot build it."""
    kept = ValkeyEngine(folder / "peers", programs=folder / "programs")
    kept.start()
    assert valkey.child is not None
    assert kept.child is not None
    engine = [kept.child.pid]
    try:
        with ExitStack() as stack:
            gateway = [sys.executable, "-c", _RUN_GATEWAY, msgspec.json.encode(settings).decode()]
            pid = stack.enter_context(processes.server(gateway, settings.port))
            servers = {"meydan": Server("meydan", settings.port, [pid, valkey.child.pid])}
            servers["socket.io"] = stack.enter_context(_socketio())
            servers["socket.io, recovering"] = stack.enter_context(_socketio(RECOVERS="1"))
            durable = stack.enter_context(_socketio(RECOVERS="1", VALKEY=kept.url))
            servers["socket.io, streams"] = Server(durable.protocol, durable.port, durable.pids + engine)
            if (program := peers.from_go(CENTRIFUGO, CENTRIFUGO_VERSION)) is not None:
                servers["Centrifugo"] = stack.enter_context(_centrifugo(program, folder / "memory.json"))
                durable = stack.enter_context(_centrifugo(program, folder / "redis.json", kept.url))
                servers["Centrifugo, Redis engine"] = Server(durable.protocol, durable.port, durable.pids + engine)
            yield servers
    finally:
        kept.stop()


@contextmanager
def _socketio(**environment: str) -> Iterator[Server]:
    manifest = peers.from_npm(
        "socket.io",
        {"socket.io": SOCKET_IO, "@socket.io/redis-streams-adapter": STREAMS_ADAPTER, "redis": REDIS_CLIENT},
    )
    port = processes.free_port()
    environment |= {"PORT": str(port), "MODULES": str(manifest), "NODE_ENV": "production"}
    with processes.server([peers.node(), HERE / "peers" / "socketio.mjs"], port, environment) as pid:
        yield Server("socketio", port, [pid])


@contextmanager
def _centrifugo(program: Path, configuration: Path, redis: str | None = None) -> Iterator[Server]:
    """With a history as long as our log, from which who was cut recovers."""
    port = processes.free_port()
    channels = {
        "allow_subscribe_for_client": True,
        "allow_publish_for_client": True,
        "allow_recovery": True,
        "force_recovery": True,
        "history_size": 1000,
        "history_ttl": "1h",
    }
    settings: dict[str, object] = {
        "client": {"insecure": True},
        "channel": {"without_namespace": channels},
        "http_server": {"address": "127.0.0.1", "port": str(port)},
        "log": {"level": "error"},
    }
    if redis is not None:
        settings["engine"] = {"type": "redis", "redis": {"address": redis}}
    configuration.write_text(json.dumps(settings))
    with processes.server([program, "-c", configuration], port) as pid:
        yield Server("centrifugo", port, [pid])
