"""Counts connections in a process of its own, to be killed: ``hold_connections.py URL NAME NETWORK COUNT LEASE_SECONDS``."""

import asyncio
import sys

from meydan.kit import valkey
from meydan.kit.networks import OpenConnections


async def hold(url: str, name: str, network: str, count: int, lease_seconds: float) -> None:
    async with valkey.opened(url) as opened:
        connections = OpenConnections(name, 10, lease_seconds=lease_seconds)
        for _ in range(count):
            connections.opened(network, lambda: None)
        await opened.execute("PING")
        sys.stdout.write("held\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


asyncio.run(hold(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5])))
