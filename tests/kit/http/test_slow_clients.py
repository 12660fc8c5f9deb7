"""Slow and numerous clients: a server that a few sockets could stop closes them, and waits for slow phones."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
import uvicorn
from uvicorn.server import ServerState

from meydan.kit.http.slow_clients import BoundedProtocol, ClientLimits, protocol_with
from tests.waiting import patience, until

QUICK = ClientLimits(head_seconds=0.3, body_grace_seconds=0.3, body_bytes_per_second=1000)
HEAD = b"POST /size HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n"


async def size_of_body(_scope: Any, receive: Any, send: Any) -> None:
    """Answers how much came; reads all of it."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return
        size, more = size + len(message["body"]), message["more_body"]
    body = str(size).encode()
    head = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})


async def too_much(_scope: Any, _receive: Any, send: Any) -> None:
    """Answers at once and reads nothing."""
    await send({"type": "http.response.start", "status": 413, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def serving(limits: ClientLimits, app: Any = size_of_body) -> AsyncIterator[int]:
    config = uvicorn.Config(app, port=0, http=protocol_with(limits), ws="none", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve())

    async def started() -> bool:
        return server.started

    await until(started)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task


async def to_the_end(reader: asyncio.StreamReader) -> bytes:
    async with patience("the server's closing"):
        return await reader.read()


async def drip(writer: asyncio.StreamWriter, reader: asyncio.StreamReader, piece: bytes) -> bytes:
    """Sends a byte now and then, until the server has had enough."""

    async def drop_by_drop() -> None:
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.05)

    dripping = asyncio.create_task(drop_by_drop())
    try:
        return await to_the_end(reader)
    except ConnectionError:
        return b""
    finally:
        dripping.cancel()
        await asyncio.gather(dripping, return_exceptions=True)
        writer.close()


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHost: here\r\nX-Slow: "])
async def test_a_head_that_never_ends_is_closed(begun: bytes):
    async with serving(QUICK) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begun)
        answer = await to_the_end(reader) if not begun else await drip(writer, reader, b"x")
        writer.close()
    if begun:
        assert not answer or (b" 408 " in answer and b"request_timeout" in answer)
    else:
        assert answer == b"", "a browser that connects ahead of need is told nothing"


async def test_a_body_that_drips_is_closed():
    async with serving(QUICK) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD % 1_000_000)
        answer = await drip(writer, reader, b"x")
    assert not answer or b" 408 " in answer


async def test_a_body_that_goes_on_after_the_answer_is_closed():
    async with serving(QUICK, too_much) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD % 1_000_000)
        answer = await drip(writer, reader, b"x" * 200)
    assert not answer or answer.startswith(b"HTTP/1.1 413")


async def test_a_slow_phone_is_waited_for():
    """Far longer than the grace, and always above the least rate."""
    patient = ClientLimits(head_seconds=60, body_grace_seconds=1, body_bytes_per_second=1)
    async with serving(patient) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD % 1500)
        for _ in range(15):
            writer.write(b"x" * 100)
            await writer.drain()
            await asyncio.sleep(0.1)
        async with patience("the answer"):
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            assert await reader.readexactly(4) == b"1500"
        writer.write(HEAD % 2 + b"ab")  # the connection is kept, and its next request has limits of its own
        async with patience("the second answer"):
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        writer.close()


class Wire(asyncio.Transport):
    """An accepted connection from an address of our choice."""

    def __init__(self, address: str) -> None:
        super().__init__({"peername": (address, 5000), "sockname": ("192.0.2.1", 443)})
        self.written, self._is_closing = b"", False

    def write(self, data: Any) -> None:
        self.written += bytes(data)

    def close(self) -> None:
        self._is_closing = True

    def is_closing(self) -> bool:
        return self._is_closing


@pytest.fixture
async def arrive() -> AsyncIterator[Callable[[str], tuple[BoundedProtocol, Wire]]]:
    kind = protocol_with(ClientLimits(connections_per_network=3, trusted_proxies=("203.0.113.7", "2001:db8:ffff::/48")))
    config = uvicorn.Config(size_of_body, log_config=None, lifespan="off")
    made: list[BoundedProtocol] = []

    def connect(address: str) -> tuple[BoundedProtocol, Wire]:
        protocol, wire = kind(config, ServerState(), {}), Wire(address)
        protocol.connection_made(wire)
        made.append(protocol)
        return protocol, wire

    yield connect
    for protocol in made:
        protocol.connection_lost(None)
    assert len(kind.open_connections) == 0, "every connection that was counted has been taken off"


async def test_an_address_has_so_many_connections(arrive: Callable[[str], tuple[BoundedProtocol, Wire]]):
    protocols = [arrive("198.51.100.9")[0] for _ in range(3)]
    refused = arrive("198.51.100.9")[1]
    assert refused.is_closing()
    head, body = refused.written.split(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 429")
    assert msgspec.json.decode(body)["code"] == "too_many_connections"
    assert not arrive("198.51.100.10")[1].is_closing(), "somebody else"
    protocols[0].connection_lost(None)
    protocols[0].connection_lost(None)
    assert arrive("198.51.100.9")[1].is_closing(), "the refused one is not gone yet"


async def test_a_network_of_ipv6_is_one_customer(arrive: Callable[[str], tuple[BoundedProtocol, Wire]]):
    wires = [arrive(f"2001:db8:1:2::{number}")[1] for number in range(4)]
    assert [wire.is_closing() for wire in wires] == [False, False, False, True]


@pytest.mark.parametrize("address", ["203.0.113.7", "2001:db8:ffff::1", "127.0.0.1", "::1", "::ffff:127.0.0.1"])
async def test_a_trusted_proxy_has_any_number(arrive: Callable[[str], tuple[BoundedProtocol, Wire]], address: str):
    assert not any(arrive(address)[1].is_closing() for _ in range(10))
