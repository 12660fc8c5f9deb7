"""The address and database of the local payment provider, for processes that reach it or say that it is there."""

from pathlib import Path

from msgspec import Struct

from meydan.config import Environment, Settings
from meydan.kit.hosts import is_loopback


class LocalPayments(Struct, frozen=True):
    url: str
    """This machine's own address of the API, which serves it."""
    database: Path
    """A database of its own: it plays another company, so it shares nothing with the product's."""
    certificate: Path | None
    """Trusted besides the usual authorities: of ``up --tls``."""

    @classmethod
    def found(cls, settings: Settings) -> "LocalPayments | None":
        """None in production: its pages make money out of nothing. None where this machine answers at no loopback address."""
        if settings.environment is Environment.production or not is_loopback(settings.http.local_host):
            return None
        return cls(
            url=settings.own_url,
            database=settings.data / "pay.sqlite3",
            certificate=settings.http.tls_certificate,
        )
