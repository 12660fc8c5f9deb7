"""Assessment of payments: once each, when they settle, before they are fulfilled."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan import tenants
from meydan.kit import clock
from meydan.kit.database import Tx
from meydan.money import wallet
from meydan.money.fraud import fingerprints, signals
from meydan.money.fraud.fingerprints import FingerprintKind
from meydan.money.fraud.scoring import Outcome, Score, score_payment, score_renewal
from meydan.money.fraud.settings import FraudSettings

FREEZE_REASON = "fraud"


class Verdict(Struct, frozen=True):
    outcome: Outcome
    points: int
    case_id: UUID | None = None
    """None for an allowed payment: staff have nothing to decide."""
    release_at: datetime | None = None
    """The end of the delay, of a delayed payment."""


class _Buyer(Struct, frozen=True):
    user_id: UUID
    device_id: UUID | None


async def do_assess_payment(tx: Tx, payment_id: UUID, *, card: str | None) -> Verdict:
    """Assesses a payment in the transaction that settles it. Idempotent: a repetition returns the first verdict.

    ``card`` is the provider's fingerprint, of which only a keyed hash is stored.

    Raises: NotFound.
    Runs as: service.
    """
    if (known := await _verdict(tx, payment_id)) is not None:
        return known
    buyer = await tx.one(
        _Buyer, "select user_id, device_id from app.payments where tenant_id = $1 and id = $2", payment_id
    )
    seen = {
        kind: fingerprints.fingerprint_of(tx, kind, value)
        for kind, value in ((FingerprintKind.card, card), (FingerprintKind.device, buyer.device_id))
        if value is not None
    }
    await fingerprints.lock_fingerprints(tx, buyer.user_id, seen)
    if (known := await _verdict(tx, payment_id)) is not None:
        return known
    await fingerprints.do_add_fingerprints(tx, payment_id, buyer.user_id, seen)
    settings = await tenants.settings(tx, FraudSettings)
    score = score_payment(await signals.of_payment(tx, payment_id, settings), settings)
    release_at = clock.now() + timedelta(minutes=settings.delay_minutes) if score.outcome is Outcome.delay else None
    await _do_open(tx, buyer.user_id, payment_id, score, release_at=release_at)
    if score.outcome is Outcome.freeze:
        await wallet.do_freeze(tx, buyer.user_id, FREEZE_REASON, None)
    verdict = await _verdict(tx, payment_id)
    if verdict is None:
        raise LookupError(f"payment {payment_id} was assessed and has no verdict")
    return verdict


async def do_assess_renewal(tx: Tx, payment_id: UUID, *, card: str | None) -> None:
    """Assesses a renewal in the transaction that settles it. Suspicion opens a case for staff but delays nothing.
    Idempotent.

    Raises: NotFound.
    Runs as: service.
    """
    if await _verdict(tx, payment_id) is not None:
        return
    user_id = await tx.one(UUID, "select user_id from app.payments where tenant_id = $1 and id = $2", payment_id)
    card_fingerprint = (
        fingerprints.fingerprint_of(tx, FingerprintKind.card, card)
        if card
        else await fingerprints.card_of_subscription(tx, payment_id)
    )
    seen = {FingerprintKind.card: card_fingerprint} if card_fingerprint is not None else {}
    await fingerprints.lock_fingerprints(tx, user_id, seen)
    await fingerprints.do_add_fingerprints(tx, payment_id, user_id, seen)
    settings = await tenants.settings(tx, FraudSettings)
    score = score_renewal(await signals.of_payment(tx, payment_id, settings), settings)
    await _do_open(tx, user_id, payment_id, score, renewal=True)


async def _do_open(
    tx: Tx, user_id: UUID, payment_id: UUID, score: Score, *, release_at: datetime | None = None, renewal: bool = False
) -> None:
    """Stores the assessment. Allowed payments are stored too, because later ones are assessed by them."""
    await tx.run(
        """
        insert into app.fraud_cases
            (tenant_id, user_id, payment_id, renewal, outcome, points, findings, status, release_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
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
        """
        select outcome, points, case when status <> 'allowed' then id end as case_id, release_at
        from app.fraud_cases where tenant_id = $1 and payment_id = $2
        """,
        payment_id,
    )
