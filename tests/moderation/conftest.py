"""Bans reach the hashes of proved addresses, which are made with the installation's key. People of the long story come
through the front door, as in the stories of accounts."""

from tests.accounts.conftest import arrive, owner, postbox, prove, queue

__all__ = ["arrive", "owner", "postbox", "prove", "queue"]
