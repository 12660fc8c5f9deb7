"""A payment that has arrived is judged once, before what it bought is given."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan import tenants, wallet
from meydan.commerce.fraud import facts, marks
from meydan.commerce.fraud.marks import MarkKind
from meydan.commerce.fraud.scoring import Outcome, score_payment
from meydan.commerce.fraud.settings import FraudSettings
from meydan.kit import clock
from meydan.kit.database import Tx

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
        kind: marks.mark_of(tx, kind, value)
        for kind, value in ((MarkKind.card, card), (MarkKind.device, bought.device_id))
        if value is not None
    }
    await marks.do_take_turn(tx, bought.user_id, seen)
    if (known := await _verdict(tx, payment_id)) is not None:
        return known
    await marks.do_mark(tx, payment_id, bought.user_id, seen)
    settings = await tenants.settings(tx, FraudSettings)
    score = score_payment(await facts.of_payment(tx, payment_id, settings), settings)
    release_at = clock.now() + timedelta(minutes=settings.delay_minutes) if score.outcome is Outcome.delay else None
    await tx.run(
        "insert into app.fraud_cases"
        " (tenant_id, user_id, payment_id, outcome, points, findings, status, release_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        bought.user_id,
        payment_id,
        score.outcome,
        score.points,
        msgspec.to_builtins(score.findings),
        "allowed" if score.outcome is Outcome.allow else "open",
        release_at,
    )
    if score.outcome is not Outcome.allow:
        await tenants.record(
            tx, "payment_doubted", user_id=bought.user_id, payment_id=payment_id, outcome=score.outcome
        )
    if score.outcome is Outcome.freeze:
        await wallet.do_freeze(tx, bought.user_id, FREEZE_REASON, None)
    verdict = await _verdict(tx, payment_id)
    if verdict is None:
        raise LookupError(f"payment {payment_id} was judged and has no verdict")
    return verdict


async def _verdict(tx: Tx, payment_id: UUID) -> Verdict | None:
    return await tx.maybe(
        Verdict,
        "select outcome, points, case when status <> 'allowed' then id end as case_id, release_at"
        " from app.fraud_cases where (tenant_id, payment_id) = ($1, $2)",
        payment_id,
    )
