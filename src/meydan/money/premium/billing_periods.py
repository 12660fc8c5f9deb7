"""When a paid period ends, by the calendar."""

import calendar
from datetime import datetime, timedelta
from itertools import count

from meydan.integrations.payments.enums import Period


def after(period: Period, begun_at: datetime, then: datetime) -> datetime:
    """The first end of a period after ``then``, counted from the beginning: the 31st stays the 31st where there is one."""
    for number in count(1):
        ends_at = _later(period, begun_at, number)
        if ends_at > then:
            return ends_at
    raise AssertionError


def _later(period: Period, begun_at: datetime, number: int) -> datetime:
    if period is Period.week:
        return begun_at + timedelta(weeks=number)
    months = begun_at.month - 1 + number * (12 if period is Period.year else 1)
    year, month = begun_at.year + months // 12, months % 12 + 1
    return begun_at.replace(year=year, month=month, day=min(begun_at.day, calendar.monthrange(year, month)[1]))
