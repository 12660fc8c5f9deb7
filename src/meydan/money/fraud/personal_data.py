"""What suspicion keeps of a person, and what stays of it when they leave."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan import accounts
from meydan.kit import personal_data
from meydan.kit.database import Tx
from meydan.money.fraud.cases import Decision
from meydan.money.fraud.fingerprints import MarkKind
from meydan.money.fraud.scoring import Outcome

COLUMNS = {
    "payment_fingerprints.user_id",
    "payment_fingerprints.mark",
    "fraud_cases.user_id",
    "fraud_cases.ring",
    "fraud_cases.findings",
    "fraud_cases.note",
    "fraud_cases.decided_by_user_id",
}


class CaseKept(Struct, frozen=True):
    payment_id: UUID | None
    """None: it was about gifts."""
    outcome: Outcome
    created_at: datetime
    decision: Decision | None
    decided_at: datetime | None


class MarkKept(Struct, frozen=True):
    payment_id: UUID
    kind: MarkKind
    created_at: datetime


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    """What was held and what became of it. How the rules counted is left out: it would teach how to pass them."""
    cases = await tx.all(
        CaseKept,
        "select payment_id, outcome, created_at, decision, decided_at from app.fraud_cases"
        " where tenant_id = $1 and user_id = $2 and status <> 'allowed' order by id",
        user_id,
    )
    marks = await tx.all(
        MarkKept,
        "select payment_id, kind, created_at from app.payment_fingerprints"
        " where tenant_id = $1 and user_id = $2 order by created_at, kind, mark",
        user_id,
    )
    return {"cases": msgspec.to_builtins(cases), "marks": msgspec.to_builtins(marks)}


async def do_erase(tx: Tx, user_id: UUID) -> None:
    """Words and numbers go. The hash of a card or device stays only where a payment with it was disputed: others are to
    be protected by what was seen."""
    await accounts.lock_for_erasure(tx, user_id)
    await tx.run(
        "update app.fraud_cases set findings = '[]', note = ''"
        " where tenant_id = $1 and user_id = $2 and status <> 'open'",
        user_id,
    )
    await tx.run(
        "delete from app.payment_fingerprints m using app.payments p where m.tenant_id = $1 and m.user_id = $2"
        " and (p.tenant_id, p.id) = (m.tenant_id, m.payment_id) and p.status not in ('disputed', 'charged_back')",
        user_id,
    )


personal_data.register("fraud", COLUMNS, export, do_erase)
