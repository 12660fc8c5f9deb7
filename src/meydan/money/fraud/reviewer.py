"""The reviewer of payments."""

from uuid import UUID

from meydan.kit.database import Tx
from meydan.money.fraud import assessment, fingerprints
from meydan.money.fraud.scoring import Outcome
from meydan.money.payments import Review


class FraudReviewer:
    """Holds back every payment whose outcome is not ``allow``."""

    async def do_assess(self, tx: Tx, payment_id: UUID, *, card: str | None) -> Review:
        verdict = await assessment.do_assess_payment(tx, payment_id, card=card)
        return Review(allowed=verdict.outcome is Outcome.allow, release_at=verdict.release_at)

    async def do_assess_renewal(self, tx: Tx, payment_id: UUID, *, card: str | None) -> None:
        await assessment.do_assess_renewal(tx, payment_id, card=card)

    async def do_record_card(self, tx: Tx, payment_id: UUID, card: str) -> None:
        await fingerprints.do_record_card(tx, payment_id, card)
