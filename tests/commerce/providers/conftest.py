"""The application over real HTTP, for the pay page of ours and whoever speaks to it."""

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar

from tests.commerce.providers.serving import local_payments_at, served


@pytest.fixture(scope="session")
async def address(app: Litestar) -> AsyncIterator[str]:
    """Where the application answers, as a browser and a provider reach it."""
    async with served(app) as url:
        yield url


@pytest.fixture
async def pay_place(address: str) -> AsyncIterator[str]:
    """The address, with the local pay page standing there."""
    async with local_payments_at(address):
        yield address
