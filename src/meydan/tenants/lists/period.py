"""Periods of lists: days of the community's time zone, the first included and ``until`` not."""

from datetime import date

from msgspec import Struct

from meydan.kit.errors import Refused
from meydan.kit.lists import Filter


class PeriodInvalid(Refused):
    code, status, title = "period_invalid", 422, "The period ends before it begins: until is the day after its last."


class Period(Struct, frozen=True):
    since: date | None = None
    until: date | None = None


def add_period(where: Filter, column: str, period: Period) -> None:
    """Keeps a list to rows whose time lies in the period.

    Raises: PeriodInvalid."""
    if period.since is not None and period.until is not None and period.until <= period.since:
        raise PeriodInvalid
    for compared, day in (">=", period.since), ("<", period.until):
        if day is not None:
            begins = "select app.day_begins(timezone, {}) from app.tenants where id = $1"
            where.add(f"{column} {compared} ({begins})", day)
