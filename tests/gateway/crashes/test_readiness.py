"""A gateway whose Valkey is silent is alive and not ready."""

import asyncio
import urllib.error
import urllib.request

from tests.own_valkey import OwnValkey
from tests.waiting import until


async def test_it_is_ready_while_valkey_answers(own_valkey: OwnValkey, start_gateway):
    gateway = await start_gateway(valkey_url=own_valkey.url)

    def ask(path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{gateway.port}{path}") as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    async def is_ready() -> bool:
        return await asyncio.to_thread(ask, "/ready") == 200

    async def is_unready() -> bool:
        return await asyncio.to_thread(ask, "/ready") == 503

    await until(is_ready)
    own_valkey.freeze()
    await until(is_unready)
    assert await asyncio.to_thread(ask, "/health") == 200
    own_valkey.thaw()
    await until(is_ready)
