"""The product's clock. Rules ask it instead of the operating system, so that a test can move time for every process at once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

_offset_file: Path | None = None


def offset() -> timedelta:
    """How far the product's clock is from the machine's; nothing outside tests ever sets it."""
    if _offset_file is None:
        return timedelta()
    try:
        return timedelta(seconds=float(_offset_file.read_text()))
    except (FileNotFoundError, ValueError):
        return timedelta()


def now() -> datetime:
    return datetime.now(UTC) + offset()


def use_file(path: Path | None) -> None:
    """Read the offset (seconds, as text) from this file from now on."""
    global _offset_file  # noqa: PLW0603 -- one clock a process is the point
    _offset_file = path
