"""Rate limits: one token bucket, kept in two places because they count for two different scopes.

``take`` counts in Valkey, for all processes together: requests of a user or an address may reach any process. Each costs
a round trip, which a request can bear. ``Bucket`` counts in this process. A socket lives in one gateway, and its frames
are too many and too cheap for a round trip each. So is all that is read: ``Buckets`` has one for each key. Several
processes together let so many times more through.

A bucket refills evenly: "5 in a minute" lets five through at once and then one every twelve seconds. While Valkey is
down, or silent for a quarter of a second, ``take`` logs it and lets everybody through. Limits slow abuse. Facts that
must hold are no rate limits: money, daily quotas, wrong passwords, registrations, codes sent. Their rooms count them in
PostgreSQL, in the transaction that they concern.
"""

import hashlib
import itertools
import logging
import math
import time
from collections import OrderedDict
from datetime import timedelta

from hiredis import ReplyError
from msgspec import Struct

from meydan.kit import valkey
from meydan.kit.errors import Refused
from meydan.kit.valkey import ValkeyDown

log = logging.getLogger(__name__)


class Limit(Struct, frozen=True):
    name: str
    per: timedelta
    count: int


class Cost(Struct, frozen=True):
    limit: Limit
    amount: int = 1
    within: object = None
    """The part of the key's doings that this limit counts, such as a conversation; None: all of it."""


class TooManyRequests(Refused):
    code, status, title = "slow_down", 429, "Too many requests: try again in a moment."


class Bucket:
    """A token bucket of this process: full at first, refilled evenly, never fuller than ``capacity``."""

    __slots__ = ("_capacity", "_counted_at", "_per_second", "_tokens")

    def __init__(self, capacity: int, per_second: float) -> None:
        self._capacity, self._per_second = capacity, per_second
        self._tokens, self._counted_at = float(capacity), time.monotonic()

    def take(self) -> bool:
        """Takes a token; False if there was none."""
        now = time.monotonic()
        refilled = self._tokens + (now - self._counted_at) * self._per_second
        self._tokens, self._counted_at = min(refilled, self._capacity), now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Buckets:
    """Token buckets of this process by key, for requests that must not cost a round trip. The longest unused are forgotten."""

    _MOST = 20_000

    def __init__(self, name: str) -> None:
        self.name = name
        self._buckets: OrderedDict[object, Bucket] = OrderedDict()

    def take(self, key: object, capacity: int, per_second: float) -> None:
        """Takes a token of the key's bucket. A change of capacity begins a new one.

        Raises: TooManyRequests (with ``retry_after`` in seconds)."""
        bucket = self._buckets.get((key, capacity))
        if bucket is None:
            bucket = self._buckets[key, capacity] = Bucket(capacity, per_second)
            if len(self._buckets) > self._MOST:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end((key, capacity))
        if not bucket.take():
            raise TooManyRequests(retry_after=math.ceil(1 / per_second))


class _Outage:
    said = False


async def take(limit: Limit, key: object, *, cost: int = 1) -> None:
    """Takes ``cost`` from the limit of ``key`` (an IP address, a user id, …).

    Raises: TooManyRequests (with ``retry_after`` in seconds)."""
    await take_all(key, Cost(limit, cost))


async def take_all(key: object, *costs: Cost) -> None:
    """Takes from several limits of ``key`` in one round trip: from all of them, or where one refuses, from none.

    Raises: TooManyRequests (with the longest ``retry_after`` in seconds)."""
    if closed := [cost.limit for cost in costs if cost.limit.count == 0]:
        raise TooManyRequests(retry_after=math.ceil(max(limit.per for limit in closed).total_seconds()))
    connection = valkey.current()
    if connection is None:
        return
    whose = _digest(key)
    names = [f"limit:{{{whose}}}:{cost.limit.name}:{_digest(cost.within)}" for cost in costs]
    numbers = [(cost.limit.count, cost.limit.per.total_seconds() * 1000, cost.amount) for cost in costs]
    try:
        wait = await connection.ask("FCALL", "take", len(names), *names, *itertools.chain(*numbers))
    except (ValkeyDown, ReplyError) as error:
        if not _Outage.said:
            log.warning("rate limits do not hold at the moment: %s", error)
            _Outage.said = True
        return
    _Outage.said = False
    if wait:
        raise TooManyRequests(retry_after=math.ceil(wait / 1000))


def _digest(key: object) -> str:
    """Hashed: keys may be IP addresses or phone numbers, and of any length."""
    return "" if key is None else hashlib.blake2b(str(key).encode(), digest_size=16).hexdigest()
