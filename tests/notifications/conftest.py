"""Stories with push."""

from collections.abc import AsyncIterator

import asyncpg
import msgspec
import pytest

from meydan import integrations
from meydan.config import Settings
from meydan.kit.crypto import keys
from meydan.kit.database import Database, DatabaseSettings
from meydan.kit.runtime import runtime
from tests.notifications.pushing import Pushes
from tests.push_service import PushService


@pytest.fixture
async def pushes(db: Database, settings: Settings, database_settings: DatabaseSettings) -> AsyncIterator[Pushes]:
    """An installation with push, and a push service on this machine."""
    secrets = msgspec.structs.replace(settings.secrets, push_key="p" * 32)
    with PushService().serving() as service, runtime.using(keys.Keys(**msgspec.structs.asdict(secrets))):
        async with integrations.opened(msgspec.structs.replace(settings, secrets=secrets)):
            owner = await asyncpg.connect(database_settings.owner_url)
            yield Pushes(db, owner, service)
            await owner.close()
