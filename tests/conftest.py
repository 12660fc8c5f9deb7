"""Real engines for the whole run, one database a worker, a fresh community for every test."""

import asyncio
import random
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import asyncpg
import httpx
import msgspec
import pytest
from litestar import Litestar

from meydan import config, tenants
from meydan.app import create_app
from meydan.engines import Engines
from meydan.kit import clock
from meydan.kit.crypto.keys import Keys
from meydan.kit.database import Database, DatabaseSettings, migrations
from meydan.kit.runtime import runtime
from tests.waiting import PATIENCE, patience

_TEMPLATE = "meydan_template"
_PASSWORDS = dict.fromkeys(migrations.ROLES, "test")
# Nothing here outlives the run, so nothing has to reach the disk. Tests of durability start engines of their own.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"}

pytest_plugins = ["tests.seconds", "tests.tiers"]

_engines = pytest.StashKey[Engines]()
_folder = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-engines", action="store_true", help="start no PostgreSQL and no Valkey: for folders rules/")


def pytest_configure(config: pytest.Config) -> None:
    """The controlling process starts the engines once; workers are told where they are."""
    if hasattr(config, "workerinput") or config.option.collectonly or config.option.no_engines:
        return
    folder = tempfile.mkdtemp(prefix="meydan-tests-")
    engines = Engines(Path(folder), postgres_settings=_FAST)
    engines.start()
    config.stash[_engines], config.stash[_folder] = engines, folder
    asyncio.run(_make_template(engines.postgres_url))


def pytest_configure_node(node: Any) -> None:
    if engines := node.config.stash.get(_engines, None):
        node.workerinput["postgres_url"] = engines.postgres_url
        node.workerinput["valkey_url"] = engines.valkey_url


def pytest_unconfigure(config: pytest.Config) -> None:
    if engines := config.stash.get(_engines, None):
        engines.stop()
        shutil.rmtree(config.stash[_folder], ignore_errors=True)


async def _make_template(url: str) -> None:
    await migrations.bootstrap(url, _TEMPLATE, _PASSWORDS)
    await migrations.migrate(_with(url, _TEMPLATE, "meydan_owner"))


def _with(url: str, database: str, role: str | None = None) -> str:
    scheme, rest = url.split("://")
    credentials, address = rest.rsplit("@", 1)
    host = address.split("/")[0]
    return f"{scheme}://{f'{role}:{_PASSWORDS[role]}' if role else credentials}@{host}/{database}"


@pytest.fixture(scope="session")
def postgres_url(pytestconfig: pytest.Config) -> str:
    """The superuser's address: for looking at the catalogue, never for what a person does."""
    return _url(pytestconfig, "postgres_url")


@pytest.fixture(scope="session")
def valkey_url(pytestconfig: pytest.Config) -> str:
    return _url(pytestconfig, "valkey_url")


def _url(config: pytest.Config, name: str) -> str:
    if config.option.no_engines:
        pytest.fail("this test wants an engine: it does not belong in a folder rules/")
    if workerinput := getattr(config, "workerinput", None):
        return str(workerinput[name])
    return str(getattr(config.stash[_engines], name))


@pytest.fixture(scope="session")
async def database_settings(postgres_url: str, worker_id: str) -> DatabaseSettings:
    number = int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0
    return await _new_database(postgres_url, f"meydan_{worker_id}", (number + 1) * 100_000)


@pytest.fixture(scope="module")
async def own_database(postgres_url: str) -> AsyncIterator[DatabaseSettings]:
    """A database of its own, for stories that read every tenant or run every job."""
    name = f"meydan_own_{uuid4().hex[:8]}"
    yield await _new_database(postgres_url, name, random.randrange(10_000_000, 2_000_000_000))
    superuser = await asyncpg.connect(postgres_url)
    await superuser.execute(f'drop database "{name}" with (force)')
    await superuser.close()


async def _new_database(postgres_url: str, name: str, first_tenant: int) -> DatabaseSettings:
    """A copy of the template. All share one Valkey: their tenants must not have the same numbers."""
    superuser = await asyncpg.connect(postgres_url)
    await superuser.execute(f'create database "{name}" template {_TEMPLATE} owner meydan_owner')
    await superuser.close()
    owner = await asyncpg.connect(_with(postgres_url, name, "meydan_owner"))
    await owner.execute(f"alter table app.tenants alter column id restart with {first_tenant}")
    await owner.close()
    return DatabaseSettings(
        app_url=_with(postgres_url, name, "meydan_app"),
        service_url=_with(postgres_url, name, "meydan_service"),
        relay_url=_with(postgres_url, name, "meydan_relay"),
        owner_url=_with(postgres_url, name, "meydan_owner"),
    )


@pytest.fixture(scope="session")
async def db(database_settings: DatabaseSettings) -> AsyncIterator[Database]:
    database = await Database.open(database_settings)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def settings(
    database_settings: DatabaseSettings, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> config.Settings:
    return config.Settings(
        data=tmp_path_factory.mktemp("data"),
        database=config.DatabaseUrls(**msgspec.structs.asdict(database_settings)),
        valkey=config.Valkey(url=valkey_url),
        secrets=config.Secrets(token_key="t" * 32, seal_key="s" * 32, contact_key="c" * 32),
        tenants=config.Tenants(
            founding=config.Founding.open, foundings_per_day=1_000_000, foundings_per_network_day=1_000_000
        ),
    )


@pytest.fixture(scope="session", autouse=True)
def installation_keys() -> Iterator[None]:
    """Those of ``settings``, for stories that ask for no application."""
    with runtime.using(Keys(token_key="t" * 32, seal_key="s" * 32, contact_key="c" * 32)):
        yield


@pytest.fixture(scope="session", autouse=True)
def patient_with_valkey() -> Iterator[None]:
    """A quarter of a second is much for Valkey and little for a busy machine: stories about a silent one set it back."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("meydan.kit.valkey.client.PROMPT", PATIENCE)
        yield


@pytest.fixture(scope="session", autouse=True)
def frames_stay_readable() -> Iterator[None]:
    """Stories read in the outbox what people were told, however long after it was forwarded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("meydan.kit.realtime.outbox.DELETE_EVERY", 86_400)
        yield


@pytest.fixture(scope="session")
async def app(settings: config.Settings) -> AsyncIterator[Litestar]:
    """The API in this process; it and everything it opened belongs to the whole run."""
    made, ready, over = create_app(settings), asyncio.Event(), asyncio.Event()

    async def live() -> None:  # the lifespan must end in the task that began it; a fixture's two halves are two tasks
        async with made.lifespan():
            ready.set()
            await over.wait()

    life = asyncio.create_task(live())
    waiting = asyncio.create_task(ready.wait())
    async with patience("the API's start"):
        await asyncio.wait((life, waiting), return_when=asyncio.FIRST_COMPLETED)
    if life.done():
        life.result()
    yield made
    over.set()
    await life


@pytest.fixture
async def api(app: Litestar, tenant: tenants.Tenant) -> AsyncIterator[httpx.AsyncClient]:
    """HTTP client without a login, in this test's tenant."""
    async with open_client(app, tenant) as client:
        yield client


def open_client(app: Litestar, tenant: tenants.Tenant) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=cast("Any", app)),
        base_url="http://127.0.0.1:8000",
        headers={"X-Meydan-Tenant": tenant.slug, "X-Meydan": "1"},
    )


async def new_tenant(db: Database) -> tenants.Tenant:
    async with db.as_service(0) as tx:
        return await tenants.do_add(tx, f"t-{uuid4().hex[:12]}", "A community")


@pytest.fixture
async def tenant(db: Database) -> tenants.Tenant:
    return await new_tenant(db)


@pytest.fixture
async def other_tenant(db: Database) -> tenants.Tenant:
    return await new_tenant(db)


class MovableClock:
    """Moves the product's clock, in this process and in every process that reads the same file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.seconds = 0.0
        """By which the clock was moved. Time that passes by itself does not count."""

    def forward(self, *, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        self.seconds += hours * 3600 + minutes * 60 + seconds
        self.file.write_text(str(self.seconds))

    def forward_to(self, hour: int) -> None:
        """To the next time that it is this hour, in UTC."""
        now = clock.now()
        self.forward(seconds=(now.replace(hour=hour, minute=0, second=0) - now).total_seconds() % 86_400)


@pytest.fixture
def moving_clock(tmp_path: Path) -> Iterator[MovableClock]:
    file = tmp_path / "clock"
    with runtime.using(clock.Clock(file)):
        yield MovableClock(file)
