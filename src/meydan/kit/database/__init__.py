"""Database: pools of logins, transactions as a user or as a service, and migrations."""

from meydan.kit.database.pools import Database, DatabaseSettings
from meydan.kit.database.transactions import CONNECTION_LOST, Tx

__all__ = ["CONNECTION_LOST", "Database", "DatabaseSettings", "Tx"]
