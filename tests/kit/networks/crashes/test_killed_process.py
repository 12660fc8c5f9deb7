"""A process that is killed takes its connections with it: no ghost is counted for longer than its lease."""

import asyncio
import sys
from pathlib import Path
from uuid import uuid4

from meydan.kit import valkey
from meydan.kit.networks import OpenConnections
from tests.waiting import patience, until

SCRIPT = Path(__file__).with_name("hold_connections.py")


async def test_no_ghosts_are_counted(valkey_url: str):
    name, network = uuid4().hex, "198.51.100.9"
    command = [sys.executable, str(SCRIPT), valkey_url, name, network, "10", "2"]
    holder = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert holder.stdout is not None
        async with patience("the other process"):
            assert await holder.stdout.readline() == b"held\n"
        async with valkey.opened(valkey_url) as opened:
            mine = OpenConnections(name, 10)

            async def is_refused() -> bool:
                refused = False

                def refuse() -> None:
                    nonlocal refused
                    refused = True

                for _ in range(2):
                    mine.opened(network, refuse)
                await opened.execute("PING")
                for _ in range(2):
                    mine.closed(network)
                return refused

            assert await is_refused()
            holder.kill()

            async def is_let_in() -> bool:
                return not await is_refused()

            await until(is_let_in, every=0.2)
    finally:
        if holder.returncode is None:
            holder.kill()
        await holder.wait()
