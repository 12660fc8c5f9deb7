"""People who come through the front door: codes from the local outbox, sessions from the answers."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from itertools import count
from typing import Any, cast
from uuid import uuid4

import asyncpg
import httpx
import pytest
from argon2 import PasswordHasher
from litestar import Litestar

from meydan import tenants
from meydan.accounts.sign_in import passwords, puzzles
from meydan.integrations import Adapters, Channel, Message
from meydan.kit import jobs
from meydan.kit.database import Database, DatabaseSettings
from meydan.kit.runtime import runtime
from tests.conftest import open_client

PASSWORD = "a quiet Tuesday 77"
_numbers = count(1_000_000)


class Postbox:
    """A sender that keeps what it is given; ``trouble`` makes it fail."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.trouble: list[Exception] = []

    async def send(self, message: Message) -> None:
        if self.trouble:
            raise self.trouble.pop(0)
        self.sent.append(message)

    def to(self, address: str) -> list[Message]:
        return [message for message in self.sent if message.to == address]


@pytest.fixture
def postbox(app: Litestar) -> Any:
    """Takes the place of the adapters for one test."""
    postbox = Postbox()
    # All communities of a run spend one budget.
    adapters = Adapters(
        senders=dict.fromkeys(Channel, postbox), local_outbox=None, sms_cost_cents=5, sms_daily_budget_cents=1_000_000
    )
    with runtime.using(adapters):
        yield postbox


class Queue:
    """Does what a worker does, when a story says so."""

    def __init__(self, db: Database, owner: asyncpg.Connection, tenant_id: int) -> None:
        self._db, self._owner, self._tenant_id = db, owner, tenant_id

    async def work(self, tenant_id: int | None = None, *, at_once: bool = False) -> int:
        """Every waiting job of the community, once; how many there were.

        Each comes at its time, so that the texts to a number are far enough apart; ``at_once`` as after a pause.
        """
        rows = await self._owner.fetch(
            "delete from jobs.pgqueuer where headers->>'tenant_id' = $1 returning entrypoint, payload",
            str(tenant_id or self._tenant_id),
        )
        for row in rows:
            await jobs.run_job(self._db, row["entrypoint"], row["payload"], tenant_id or self._tenant_id)
            if not at_once:
                await self._owner.execute("update app.code_requests set left_at = left_at - interval '1 minute'")
        return len(rows)


@pytest.fixture
async def owner(database_settings: DatabaseSettings) -> AsyncIterator[asyncpg.Connection]:
    """Sees everything: for looking at what is kept, never for what a person does."""
    connection = await asyncpg.connect(database_settings.owner_url)
    yield connection
    await connection.close()


@pytest.fixture
async def queue(db: Database, owner: asyncpg.Connection, tenant: tenants.Tenant) -> Queue:
    return Queue(db, owner, tenant.id)


@pytest.fixture
def cheap_puzzles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Puzzles that cost no time, for stories with many of them."""
    monkeypatch.setattr(puzzles, "_BLOCKS", 16)


@pytest.fixture
def cheap_hashes() -> Iterator[None]:
    """Password hashes that cost no time, for stories with hundreds of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        passwords._dummy_hash.cache_clear()
        yield
    passwords._dummy_hash.cache_clear()


def new_phone() -> str:
    return f"+90532{next(_numbers)}"


def new_email() -> str:
    return f"person{next(_numbers)}@example.org"


def device(name: str = "Firefox") -> dict[str, str]:
    return {"id": str(uuid4()), "name": name}


def form(**changes: Any) -> dict[str, Any]:
    """The body that the registration page sends: a username and nothing proved, unless changed."""
    return {
        "username": f"someone{next(_numbers)}",
        "password": PASSWORD,
        "alias": "kediadam",
        "birth_date": "1990-05-17",
        "language": "tr",
        "device": device(),
    } | changes


def code(response: httpx.Response) -> str:
    """The stable word of a refusal."""
    assert response.headers["content-type"].startswith("application/problem+json"), response.text
    return str(response.json()["code"])


Prove = Callable[..., Awaitable[str]]


@pytest.fixture
def prove(api: httpx.AsyncClient, postbox: Postbox, queue: Queue) -> Prove:
    """A proof of an address, got as a person gets one: ask, wait for the worker, read, type."""

    async def prove(to: str, purpose: str = "register", client: httpx.AsyncClient | None = None) -> str:
        client = client or api
        channel = "email" if "@" in to else "sms"
        asked = await client.post("/api/auth/send-otp", json={"channel": channel, "to": to, "purpose": purpose})
        assert asked.status_code == 202, asked.text
        await queue.work()
        typed = {"to": to, "code": postbox.to(to)[-1].code, "purpose": purpose}
        verified = await client.post("/api/auth/verify-otp", json=typed)
        assert verified.status_code == 200, verified.text
        return str(verified.json()["proof"])

    return prove


class Somebody:
    """A person with a browser of their own: its cookies, its device, the newest access token."""

    def __init__(self, client: httpx.AsyncClient, wanted: dict[str, Any], session: dict[str, Any]) -> None:
        self.client, self.wanted = client, wanted
        self.device = wanted["device"]
        self.take(session)

    def take(self, session: dict[str, Any]) -> None:
        self.session = session
        self.client.headers["Authorization"] = f"Bearer {session['access_token']}"

    @property
    def me(self) -> dict[str, Any]:
        return dict(self.session["me"])

    @property
    def cookie(self) -> str:
        return str(self.client.cookies["meydan_refresh"])

    async def get(self, path: str) -> Any:
        response = await self.client.get(path)
        assert response.status_code == 200, response.text
        return response.json()


Arrive = Callable[..., Awaitable[Somebody]]


@pytest.fixture
async def arrive(app: Litestar, tenant: tenants.Tenant) -> AsyncIterator[Arrive]:
    """Registers a user in a browser of their own."""
    clients: list[httpx.AsyncClient] = []

    async def arrive(where: tenants.Tenant = tenant, **changes: Any) -> Somebody:
        client = open_client(app, where)
        clients.append(client)
        wanted = form(**changes)
        response = await client.post("/api/auth/register", json=wanted)
        assert response.status_code == 201, response.text
        return Somebody(client, wanted, response.json())

    yield arrive
    for client in clients:
        await client.aclose()


def from_address(app: Litestar, tenant: tenants.Tenant, address: str) -> httpx.AsyncClient:
    """A browser in another network, nobody logged in."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=cast("Any", app), client=(address, 5000)),
        base_url="http://127.0.0.1:8000",
        headers={"X-Meydan-Tenant": tenant.slug, "X-Meydan": "1"},
    )


@pytest.fixture
async def browser(app: Litestar, tenant: tenants.Tenant) -> AsyncIterator[httpx.AsyncClient]:
    """Another browser, nobody logged in."""
    async with open_client(app, tenant) as client:
        yield client
