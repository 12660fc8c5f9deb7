"""Stored words: a database of an older program goes on in this one, and nothing in it is lost.

``tests/migrations/from_0010.sql.gz`` was filled by that program with one of each (see the README there). A word may be
renamed together with the data. The values that stood under it must still be there.
"""

import gzip
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from meydan import (
    rooms,  # noqa: F401 -- registers every room's jobs and settings
    tenants,
)
from meydan.commands import contacts
from meydan.config import DatabaseUrls, Secrets, Settings
from meydan.integrations import Adapters, Channel, LocalPayments
from meydan.integrations.payments import ADAPTERS, Adapter, adapter
from meydan.integrations.payments.contract import (
    WebhookEvent,
)
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import clock
from meydan.kit.crypto.keys import Keys
from meydan.kit.database import migrations
from meydan.kit.runtime import runtime
from tests.accounts.conftest import Postbox
from tests.conftest import MovableClock
from tests.stored_words.older import (
    CONTACT_KEY,
    FACTS,
    FOLDER,
    MOMENT,
    Before,
    Moved,
    copied,
    read,
    url_at,
)
from tests.stored_words.twin import Twin


@pytest.fixture(scope="session")
async def older(postgres_url: str) -> AsyncIterator[tuple[str, Before]]:
    """The name of a database that was loaded from the dump and migrated, and its rows before that."""
    name = f"meydan_older_{uuid4().hex[:8]}"
    superuser = await asyncpg.connect(postgres_url)
    await superuser.execute(f'create database "{name}" template template0 owner meydan_owner')
    owner = await asyncpg.connect(url_at(postgres_url, name, "meydan_owner"))
    await owner.execute(gzip.decompress((FOLDER / "from_0010.sql.gz").read_bytes()).decode())
    await owner.close()
    owner = await asyncpg.connect(url_at(postgres_url, name, "meydan_owner"))
    before = await read(owner)
    await owner.close()
    url = url_at(postgres_url, name, "meydan_owner")
    await migrations.migrate(url)
    keys = Secrets(token_key=FACTS["token_key"], seal_key=FACTS["seal_key"], contact_key=CONTACT_KEY)
    await contacts.do_rehash(Settings(Path(), database=DatabaseUrls(owner_url=url), secrets=keys))
    yield name, before
    await superuser.execute(f'drop database "{name}" with (force)')
    await superuser.close()


@pytest.fixture(scope="session")
async def shared(older: tuple[str, Before], postgres_url: str) -> AsyncIterator[Moved]:
    async with copied(older, postgres_url) as one:
        yield one


@pytest.fixture
def at_its_time(tmp_path: Path, postbox: Postbox) -> Iterator[MovableClock]:
    """The moment at which the dump was made, with its keys: codes are still valid, and tries not forgotten."""
    moving = MovableClock(tmp_path / "clock")
    moving.forward(seconds=(MOMENT - datetime.now(UTC)).total_seconds())
    keys = Keys(token_key=FACTS["token_key"], seal_key=FACTS["seal_key"], contact_key=CONTACT_KEY)
    with runtime.using(clock.Clock(moving.file), keys):
        tenants.configs._read.clear()
        yield moving


@pytest.fixture
def moved(shared: Moved, at_its_time: MovableClock) -> Moved:
    """The copy shared by all stories that take nothing from each other."""
    return shared


@pytest.fixture
async def alone(older: tuple[str, Before], postgres_url: str, at_its_time: MovableClock) -> AsyncIterator[Moved]:
    """A separate copy, for a story that takes jobs out of the queue."""
    async with copied(older, postgres_url) as one:
        yield one


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    postbox = Postbox()
    place = LocalPayments(url="http://127.0.0.1:9", database=Path("nowhere"), certificate=None)
    adapters = Adapters(senders=dict.fromkeys(Channel, postbox), local_outbox=None, local_payments=place)
    with runtime.using(adapters):
        yield postbox


@pytest.fixture
def webhook_events() -> list[tuple[Twin, WebhookEvent]]:
    """Webhooks that a provider was given to read."""
    return []


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, webhook_events: list[tuple[Twin, WebhookEvent]]) -> list[tuple[str, ...]]:
    """Replaces every provider by its twin, and returns their calls; the account structs stay the real ones."""
    calls: list[tuple[str, ...]] = []
    for name in ProviderName:
        twin = type("Named", (Twin,), {"name": name, "calls": calls, "webhook_events": webhook_events})
        monkeypatch.setitem(ADAPTERS, name, partial(Adapter, twin, adapter(name).account))
    return calls
