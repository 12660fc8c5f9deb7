"""ASGI applications that are reached over real HTTP, on a port of this machine that was free."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import uvicorn

from meydan import integrations
from meydan.kit.runtime import runtime
from tests.waiting import patience


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """Its address. What the application opens at its start is left to whoever made it."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="warning", access_log=False))
        life = asyncio.create_task(server._serve([listening]))  # signals are the test run's
        async with patience():
            while not server.started:
                await asyncio.sleep(0.005)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await life


@asynccontextmanager
async def local_payments_at(url: str) -> AsyncIterator[None]:
    """The pay page of ours is where the application under test is served; links lead there too."""
    before = integrations.current()
    assert before.local_payments is not None
    place = msgspec.structs.replace(before.local_payments, url=url)
    with runtime.using(msgspec.structs.replace(before, local_payments=place, public_url=url)):
        yield
