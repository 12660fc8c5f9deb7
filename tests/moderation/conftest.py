"""Bans reach the hashes of proved addresses, which are made with the installation's key. People of the long story come
through the front door, as in the stories of accounts."""

import pytest

from meydan import config
from meydan.kit import keys
from tests.accounts.conftest import arrive, owner, postbox, prove, queue

__all__ = ["arrive", "owner", "postbox", "prove", "queue"]


@pytest.fixture(autouse=True, scope="session")
def installation_keys(settings: config.Settings) -> None:
    keys.use(keys.Keys(token_key=settings.secrets.token_key, seal_key=settings.secrets.seal_key))
