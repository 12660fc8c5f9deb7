"""When a paid period ends, by the calendar."""

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
    """The first end of a period after ``then``. Counts from the beginning, so that the 31st stays the 31st where there is one."""
    ends: Iterator[datetime] = (begun_at + number * _LENGTHS[period] for number in count(1))
    return next(ends_at for ends_at in ends if ends_at > then)
