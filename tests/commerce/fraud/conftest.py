"""Cards and devices are hashed with the installation's key."""

import pytest

from meydan import config
from meydan.kit import keys


@pytest.fixture(autouse=True, scope="session")
def installation_keys(settings: config.Settings) -> None:
    keys.use(keys.Keys(token_key=settings.secrets.token_key, seal_key=settings.secrets.seal_key))
