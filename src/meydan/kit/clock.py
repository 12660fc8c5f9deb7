"""The product's clock, used instead of the operating system's, so that a test can move time for all processes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

_offset_file: Path | None = None


def offset() -> timedelta:
    """Difference between the product's clock and the machine's. Only tests set it."""
    if _offset_file is None:
        return timedelta()
    try:
        return timedelta(seconds=float(_offset_file.read_text()))
    except (FileNotFoundError, ValueError):
        return timedelta()


def now() -> datetime:
    return datetime.now(UTC) + offset()


def use_file(path: Path | None) -> None:
    """Reads the offset (seconds, as text) from this file from now on."""
    global _offset_file  # noqa: PLW0603 -- one clock a process is the point
    _offset_file = path
