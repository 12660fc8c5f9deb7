"""Personal data of fraud cases and fingerprints: exported on request; erased unless a dispute needs it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan import accounts
from meydan.kit import personal_data
from meydan.kit.database import Tx
from meydan.money.fraud.cases import Decision
from meydan.money.fraud.fingerprints import FingerprintKind
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


class CaseRow(Struct, frozen=True):
    payment_id: UUID | None
    """None for a case about gifts."""
    outcome: Outcome
    created_at: datetime
    decision: Decision | None
    decided_at: datetime | None


class FingerprintRow(Struct, frozen=True):
    payment_id: UUID
    kind: FingerprintKind
    created_at: datetime


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    """Cases and fingerprints. Findings are left out, because they would teach how to pass the rules."""
    cases = await tx.all(
        CaseRow,
        """
        select payment_id, outcome, created_at, decision, decided_at from app.fraud_cases
        where tenant_id = $1 and user_id = $2 and status <> 'allowed' order by id
        """,
        user_id,
    )
    fingerprints = await tx.all(
        FingerprintRow,
        """
        select payment_id, kind, created_at from app.payment_fingerprints
        where tenant_id = $1 and user_id = $2 order by created_at, kind, mark
        """,
        user_id,
    )
    return {"cases": msgspec.to_builtins(cases), "fingerprints": msgspec.to_builtins(fingerprints)}


async def do_erase(tx: Tx, user_id: UUID) -> None:
    """Blanks closed cases. Deletes fingerprints, unless their payment was disputed: those go on protecting others.

    Runs as: service.
    """
    await accounts.lock_for_erasure(tx, user_id)
    await tx.run(
        """
        update app.fraud_cases set findings = '[]', note = ''
        where tenant_id = $1 and user_id = $2 and status <> 'open'
        """,
        user_id,
    )
    await tx.run(
        """
        delete from app.payment_fingerprints m using app.payments p where m.tenant_id = $1 and m.user_id = $2
            and p.tenant_id = m.tenant_id and p.id = m.payment_id and p.status not in ('disputed', 'charged_back')
        """,
        user_id,
    )


personal_data.register("fraud", COLUMNS, export, do_erase)
