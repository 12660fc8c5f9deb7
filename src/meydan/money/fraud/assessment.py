"""A payment that has arrived is judged once, before what it bought is given."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan import tenants
from meydan.kit import clock
from meydan.kit.database import Tx
from meydan.money import wallet
from meydan.money.fraud import fingerprints, signals
from meydan.money.fraud.fingerprints import MarkKind
from meydan.money.fraud.scoring import Outcome, Score, score_payment, score_renewal
from meydan.money.fraud.settings import FraudSettings

FREEZE_REASON = "fraud"


class Verdict(Struct, frozen=True):
    outcome: Outcome
    points: int
    case_id: UUID | None = None
    """None when allowed: there is nothing to decide."""
    release_at: datetime | None = None
    """Of a delayed one."""


class _Bought(Struct, frozen=True):
    user_id: UUID
    device_id: UUID | None


async def do_judge(tx: Tx, payment_id: UUID, *, card: str | None) -> Verdict:
    """Judging again answers the first verdict. ``card`` is the provider's fingerprint; only its keyed hash is kept.

    Called in the transaction that settles the payment. A service transaction. Raises NotFound.
    """
    if (known := await _verdict(tx, payment_id)) is not None:
        return known
    bought = await tx.one(
        _Bought, "select user_id, device_id from app.payments where (tenant_id, id) = ($1, $2)", payment_id
    )
    seen = {
        kind: fingerprints.mark_of(tx, kind, value)
        for kind, value in ((MarkKind.card, card), (MarkKind.device, bought.device_id))
        if value is not None
    }
    await fingerprints.do_take_turn(tx, bought.user_id, seen)
    if (known := await _verdict(tx, payment_id)) is not None:
        return known
    await fingerprints.do_mark(tx, payment_id, bought.user_id, seen)
    settings = await tenants.settings(tx, FraudSettings)
    score = score_payment(await signals.of_payment(tx, payment_id, settings), settings)
    release_at = clock.now() + timedelta(minutes=settings.delay_minutes) if score.outcome is Outcome.delay else None
    await _do_open(tx, bought.user_id, payment_id, score, release_at=release_at)
    if score.outcome is Outcome.freeze:
        await wallet.do_freeze(tx, bought.user_id, FREEZE_REASON, None)
    verdict = await _verdict(tx, payment_id)
    if verdict is None:
        raise LookupError(f"payment {payment_id} was judged and has no verdict")
    return verdict


async def do_look_at_renewal(tx: Tx, payment_id: UUID, *, card: str | None) -> None:
    """A membership that goes on is not kept waiting: what looks wrong about it is shown to staff, and nothing else follows.

    Once, in the transaction that settles the payment. A service transaction. Raises NotFound."""
    if await _verdict(tx, payment_id) is not None:
        return
    user_id = await tx.one(UUID, "select user_id from app.payments where (tenant_id, id) = ($1, $2)", payment_id)
    mark = (
        fingerprints.mark_of(tx, MarkKind.card, card)
        if card
        else await fingerprints.card_of_subscription(tx, payment_id)
    )
    seen = {MarkKind.card: mark} if mark is not None else {}
    await fingerprints.do_take_turn(tx, user_id, seen)
    await fingerprints.do_mark(tx, payment_id, user_id, seen)
    settings = await tenants.settings(tx, FraudSettings)
    score = score_renewal(await signals.of_payment(tx, payment_id, settings), settings)
    await _do_open(tx, user_id, payment_id, score, renewal=True)


async def _do_open(
    tx: Tx, user_id: UUID, payment_id: UUID, score: Score, *, release_at: datetime | None = None, renewal: bool = False
) -> None:
    """What was allowed is kept too: the next payment is judged by those before it."""
    await tx.run(
        "insert into app.fraud_cases"
        " (tenant_id, user_id, payment_id, renewal, outcome, points, findings, status, release_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        user_id,
        payment_id,
        renewal,
        score.outcome,
        score.points,
        msgspec.to_builtins(score.findings),
        "allowed" if score.outcome is Outcome.allow else "open",
        release_at,
    )
    if score.outcome is not Outcome.allow:
        await tenants.do_record(tx, "payment_doubted", user_id=user_id, payment_id=payment_id, outcome=score.outcome)


async def _verdict(tx: Tx, payment_id: UUID) -> Verdict | None:
    return await tx.maybe(
        Verdict,
        "select outcome, points, case when status <> 'allowed' then id end as case_id, release_at"
        " from app.fraud_cases where (tenant_id, payment_id) = ($1, $2)",
        payment_id,
    )
