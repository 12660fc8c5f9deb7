from tests.accounts.conftest import owner, queue

__all__ = ["owner", "queue"]
