"""A gateway in a process of its own that answers each line on its standard input by the number of its connections."""

import asyncio
import sys

import msgspec
import uvloop

from meydan.gateway import GatewaySettings, serving


async def run(settings: GatewaySettings) -> None:
    async with serving(settings) as gateway:
        while await asyncio.to_thread(sys.stdin.readline):
            sys.stdout.write(f"{len(gateway.hub.connections)}\n")
            sys.stdout.flush()


uvloop.run(run(msgspec.json.decode(sys.argv[1], type=GatewaySettings)))
