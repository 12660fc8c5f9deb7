"""Where the payment provider of ours is found that stands in for a real one. What it does is commerce's (providers/local)."""

from pathlib import Path

from msgspec import Struct

from meydan.config import Environment, Settings


class LocalPayments(Struct, frozen=True):
    url: str
    """This machine's own address of the API, which serves it."""
    books: Path
    """Its own database: it is somebody else's, so it shares nothing with the product's."""
    certificate: Path | None
    """Trusted besides the usual authorities: of ``up --tls``."""

    @classmethod
    def found(cls, settings: Settings) -> "LocalPayments | None":
        """Never in production: whoever opens its pages makes money out of nothing."""
        if settings.environment is Environment.production:
            return None
        return cls(
            url=settings.own_url,
            books=settings.data / "pay.sqlite3",
            certificate=settings.http.tls_certificate,
        )
