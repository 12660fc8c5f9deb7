"""Rate limits, counted in Valkey for all processes together (GCRA).

A limit refills evenly: "5 in a minute" lets five through at once and then one every twelve seconds. While Valkey is
down every request passes: limits slow abuse. Limits that must hold (money, daily rights, wrong codes) are in PostgreSQL.
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
    """Takes ``cost`` from the limit of ``key`` (an IP address, a user id, …).

    Raises: TooManyRequests (with ``retry_after`` in seconds)."""
    connection = valkey.current()
    if connection is None:
        return
    # Hashed: keys may be IP addresses or phone numbers, and of any length.
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
