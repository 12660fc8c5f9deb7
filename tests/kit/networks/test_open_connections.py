"""Open connections: a flood over two processes is one flood, and nobody waits for a count."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest

from meydan.kit import valkey
from meydan.kit.networks import OpenConnections, open_connections
from meydan.kit.valkey import Valkey
from tests.own_valkey import OwnValkey
from tests.waiting import until

NETWORK = "198.51.100.9"


class Flood:
    """Connections of one network to one process; a refused one is closed, as a server does it."""

    def __init__(self, process: OpenConnections) -> None:
        self.process, self.open, self.refused = process, 0, 0

    def connect(self, count: int, network: str = NETWORK) -> None:
        for _ in range(count):
            self.open += 1
            if not self.process.opened(network, lambda: self.refuse(network)):
                self.refuse(network)

    def refuse(self, network: str) -> None:
        self.refused += 1
        self.close(1, network)

    def close(self, count: int, network: str = NETWORK) -> None:
        for _ in range(count):
            self.open -= 1
            self.process.closed(network)


@asynccontextmanager
async def two_processes(url: str, most: int) -> AsyncIterator[tuple[Flood, Flood, Valkey]]:
    name = uuid4().hex
    async with valkey.opened(url) as opened:
        yield Flood(OpenConnections(name, most)), Flood(OpenConnections(name, most)), opened


async def test_a_flood_over_two_processes_is_counted_once(valkey_url: str):
    async with two_processes(valkey_url, 9) as (one, other, opened):
        one.connect(5)
        await opened.execute("PING")
        other.connect(7)
        await opened.execute("PING")
        assert (one.open, one.refused) == (5, 0)
        assert (other.open, other.refused) == (4, 3)
        other.connect(3, "198.51.100.10")
        await opened.execute("PING")
        assert other.refused == 3, "somebody else"
        one.close(2)
        other.connect(3)
        await opened.execute("PING")
        assert (other.open - 3, other.refused) == (6, 4), "closed ones make room, for exactly so many"


async def test_an_ordinary_network_costs_no_command(own_valkey: OwnValkey):
    async with two_processes(own_valkey.url, 100) as (one, _other, opened):
        commands = await _commands(opened)
        one.connect(10)
        one.close(10)
        assert await _commands(opened) == commands
        one.connect(11)
        assert await _commands(opened) == commands + 1
        one.close(11)
        assert await _commands(opened) == commands + 2, "one to take the count off"
        assert len(one.process) == 0


async def _commands(opened: Valkey) -> int:
    """Calls of our functions so far."""
    stats = bytes(await opened.execute("INFO", "commandstats"))
    calls = [line.partition(b"calls=")[2] for line in stats.splitlines() if line.startswith(b"cmdstat_fcall:")]
    return int(calls[0].partition(b",")[0]) if calls else 0


@pytest.mark.parametrize("trouble", [OwnValkey.kill, OwnValkey.freeze])
async def test_without_valkey_each_process_counts_for_itself(
    own_valkey: OwnValkey, trouble: Callable[[OwnValkey], None]
):
    async with two_processes(own_valkey.url, 9) as (one, other, opened):
        one.connect(5)
        await opened.execute("PING")
        trouble(own_valkey)

        async def is_noticed() -> bool:
            return not opened.answers

        await until(is_noticed)
        began = asyncio.get_running_loop().time()
        other.connect(12)
        assert asyncio.get_running_loop().time() - began < 1, "nobody is waited for"
        assert (other.open, other.refused) == (9, 3)
        if trouble is OwnValkey.freeze:
            own_valkey.thaw()
        else:
            own_valkey.start()

        async def is_back() -> bool:
            return opened.answers

        await until(is_back)
        await opened.execute("PING")
        one.connect(1)
        await opened.execute("PING")
        refused_so_far = one.refused
        other.connect(1)
        await opened.execute("PING")
        assert other.refused == 4
        other.close(9)
        one.connect(1)
        await opened.execute("PING")
        assert one.refused == refused_so_far, "what was closed during the trouble is counted no more"


async def test_a_lease_is_renewed_while_the_process_lives(own_valkey: OwnValkey, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(open_connections, "_RENEWALS", 1_000)  # each thirty milliseconds, of a lease that none outlives
    async with two_processes(own_valkey.url, 3) as (one, other, opened):
        one.connect(3)
        first = await _lease_ends_at(opened)

        async def is_renewed() -> bool:
            return await _lease_ends_at(opened) > first

        await until(is_renewed)
        other.connect(1)
        await opened.execute("PING")
        assert other.refused == 1
        one.close(3)
        assert await opened.execute("DBSIZE") == 0, "nothing is renewed for a network that has left"


async def _lease_ends_at(opened: Valkey) -> int:
    """Time at which the only process that holds the only network would be forgotten, in milliseconds."""
    (key,) = await opened.execute("KEYS", "connections:*")
    (process,) = await opened.execute("HKEYS", key)
    (ends_at,) = await opened.execute("HPEXPIRETIME", key, "FIELDS", 1, process)
    return int(ends_at)
