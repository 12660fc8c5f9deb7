"""Database: pools of logins, transactions as a user or as a service, and migrations."""

from meydan.kit.database.pools import SERVING, WORKING, Database, DatabaseSettings, Patience, Pool
from meydan.kit.database.transactions import CONNECTION_LOST, Tx

__all__ = [
    "CONNECTION_LOST",
    "SERVING",
    "WORKING",
    "Database",
    "DatabaseSettings",
    "Patience",
    "Pool",
    "Tx",
]
