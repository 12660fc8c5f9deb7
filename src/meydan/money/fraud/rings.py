"""Gift rings: users pass coins in a circle as gifts, which turns bought coins into earnings.

A job searches the gifts of the last days. Each user of a ring gets one case and is skipped until it is decided. Gifts before a decision do not count again: only new coins open a new case.
"""

from uuid import UUID

import msgspec
from msgspec import Struct

from meydan import tenants
from meydan.kit.database import Tx
from meydan.money import wallet
from meydan.money.fraud.assessment import FREEZE_REASON
from meydan.money.fraud.rules import RingSignals
from meydan.money.fraud.scoring import Outcome, Score, score_ring
from meydan.money.fraud.settings import FraudSettings

_MAX_RINGS = 200
_MAX_PATHS = 1_000_000
"""Bounds the search, shortest paths first: in a fully connected group their number explodes."""


class _Ring(Struct, frozen=True):
    people: list[UUID]
    """In the order of the coins' path."""
    coins: int
    gifts: int


async def do_assess_gifts(tx: Tx) -> int:
    """Opens a case for each user of a ring; returns their number.

    Locks: advisory, gift rings.
    Runs as: service.
    """
    await tx.run("select pg_advisory_xact_lock($1, hashtext('gift rings'))")
    settings = await tenants.settings(tx, FraudSettings)
    times = _smallest_suspicious_multiple(settings)
    if times is None:
        return 0
    rings = await tx.all(
        _Ring,
        _RINGS,
        *(settings.ring_days, settings.ring_coins * times, settings.pair_coins * times, settings.ring_length),
        _MAX_RINGS,
        _MAX_PATHS,
    )
    scored = [
        (ring, score_ring(RingSignals(people=len(ring.people), coins=ring.coins, gifts=ring.gifts), settings))
        for ring in rings
    ]
    scored.sort(key=lambda pair: pair[1].points, reverse=True)  # a user of several rings gets the gravest
    opened: set[UUID] = set()
    frozen: set[UUID] = set()
    for ring, score in scored:
        new = set(ring.people) - opened
        for user_id in new:
            await _do_open(tx, user_id, ring, score)
        opened |= new
        if score.outcome is Outcome.freeze:
            frozen |= new
    for user_id in sorted(frozen):  # the lock order of transfers
        await wallet.do_freeze(tx, user_id, FREEZE_REASON, None)
    return len(opened)


def _smallest_suspicious_multiple(settings: FraudSettings) -> int | None:
    """The smallest multiple of the threshold that has consequences; None: no ring has, so none is searched."""
    for times in (1, 2):
        signals = RingSignals(people=2, coins=settings.pair_coins * times, gifts=2)
        if score_ring(signals, settings).outcome is not Outcome.allow:
            return times
    return None


async def _do_open(tx: Tx, user_id: UUID, ring: _Ring, score: Score) -> None:
    await tx.run(
        """
        insert into app.fraud_cases (tenant_id, user_id, ring, outcome, points, findings, status)
        values ($1, $2, $3, $4, $5, $6, 'open')
        """,
        user_id,
        ring.people,
        score.outcome,
        score.points,
        msgspec.to_builtins(score.findings),
    )
    await tenants.do_record(tx, "gifts_doubted", user_id=user_id, outcome=score.outcome, people=len(ring.people))


# Each ring is found once: it begins with its smallest user id. Links below the threshold and users with an open case are
# left out before the search. So a large group is searched once and not every few minutes.
_RINGS = """
    with recursive known as (
        select c.user_id, bool_or(c.status = 'open') as is_doubted, max(c.decided_at) as decided_at
        from app.fraud_cases c where c.tenant_id = $1 and c.ring is not null group by c.user_id
    ),
    link as materialized (
        select g.giver_user_id as giver, g.receiver_user_id as receiver, sum(g.coins)::bigint as coins,
            count(*)::integer as gifts
        from app.gifts_sent g
        left join known giver on giver.user_id = g.giver_user_id
        left join known receiver on receiver.user_id = g.receiver_user_id
        where g.tenant_id = $1 and g.created_at > app.now() - make_interval(days => $2)
            and giver.is_doubted is not true and receiver.is_doubted is not true
            and (
                giver.decided_at is null or receiver.decided_at is null
                or g.created_at > least(giver.decided_at, receiver.decided_at)
            )
        group by g.giver_user_id, g.receiver_user_id
        having sum(g.coins) >= least($3::bigint, $4::bigint)
    ),
    walk as (
        select array[link.giver] as people, link.receiver as reached, link.coins, link.gifts
        from link where link.receiver > link.giver
        union all
        select walk.people || walk.reached, link.receiver, least(walk.coins, link.coins), walk.gifts + link.gifts
        from walk join link on link.giver = walk.reached
        where walk.reached <> walk.people[1]
            and cardinality(walk.people) < $5
            and (
                link.receiver = walk.people[1]
                or (link.receiver > walk.people[1] and link.receiver <> all(walk.people) and cardinality(walk.people) + 1 < $5)
            )
    )
    select walk.people, walk.coins, walk.gifts from (select people, reached, coins, gifts from walk limit $7) walk
    where walk.reached = walk.people[1] and walk.coins >= case cardinality(walk.people) when 2 then $4 else $3 end
    limit $6
"""
