"""Billing periods: the end of a paid period, by the calendar."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count

from dateutil.relativedelta import relativedelta

from meydan.integrations.payments.enums import Period

_LENGTHS = {
    Period.week: relativedelta(weeks=1),
    Period.month: relativedelta(months=1),
    Period.year: relativedelta(years=1),
}


def after(period: Period, begun_at: datetime, then: datetime) -> datetime:
    """The first end of a period after ``then``, counted from ``begun_at``, whose day of the month is kept if possible."""
    ends: Iterator[datetime] = (begun_at + number * _LENGTHS[period] for number in count(1))
    return next(ends_at for ends_at in ends if ends_at > then)
