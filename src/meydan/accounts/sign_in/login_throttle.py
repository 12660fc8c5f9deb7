"""Throttling of password guesses, without letting an attacker lock a user out.

Every attempt is counted before its password is checked and uncounted when it was right: parallel attempts gain nothing.
A device that the user has used before has a counter of its own, which other devices' attempts never touch.
Any other attempt is counted three times: for account and network together, for the account, and for the network.
Only the first makes one wait. An attacker can drive up the others for a victim, so they cost a puzzle and no wait. The
victim solves it as well as anybody. A one-time code always opens the account, whatever the counters say.
"""

import math
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan.accounts.sign_in.code_limits import difficulty_of
from meydan.kit import clock
from meydan.kit.crypto import seal
from meydan.kit.database import Tx
from meydan.kit.rate_limits import TooManyRequests

FORGOTTEN_AFTER = timedelta(hours=1)


class Scope(StrEnum):
    account = "account"
    ip_address = "address"
    """The stored word is an older name; it is part of the counters' keyed hashes."""
    device = "device"
    pair = "pair"
    register = "register"
    code = "code"
    factor_account = "factor_account"
    factor_device = "factor_device"
    factor_pair = "factor_pair"


class Backoff(Struct, frozen=True):
    """Exponential back-off: ``free`` attempts without a wait, then a wait that doubles up to ``longest``."""

    free: int
    longest: timedelta

    def wait(self, attempts: int) -> timedelta:
        beyond = attempts - self.free
        if beyond < 0:
            return timedelta()
        return min(timedelta(seconds=2.0 ** min(beyond, 20)), self.longest)


BACKOFFS = {
    Scope.device: Backoff(5, timedelta(minutes=15)),
    Scope.pair: Backoff(5, timedelta(minutes=15)),
    Scope.factor_device: Backoff(5, timedelta(minutes=15)),
    Scope.factor_pair: Backoff(5, timedelta(minutes=15)),
    Scope.factor_account: Backoff(20, timedelta(minutes=15)),
}
_SHARED = [Scope.account, Scope.ip_address, Scope.factor_account]
"""Counters that other people's attempts drive up too."""
FREE_OF_PUZZLES = {Scope.account: 20, Scope.ip_address: 50}


class Counters(Struct, frozen=True):
    """The keyed hashes under which an attempt is counted, and those of older seal keys, which still count."""

    keys: dict[Scope, bytes]
    older: list[bytes]


class _Counted(Struct, frozen=True):
    scope: Scope
    attempts: int
    last_attempt_at: datetime | None


def counters(tx: Tx, account: object, network: str, known_device: UUID | None) -> Counters:
    if known_device is not None:
        named: dict[Scope, tuple[object, ...]] = {Scope.device: (account, known_device)}
    else:
        named = {Scope.account: (account,), Scope.ip_address: (network,), Scope.pair: (account, network)}
    return _counters(tx, named)


def factor_counters(tx: Tx, user_id: UUID, network: str, known_device: UUID | None) -> Counters:
    """Counters of guesses at a second factor, which only somebody makes who has the password or a one-time code.

    A code has six digits and no puzzle, so all networks together wait. A known device never waits for them.
    """
    if known_device is not None:
        named: dict[Scope, tuple[object, ...]] = {Scope.factor_device: (user_id, known_device)}
    else:
        named = {Scope.factor_account: (user_id,), Scope.factor_pair: (user_id, network)}
    return _counters(tx, named)


def _counters(tx: Tx, named: dict[Scope, tuple[object, ...]]) -> Counters:
    macs = {scope: _macs(tx, scope, *parts) for scope, parts in named.items()}
    return Counters(
        {scope: known[0] for scope, known in macs.items()}, [mac for known in macs.values() for mac in known[1:]]
    )


async def do_count(tx: Tx, counters: Counters) -> int:
    """Counts an attempt and returns the difficulty of its puzzle, 0 for none.

    On TooManyRequests nothing is counted, and the password must not be checked.

    Raises: TooManyRequests.
    """
    counted = await tx.all(
        _Counted,
        # Rows are locked in one order, so that concurrent attempts cannot deadlock.
        """
        insert into app.login_attempts as a (tenant_id, scope, key, attempts)
        select $1, scope, key, 1 from unnest($2::text[], $3::bytea[]) as tried (scope, key) order by scope, key
        on conflict (tenant_id, scope, key) do update set last_try_at = app.now(),
        attempts = case when a.last_try_at < app.now() - $4::interval then 1 else a.attempts + 1 end
        returning new.scope, new.attempts, old.last_try_at as last_attempt_at
        """,
        list(counters.keys),
        list(counters.keys.values()),
        FORGOTTEN_AFTER,
    )
    if counters.older:
        counted = await _with_older(tx, counted, counters.older)
    now = clock.now()
    waits = [
        one.last_attempt_at + BACKOFFS[one.scope].wait(one.attempts - 1) - now
        for one in counted
        if one.scope in BACKOFFS and one.last_attempt_at is not None
    ]
    longest = max(waits, default=timedelta())
    if longest > timedelta():
        raise TooManyRequests(retry_after=math.ceil(longest.total_seconds()))
    free = FREE_OF_PUZZLES
    return max((difficulty_of(one.attempts - 1, free[one.scope]) for one in counted if one.scope in free), default=0)


async def _with_older(tx: Tx, counted: list[_Counted], older: list[bytes]) -> list[_Counted]:
    """Adds what the last hour counted under other seal keys."""
    before = await tx.all(
        _Counted,
        """
        select scope, sum(attempts)::integer as attempts, max(last_try_at) as last_attempt_at from app.login_attempts
        where tenant_id = $1 and key = any($2::bytea[]) and last_try_at >= app.now() - $3::interval group by scope
        """,
        older,
        FORGOTTEN_AFTER,
    )
    return [_added(one, next((other for other in before if other.scope is one.scope), None)) for one in counted]


def _added(one: _Counted, other: _Counted | None) -> _Counted:
    if other is None:
        return one
    times = [at for at in (one.last_attempt_at, other.last_attempt_at) if at is not None]
    return _Counted(one.scope, one.attempts + other.attempts, max(times, default=None))


async def do_reset(tx: Tx, counters: Counters) -> None:
    """After a correct password or code: deletes the user's counters, and takes this attempt off the shared ones.

    Locks: login_attempts.
    """
    # Locked in the order in which attempts count, to prevent deadlock.
    every = [*counters.keys.values(), *counters.older]
    await tx.run(
        "select from app.login_attempts where tenant_id = $1 and key = any($2::bytea[]) order by scope, key for update",
        every,
    )
    await tx.run(
        "delete from app.login_attempts where tenant_id = $1 and scope <> all($3::text[]) and key = any($2::bytea[])",
        every,
        _SHARED,
    )
    await tx.run(
        """
        update app.login_attempts set attempts = attempts - 1
        where tenant_id = $1 and scope = any($3::text[]) and key = any($2::bytea[]) and attempts > 0
        """,
        list(counters.keys.values()),
        _SHARED,
    )


async def do_count_registration(tx: Tx, network: str, per_hour: int) -> None:
    """Counts a registration from this network.

    Raises: TooManyRequests (the hour's limit is reached).
    """
    current, *older = _macs(tx, Scope.register, network)
    counted = await tx.one(
        _Counted,
        """
        insert into app.login_attempts as a (tenant_id, scope, key, attempts) values ($1, 'register', $2, 1)
        on conflict (tenant_id, scope, key) do update set
        attempts = case when a.created_at < app.now() - interval '1 hour' then 1 else a.attempts + 1 end,
        created_at = case when a.created_at < app.now() - interval '1 hour' then app.now() else a.created_at end,
        last_try_at = app.now()
        returning new.scope, new.attempts, new.created_at as last_attempt_at
        """,
        current,
    )
    attempts = counted.attempts + await _in_present_hour(tx, Scope.register, older)
    if attempts > per_hour and counted.last_attempt_at is not None:
        over = counted.last_attempt_at + timedelta(hours=1) - clock.now()
        raise TooManyRequests(retry_after=max(1, math.ceil(over.total_seconds())))


async def do_count_wrong_code(tx: Tx, network: str) -> None:
    """Counts a wrong guess at a code from this network."""
    await tx.run(
        """
        insert into app.login_attempts as a (tenant_id, scope, key, attempts) values ($1, 'code', $2, 1)
        on conflict (tenant_id, scope, key) do update set
        attempts = case when a.created_at < app.now() - interval '1 hour' then 1 else a.attempts + 1 end,
        created_at = case when a.created_at < app.now() - interval '1 hour' then app.now() else a.created_at end,
        last_try_at = app.now()
        """,
        _macs(tx, Scope.code, network)[0],
    )


async def wrong_codes(tx: Tx, network: str) -> int:
    """Wrong guesses at codes from this network in its present hour."""
    return await _in_present_hour(tx, Scope.code, _macs(tx, Scope.code, network))


async def _in_present_hour(tx: Tx, scope: Scope, keys: list[bytes]) -> int:
    """Attempts of the counters whose hour has begun less than an hour ago."""
    if not keys:
        return 0
    return await tx.one(
        int,
        """
        select coalesce(sum(attempts), 0)::integer from app.login_attempts
        where tenant_id = $1 and scope = $2 and key = any($3::bytea[]) and created_at > app.now() - interval '1 hour'
        """,
        scope,
        keys,
    )


def _macs(tx: Tx, scope: Scope, *parts: object) -> list[bytes]:
    """A counter's hash under each seal key, the current one's first."""
    return seal.known_macs("log in attempts", tx.tenant_id, scope, *parts)


async def do_purge_old(tx: Tx) -> None:
    await tx.run("delete from app.login_attempts where tenant_id = $1 and last_try_at < app.now() - interval '1 day'")
