"""Clients of the gateway, as a browser is one: they say hello, keep their cursor, and notice why they were closed."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from meydan.gateway import Gateway, GatewaySettings, serving
from meydan.kit.crypto.tokens import sign_access
from meydan.kit.database import Database
from meydan.kit.identity import Face, Identity, Role
from meydan.kit.realtime import Frame, Grant, Realtime, send_frame, sign_grant
from meydan.tenants import Tenant
from tests.own_valkey import own_valkey
from tests.waiting import patience

__all__ = ["own_valkey"]

KEY = secrets.token_hex(32)


class Note(Frame, frozen=True):
    """A frame of no room."""

    n: int


class Person:
    """A user with one profile, one session and a token for them."""

    def __init__(self, tenant_id: int) -> None:
        self.identity = Identity(
            tenant_id=tenant_id,
            user_id=uuid4(),
            profile_id=uuid4(),
            session_id=uuid4(),
            client_device_id=uuid4(),
            role=Role.user,
            face=Face.real,
        )

    def token(self, *, lasting: timedelta = timedelta(minutes=10), key: str = KEY, **changes: Any) -> str:
        identity = msgspec.structs.replace(self.identity, **changes)
        return sign_access(identity, (key,), expires_at=datetime.now(UTC) + lasting)

    def grant_for(self, stranger: "Person", conversation_id: UUID, *, lasting: timedelta = timedelta(minutes=5)) -> str:
        grant = Grant(
            tenant_id=self.identity.tenant_id,
            conversation_id=conversation_id,
            me_profile_id=self.identity.profile_id,
            peer_profile_id=stranger.identity.profile_id,
            peer_user_id=stranger.identity.user_id,
            expires_at=datetime.now(UTC) + lasting,
        )
        return sign_grant(grant, (KEY,))


class Client(WSListener):
    def __init__(self) -> None:
        self.frames: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.cursor: str | None = None
        self.person: Person | None = None
        self._code = 1006

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            self._code = int.from_bytes(frame.get_payload_as_bytes()[:2])
            transport.disconnect()
        elif frame.msg_type == WSMsgType.TEXT:
            said = json.loads(frame.get_payload_as_bytes())
            self.cursor = said.get("id", self.cursor)
            self.frames.put_nowait(said)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        if not self.closed.done():
            self.closed.set_result(self._code)

    def say(self, **frame: Any) -> None:
        self.transport.send(WSMsgType.TEXT, json.dumps(frame).encode())

    async def hear(self, kind: str) -> dict[str, Any]:
        """The next frame, which must be of this kind."""
        async with patience():
            said = await self.frames.get()
        assert said["t"] == kind, said
        return said

    async def hears_nothing(self) -> None:
        """The next frame answers a question asked only now, which takes the way through Valkey that others take."""
        assert self.person is not None
        asked = uuid4()
        self.say(t="watch", grant=self.person.grant_for(Person(self.person.identity.tenant_id), asked))
        answer = await self.hear("presence")
        assert answer["conversation_id"] == str(asked)

    async def hears_nothing_for(self, seconds: float) -> None:
        """Checks silence after which no later frame can come."""
        await asyncio.sleep(seconds)
        assert self.frames.empty(), self.frames.get_nowait()

    async def close_code(self) -> int:
        async with patience():
            return await asyncio.shield(self.closed)

    def vanish(self) -> None:
        """As a phone in a tunnel: no good-bye."""
        self.transport.underlying_transport.abort()


async def open_socket(port: int, scheme: str = "ws", **kwargs: Any) -> Client:
    _, client = await ws_connect(Client, f"{scheme}://127.0.0.1:{port}/ws", **kwargs)
    if not isinstance(client, Client):
        raise ConnectionResetError("lost while it was being opened")
    return client


Connect = Callable[..., Awaitable[Client]]


@pytest.fixture
async def realtime(valkey_url: str, db: Database) -> AsyncIterator[Realtime]:
    """Realtime as the API opens it, without a sweeper."""
    async with Realtime.opened(valkey_url, db) as opened:
        yield opened


@pytest.fixture
async def start_gateway(valkey_url: str) -> AsyncIterator[Callable[..., Awaitable[Gateway]]]:
    async with AsyncExitStack() as stack:

        async def start(**changes: Any) -> Gateway:
            settings = {"valkey_url": valkey_url, "token_keys": (KEY,), "grant_keys": (KEY,), "port": 0, **changes}
            return await stack.enter_async_context(serving(GatewaySettings(**settings)))

        yield start


@pytest.fixture
async def gateway(start_gateway: Callable[..., Awaitable[Gateway]]) -> Gateway:
    return await start_gateway()


@pytest.fixture
async def connect(gateway: Gateway) -> AsyncIterator[Connect]:
    """``await connect(person, since=…)`` says hello and hears ready; without a person it only opens the socket."""
    clients: list[Client] = []

    async def connect_(
        person: Person | None = None, *, to: Gateway | int | None = None, since: str | None = None, **kwargs: Any
    ) -> Client:
        target = to or gateway
        port = target if isinstance(target, int) else target.port
        client = await open_socket(port, **kwargs)
        clients.append(client)
        if person is not None:
            client.person = person
            client.say(t="hello", token=person.token(), since=since)
            await client.hear("ready")
        return client

    yield connect_
    for client in clients:
        client.vanish()


@pytest.fixture
def ada(tenant: Tenant) -> Person:
    return Person(tenant.id)


@pytest.fixture
def ben(tenant: Tenant) -> Person:
    return Person(tenant.id)


Tell = Callable[[Person, int], Awaitable[None]]


@pytest.fixture
def tell_note(db: Database, realtime: Realtime) -> Tell:
    async def told(person: Person, n: int) -> None:
        async with db.as_user(person.identity) as tx:
            await send_frame(tx, person.identity.user_id, Note(n))

    return told


@pytest.fixture
def key() -> str:
    return KEY


@pytest.fixture
def person(tenant: Tenant) -> Callable[[], Person]:
    return lambda: Person(tenant.id)


@pytest.fixture
def dial() -> Callable[..., Awaitable[Client]]:
    """Opens a socket and says nothing."""
    return open_socket
