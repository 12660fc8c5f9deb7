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
}
FREE_OF_PUZZLES = {Scope.account: 20, Scope.ip_address: 50}


class Counters(Struct, frozen=True):
    """The keyed hashes under which an attempt is counted."""

    keys: dict[Scope, bytes]


class _Counted(Struct, frozen=True):
    scope: Scope
    attempts: int
    last_attempt_at: datetime | None


def counters(tx: Tx, account: object, network: str, known_device: UUID | None) -> Counters:
    if known_device is not None:
        named: dict[Scope, tuple[object, ...]] = {Scope.device: (account, known_device)}
    else:
        named = {Scope.account: (account,), Scope.ip_address: (network,), Scope.pair: (account, network)}
    return Counters({scope: seal.mac("log in attempts", tx.tenant_id, scope, *parts) for scope, parts in named.items()})


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


async def do_reset(tx: Tx, counters: Counters) -> None:
    """After a correct password: deletes the counters of this user's pair and device, and uncounts the shared ones.

    Locks: login_attempts.
    """
    # Locked in the order in which attempts count, to prevent deadlock.
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
        update app.login_attempts set attempts = attempts - 1
        where tenant_id = $1 and scope in ('account', 'address') and key = any($2::bytea[]) and attempts > 0
        """,
        list(counters.keys.values()),
    )


async def do_count_registration(tx: Tx, network: str, per_hour: int) -> None:
    """Counts a registration from this network.

    Raises: TooManyRequests (the hour's limit is reached).
    """
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
        seal.mac("log in attempts", tx.tenant_id, Scope.register, network),
    )
    if counted.attempts > per_hour and counted.last_attempt_at is not None:
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
        _code_key(tx, network),
    )


async def wrong_codes(tx: Tx, network: str) -> int:
    """Wrong guesses at codes from this network in its present hour."""
    counted = await tx.maybe(
        int,
        """
        select attempts from app.login_attempts where tenant_id = $1 and scope = 'code' and key = $2
        and created_at > app.now() - interval '1 hour'
        """,
        _code_key(tx, network),
    )
    return counted or 0


def _code_key(tx: Tx, network: str) -> bytes:
    return seal.mac("log in attempts", tx.tenant_id, Scope.code, network)


async def do_purge_old(tx: Tx) -> None:
    await tx.run("delete from app.login_attempts where tenant_id = $1 and last_try_at < app.now() - interval '1 day'")
