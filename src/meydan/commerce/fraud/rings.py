"""Coins that travel from person to person as gifts and come back to where they began: how bought coins become earnings.

Looked for every few minutes over the gifts of the last days; what was judged once is not judged again, so a ring shows up
anew only when enough new coins have gone all the way round.
"""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan import tenants, wallet
from meydan.commerce.fraud.judging import FREEZE_REASON
from meydan.commerce.fraud.rules import RingFacts
from meydan.commerce.fraud.scoring import Outcome, Score, score_ring
from meydan.commerce.fraud.settings import FraudSettings
from meydan.kit.database import Tx

_AT_ONCE = 200


class _Ring(Struct, frozen=True):
    people: list[UUID]
    """In the order in which the coins went."""
    coins: int
    gifts: int


class _Judged(Struct, frozen=True):
    is_open: bool
    at: datetime


async def do_judge_gifts(tx: Tx) -> int:
    """Open cases, one for each person of a ring; returns how many rings were found. A service transaction."""
    await tx.run("select pg_advisory_xact_lock($1, hashtext('gift rings'))")
    settings = await tenants.settings(tx, FraudSettings)
    if settings.ring_points == 0:
        return 0
    rings = await tx.all(
        _Ring,
        _RINGS,
        settings.ring_days,
        min(settings.ring_coins, settings.pair_coins),
        settings.ring_length,
        _AT_ONCE,
    )
    found = 0
    frozen: set[UUID] = set()
    for ring in rings:
        score = _score(ring, settings)
        if score.outcome is Outcome.allow:
            continue
        judged = await tx.maybe(_Judged, _BEFORE, sorted(ring.people))
        if judged is not None:
            if judged.is_open:
                continue
            score = _score(await _since(tx, ring, judged.at, settings), settings)
            if score.outcome is Outcome.allow:
                continue
        await _open(tx, ring, score)
        found += 1
        if score.outcome is Outcome.freeze:
            frozen |= set(ring.people)
    await _freeze(tx, frozen)
    return found


async def _open(tx: Tx, ring: _Ring, score: Score) -> None:
    for user_id in sorted(ring.people):
        await tx.run(
            "insert into app.fraud_cases (tenant_id, user_id, ring, outcome, points, findings, status)"
            " values ($1, $2, $3, $4, $5, $6, 'open')",
            user_id,
            sorted(ring.people),
            score.outcome,
            score.points,
            msgspec.to_builtins(score.findings),
        )
        await tenants.record(tx, "gifts_doubted", user_id=user_id, outcome=score.outcome, people=len(ring.people))


async def _freeze(tx: Tx, people: set[UUID]) -> None:
    """In the order in which transfers lock accounts, so that nobody waits for somebody who waits for this."""
    for user_id in await tx.all(
        UUID,
        "select id from app.users where tenant_id = $1 and id = any($2::uuid[])"
        " order by app.ledger_account_id('person_coins', id, null, null)",
        list(people),
    ):
        await wallet.do_freeze(tx, user_id, FREEZE_REASON, None)


async def _since(tx: Tx, ring: _Ring, moment: datetime, settings: FraudSettings) -> _Ring:
    """The same ring, by the gifts after a moment."""
    return await tx.one(
        _Ring,
        """
        select $2::uuid[] as people, coalesce(min(edge.coins), 0)::bigint as coins,
            coalesce(sum(edge.gifts), 0)::integer as gifts
        from unnest($2::uuid[], $3::uuid[]) as step (giver, receiver)
        cross join lateral (
            select coalesce(sum(g.coins), 0) as coins, count(*) as gifts from app.gifts_sent g
            where (g.tenant_id, g.giver_user_id, g.receiver_user_id) = ($1, step.giver, step.receiver)
                and g.created_at > greatest($4, app.now() - make_interval(days => $5))
        ) edge
        """,
        ring.people,
        [*ring.people[1:], ring.people[0]],
        moment,
        settings.ring_days,
    )


def _score(ring: _Ring, settings: FraudSettings) -> Score:
    return score_ring(RingFacts(people=len(ring.people), coins=ring.coins, gifts=ring.gifts), settings)


# Each ring once: it begins with the smallest of its ids, and every other is larger. Links too thin to matter are left out
# before any walk begins.
_RINGS = """
    with recursive link as materialized (
        select g.giver_user_id as giver, g.receiver_user_id as receiver, sum(g.coins)::bigint as coins,
            count(*)::integer as gifts
        from app.gifts_sent g
        where g.tenant_id = $1 and g.created_at > app.now() - make_interval(days => $2)
        group by g.giver_user_id, g.receiver_user_id
        having sum(g.coins) >= $3
    ),
    walk as (
        select array[link.giver] as people, link.receiver as reached, link.coins, link.gifts
        from link where link.receiver > link.giver
        union all
        select walk.people || walk.reached, link.receiver, least(walk.coins, link.coins), walk.gifts + link.gifts
        from walk join link on link.giver = walk.reached
        where walk.reached <> walk.people[1]
            and cardinality(walk.people) < $4
            and (
                link.receiver = walk.people[1]
                or (link.receiver > walk.people[1] and link.receiver <> all(walk.people) and cardinality(walk.people) + 1 < $4)
            )
    )
    select walk.people, walk.coins, walk.gifts from walk where walk.reached = walk.people[1] limit $5
"""
_BEFORE = """
    select bool_or(c.status = 'open') as is_open, max(coalesce(c.decided_at, c.created_at)) as at
    from app.fraud_cases c where c.tenant_id = $1 and c.ring = $2::uuid[] having count(*) > 0
"""
