"""The adapter, and Google Play as a server of our own behaves like it."""

from collections.abc import AsyncIterator

import pytest

from meydan.integrations.payments.google.adapter import GoogleProvider
from tests.integrations.payments.harnesses.google import account_at
from tests.integrations.payments.servers.google import PlayStore


@pytest.fixture
async def store() -> AsyncIterator[PlayStore]:
    async with PlayStore() as one:
        yield one


@pytest.fixture
def google(store: PlayStore) -> GoogleProvider:
    return GoogleProvider(account_at(store), sandbox=False)
