"""The product's clock, used instead of the operating system's, so that a test can move time for all processes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct

from meydan.kit.runtime import runtime


class Clock(Struct, frozen=True):
    """Part of the runtime. The file holds the offset in seconds, as text; nothing outside tests ever has one."""

    file: Path | None


def offset() -> timedelta:
    """Difference between the product's clock and the machine's. Only tests set it."""
    clock = runtime.find(Clock)
    if clock is None or clock.file is None:
        return timedelta()
    try:
        return timedelta(seconds=float(clock.file.read_text()))
    except (FileNotFoundError, ValueError):
        return timedelta()


def now() -> datetime:
    return datetime.now(UTC) + offset()
