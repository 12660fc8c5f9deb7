"""Brute force is slowed, and cannot be used to keep a person out.

Every try is counted before the password is looked at and taken back when it was right, so a thousand tries at once gain
nothing. A device that the person has used before is counted by itself and sees nothing of what others try. From anywhere
else a try is counted three times: for the account and the address together, for the account, and for the address. Only
the first of them grows to many minutes; the others, which an attacker can drive up for somebody else, stay at a short
wait. A one-time code always opens the account, whatever is tried with passwords.
"""

import math
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan.kit import clock, seal
from meydan.kit.database import Tx
from meydan.kit.rate_limits import TooManyRequests

FORGOTTEN_AFTER = timedelta(hours=1)


class Scope(StrEnum):
    account = "account"
    address = "address"
    device = "device"
    pair = "pair"
    register = "register"


class Slope(Struct, frozen=True):
    """So many tries are free; then the wait doubles with each until it is the longest."""

    free: int
    longest: timedelta

    def wait(self, tries: int) -> timedelta:
        beyond = tries - self.free
        if beyond < 0:
            return timedelta()
        return min(timedelta(seconds=2.0 ** min(beyond, 20)), self.longest)


SLOPES = {
    Scope.device: Slope(5, timedelta(minutes=15)),
    Scope.pair: Slope(5, timedelta(minutes=15)),
    Scope.account: Slope(20, timedelta(seconds=30)),
    Scope.address: Slope(50, timedelta(seconds=30)),
}


class Counters(Struct, frozen=True):
    """What a try is counted under."""

    keys: dict[Scope, bytes]


class _Counted(Struct, frozen=True):
    scope: Scope
    tries: int
    last_try_at: datetime | None


def counters(tx: Tx, account: object, network: str, known_device: UUID | None) -> Counters:
    if known_device is not None:
        named: dict[Scope, tuple[object, ...]] = {Scope.device: (account, known_device)}
    else:
        named = {Scope.account: (account,), Scope.address: (network,), Scope.pair: (account, network)}
    return Counters({scope: seal.mac("log in attempts", tx.tenant_id, scope, *parts) for scope, parts in named.items()})


async def do_count(tx: Tx, counters: Counters) -> None:
    """Count a try, or raise TooManyRequests: then nothing is counted and nothing else may be looked at."""
    counted = await tx.all(
        _Counted,
        # In one order, so that two that count the same never wait for each other.
        """
        insert into app.login_attempts as a (tenant_id, scope, key, tries)
        select $1, scope, key, 1 from unnest($2::text[], $3::bytea[]) as tried (scope, key) order by scope, key
        on conflict (tenant_id, scope, key) do update set last_try_at = app.now(),
        tries = case when a.last_try_at < app.now() - $4::interval then 1 else a.tries + 1 end
        returning new.scope, new.tries, old.last_try_at
        """,
        list(counters.keys),
        list(counters.keys.values()),
        FORGOTTEN_AFTER,
    )
    now = clock.now()
    waits = [
        one.last_try_at + SLOPES[one.scope].wait(one.tries - 1) - now for one in counted if one.last_try_at is not None
    ]
    longest = max(waits, default=timedelta())
    if longest > timedelta():
        raise TooManyRequests(retry_after=math.ceil(longest.total_seconds()))


async def do_forgive(tx: Tx, counters: Counters) -> None:
    """The password was right: what it was counted under for this person begins anew, what others share is taken back."""
    # Held in the order in which a try counts them, so that none waits for another in a circle.
    await tx.run(
        "select from app.login_attempts where tenant_id = $1 and key = any($2::bytea[]) order by scope, key for update",
        list(counters.keys.values()),
    )
    await tx.run(
        "delete from app.login_attempts where tenant_id = $1 and scope in ('pair', 'device') and key = any($2::bytea[])",
        list(counters.keys.values()),
    )
    await tx.run(
        """
        update app.login_attempts set tries = tries - 1
        where tenant_id = $1 and scope in ('account', 'address') and key = any($2::bytea[]) and tries > 0
        """,
        list(counters.keys.values()),
    )


async def do_count_registration(tx: Tx, network: str, per_hour: int) -> None:
    """Raises TooManyRequests when this address has registered as many people in an hour as the community allows."""
    counted = await tx.one(
        _Counted,
        """
        insert into app.login_attempts as a (tenant_id, scope, key, tries) values ($1, 'register', $2, 1)
        on conflict (tenant_id, scope, key) do update set
        tries = case when a.created_at < app.now() - interval '1 hour' then 1 else a.tries + 1 end,
        created_at = case when a.created_at < app.now() - interval '1 hour' then app.now() else a.created_at end,
        last_try_at = app.now()
        returning new.scope, new.tries, new.created_at as last_try_at
        """,
        seal.mac("log in attempts", tx.tenant_id, Scope.register, network),
    )
    if counted.tries > per_hour and counted.last_try_at is not None:
        over = counted.last_try_at + timedelta(hours=1) - clock.now()
        raise TooManyRequests(retry_after=max(1, math.ceil(over.total_seconds())))


async def do_tidy(tx: Tx) -> None:
    await tx.run("delete from app.login_attempts where tenant_id = $1 and last_try_at < app.now() - interval '1 day'")
