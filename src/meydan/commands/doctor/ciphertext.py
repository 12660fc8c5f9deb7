"""Ciphertext beyond its time: the logs of the engines keep what a conversation's end has deleted from the tables."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from meydan.commands.doctor.findings import Finding, good, warning
from meydan.config import Settings, is_own_engine

_LONG = 7 * 86_400


def check_ciphertext(data: Path, settings: Settings) -> Iterator[Finding]:
    """Says how far the logs of our own engines reach back. Those of others are theirs to tell (docs/security.md)."""
    engines = data / "engines"
    for name, engine, url, folder in (
        ("PostgreSQL", "postgres", settings.database.owner_url, engines / "postgres/data/pg_wal"),
        ("Valkey", "valkey", settings.valkey.url, engines / "valkey/data/appendonlydir"),
    ):
        if is_own_engine(data, engine, url) and (seconds := _age_of_oldest(folder)) is not None:
            words = (
                f"Messages: {name}'s log reaches {_span(seconds)} back; ciphertext that has ended since is still in it"
            )
            yield warning(f"{words}. docs/security.md says how to shorten it") if seconds > _LONG else good(words)


def _age_of_oldest(folder: Path) -> float | None:
    """Seconds since the oldest file was written last. A file that is used again holds its old bytes until then."""
    try:
        return max((time.time() - file.stat().st_mtime for file in folder.iterdir() if file.is_file()), default=None)
    except OSError:
        return None  # of another user, or gone meanwhile


def _span(seconds: float) -> str:
    hours = seconds / 3600
    return f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.0f} hours" if hours >= 2 else "less than two hours"
