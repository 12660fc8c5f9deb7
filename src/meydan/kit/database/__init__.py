"""Database: pools of logins, transactions as a user or as a service, and migrations."""

from meydan.kit.database.logins import Database, DatabaseSettings
from meydan.kit.database.pools import SERVING, WORKING, Patience, Pool
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
