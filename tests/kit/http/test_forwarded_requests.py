"""Requests through trusted proxies: a network has so many under way, and the proxy itself any number."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx

from meydan.kit import valkey
from meydan.kit.http.forwarded_requests import ForwardedRequests
from meydan.kit.networks import OpenConnections, TrustedProxies
from tests.waiting import happens, patience, until

ADDRESS, PROXY = "198.51.100.9", "203.0.113.7"


class Slow:
    """Reads a body and answers when it is told to."""

    def __init__(self) -> None:
        self.under_way, self.go_on = 0, asyncio.Event()
        self.heard: list[str] = []

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        self.under_way += 1
        await happens(self.go_on, "the word to go on")
        self.heard.append((await receive())["type"])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def has(self, count: int) -> None:
        async def so_many() -> bool:
            return self.under_way == count

        await until(so_many)


def one_process(app: Slow, name: str, address: str = ADDRESS) -> httpx.AsyncClient:
    """A client whose address uvicorn has read from the proxy's header."""
    counted: Any = ForwardedRequests(app, TrustedProxies([PROXY]), OpenConnections(name, 3))
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(counted, client=(address, 0)), base_url="http://here", timeout=None
    )


async def test_a_network_has_so_many_requests_under_way():
    app, name = Slow(), uuid4().hex
    async with one_process(app, name) as client:
        first = [asyncio.create_task(client.post("/", content=b"x")) for _ in range(3)]
        await app.has(3)
        refused = await client.post("/", content=b"x")
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_connections")
        app.go_on.set()
        async with patience("the first ones"):
            assert {answer.status_code for answer in await asyncio.gather(*first)} == {204}
        assert (await client.post("/", content=b"x")).status_code == 204, "they are over"


async def test_a_proxy_itself_has_any_number():
    app = Slow()
    async with one_process(app, uuid4().hex, PROXY) as client:
        asked = [asyncio.create_task(client.get("/")) for _ in range(9)]
        await app.has(9)
        app.go_on.set()
        assert {answer.status_code for answer in await asyncio.gather(*asked)} == {204}


async def test_over_two_processes_the_newest_is_given_up(valkey_url: str):
    """Its body is read no further: the application is told that the client has gone."""
    app, other, name = Slow(), Slow(), uuid4().hex
    async with (
        valkey.opened(valkey_url) as opened,
        one_process(app, name) as client,
        one_process(other, name) as second,
    ):
        first = [asyncio.create_task(client.post("/", content=b"x")) for _ in range(3)]
        await app.has(3)
        newest = asyncio.create_task(second.post("/", content=b"x"))
        await other.has(1)
        await opened.execute("PING")
        for each in (app, other):
            each.go_on.set()
        await asyncio.gather(*first, newest)
    assert (app.heard, other.heard) == (["http.request"] * 3, ["http.disconnect"])
