"""Rate limits, counted in Valkey for all processes together.

A limit refills evenly: "5 in a minute" lets five through at once and then one every twelve seconds. While Valkey is
down everybody is let through: limits slow abuse, and what must hold (money, daily rights, wrong codes) is counted in
PostgreSQL.
"""

import hashlib
import logging
import math
from datetime import timedelta

from hiredis import ReplyError
from msgspec import Struct

from meydan.kit import valkey
from meydan.kit.errors import Refused
from meydan.kit.resp import ValkeyDown

log = logging.getLogger(__name__)


class Limit(Struct, frozen=True):
    name: str
    per: timedelta
    count: int


class TooManyRequests(Refused):
    code, status, title = "slow_down", 429, "Too many requests: try again in a moment."


class _Outage:
    said = False


async def take(limit: Limit, key: object, *, cost: int = 1) -> None:
    """Count one more for ``key`` (an address, a user id, …) or refuse with ``retry_after`` in seconds."""
    connection = valkey.current()
    if connection is None:
        return
    # Hashed: keys are addresses and phone numbers too, and as long as whoever sends them likes.
    digest = hashlib.blake2b(str(key).encode(), digest_size=16).hexdigest()
    name = f"limit:{{{limit.name}:{digest}}}"
    per = limit.per.total_seconds() * 1000
    try:
        wait = await connection.execute("FCALL", "take", 1, name, limit.count, per, cost)
    except (ValkeyDown, ReplyError) as error:
        if not _Outage.said:
            log.warning("rate limits do not hold at the moment: %s", error)
            _Outage.said = True
        return
    _Outage.said = False
    if wait:
        raise TooManyRequests(retry_after=math.ceil(wait / 1000))
