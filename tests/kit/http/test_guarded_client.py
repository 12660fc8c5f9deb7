"""The client for URLs that clients give, against servers that would lead it astray."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpcore
import pytest

from meydan.kit.hosts import is_public
from meydan.kit.http import guarded_client
from meydan.kit.http.guarded_client import GuardedClient, Unreachable, UrlRefused

TAKEN = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"


class Server:
    """Answers each request with the same bytes, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self.url = ""


@asynccontextmanager
async def answering(answer: bytes, *, then_silent: bool = False) -> AsyncIterator[Server]:
    server, over = Server(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        if then_silent:
            await over.wait()
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/a"
    async with listening:
        yield server
        over.set()


@pytest.fixture
async def client() -> AsyncIterator[GuardedClient]:
    async with GuardedClient.opened(allows_loopback=True) as opened:
        yield opened


Resolve = Callable[..., None]


@pytest.fixture
def resolves(monkeypatch: pytest.MonkeyPatch) -> Resolve:
    """A name server in the hand: the addresses of each answer, in turn."""

    def answers(*turns: list[str]) -> None:
        left = [*turns]

        async def getaddrinfo(_loop: Any, _host: str, port: int, **_: Any) -> list[Any]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in left.pop(0)]

        monkeypatch.setattr(type(asyncio.get_running_loop()), "getaddrinfo", getaddrinfo, raising=False)

    return answers


async def test_it_posts_and_reads_the_answer(client: GuardedClient):
    async with answering(b"HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nno") as server:
        answer = await client.post(server.url, b"body", {"TTL": "60"})
    assert (answer.status, answer.headers["retry-after"], answer.body) == (429, "7", b"no")
    [asked] = server.asked
    assert asked.startswith(b"POST /a HTTP/1.1\r\n")
    assert b"TTL: 60\r\n" in asked


async def test_a_redirect_is_not_followed(client: GuardedClient):
    async with answering(TAKEN) as inside:
        leads = f"HTTP/1.1 307 There\r\nLocation: {inside.url}\r\nContent-Length: 0\r\n\r\n".encode()
        async with answering(leads) as server:
            assert (await client.post(server.url, b"", {})).status == 307
        assert inside.asked == []


async def test_proxies_of_the_environment_are_not_asked(client: GuardedClient, monkeypatch: pytest.MonkeyPatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with answering(TAKEN) as server:
        assert (await client.post(server.url, b"", {})).status == 201


async def test_of_an_endless_answer_a_part_is_read(client: GuardedClient):
    endless = b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + b"x" * 100_000
    async with answering(endless, then_silent=True) as server:
        assert len((await client.post(server.url, b"", {})).body) == 16 * 1024


async def test_a_silent_server_is_given_up(client: GuardedClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(guarded_client, "_SECONDS", 0.05)
    async with answering(b"", then_silent=True) as server:
        with pytest.raises(Unreachable):
            await client.post(server.url, b"", {})


@pytest.mark.parametrize("answer", [b"", b"not HTTP at all\r\n\r\n"])
async def test_no_answer_says_nothing_of_the_url(client: GuardedClient, answer: bytes):
    async with answering(answer) as server:
        with pytest.raises(Unreachable) as refused:
            await client.post(server.url + "secret", b"", {})
    assert "secret" not in repr(refused.value)


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["142.250.1.1", "10.0.0.1"], ["169.254.169.254"], ["::1"]])
async def test_a_name_that_leads_inside_is_refused(client: GuardedClient, resolves: Resolve, addresses: list[str]):
    """The door of a developer does not change that: the name itself must be this machine's."""
    resolves(addresses)
    with pytest.raises(UrlRefused):
        await client.post("https://push.example.net/a", b"", {})


async def test_the_checked_address_is_the_one_that_is_connected_to(resolves: Resolve):
    """DNS rebinding: the second answer of a name server leads elsewhere, and nobody asks for it."""
    checked: list[str] = []

    def allow(address: Any) -> bool:
        checked.append(str(address))
        return True

    backend = guarded_client._CheckedBackend(allow)
    async with answering(TAKEN) as server:
        port = int(server.url.split(":")[2].partition("/")[0])
        resolves(["127.0.0.1"], ["127.0.0.99"])
        stream = await backend.connect_tcp("push.example.net", port)
        assert stream.get_extra_info("server_addr") == ("127.0.0.1", port)
        await stream.aclose()
    assert checked == ["127.0.0.1"]


async def test_an_address_that_does_not_answer_gives_way_to_the_next(resolves: Resolve):
    backend = guarded_client._CheckedBackend(lambda _: True)
    async with answering(TAKEN) as server:
        port = int(server.url.split(":")[2].partition("/")[0])
        resolves(["127.0.0.2", "127.0.0.1"])
        stream = await backend.connect_tcp("push.example.net", port)
        await stream.aclose()


async def test_a_name_that_nobody_has_is_unreachable(client: GuardedClient, monkeypatch: pytest.MonkeyPatch):
    async def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "nobody")

    monkeypatch.setattr(type(asyncio.get_running_loop()), "getaddrinfo", getaddrinfo, raising=False)
    with pytest.raises(Unreachable):
        await client.post("https://push.example.net/a", b"", {})


async def test_there_is_no_other_way_out():
    with pytest.raises(NotImplementedError):
        await guarded_client._CheckedBackend(is_public).connect_unix_socket("/run/x")
    assert issubclass(guarded_client._CheckedBackend, httpcore.AsyncNetworkBackend)
