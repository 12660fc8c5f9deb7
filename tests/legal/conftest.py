"""People of these stories come through the front door, as in the stories of accounts."""

from tests.accounts.conftest import arrive, owner

__all__ = ["arrive", "owner"]
