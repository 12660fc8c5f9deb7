"""Time zones of communities, by their names in the IANA database: a community's day begins by its own."""

from functools import cache
from zoneinfo import available_timezones

import asyncpg

from meydan.kit.database import Tx
from meydan.kit.errors import Refused

# Names of the machine's own clock and of a machine that was never set.
_NO_PLACE = {"localtime", "Factory"}


class TimezoneUnknown(Refused):
    code, status, title = "timezone_unknown", 422, "There is no such time zone. One is called Europe/Istanbul."


@cache
def timezones() -> frozenset[str]:
    """The names that this program knows; the database may lack one."""
    return frozenset(available_timezones() - _NO_PLACE)


async def check_timezone(tx: Tx, timezone: str) -> None:
    """Asks the program and the database: both reckon with a community's time zone.

    Raises: TimezoneUnknown.
    """
    if timezone not in timezones():
        raise TimezoneUnknown(timezone=timezone)
    try:
        await tx.connection.fetchval("select app.now() at time zone $1", timezone)
    except asyncpg.InvalidParameterValueError:
        raise TimezoneUnknown(timezone=timezone) from None
