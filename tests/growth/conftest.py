"""People who come through the front door, as in the stories of accounts."""

from tests.accounts.conftest import arrive, owner, postbox, prove, queue

__all__ = ["arrive", "owner", "postbox", "prove", "queue"]
