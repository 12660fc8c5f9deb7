"""The fraud queue as staff see it: who and what is doubted, why, and what was decided."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from meydan.commerce.fraud.cases import CaseStatus, Decision
from meydan.commerce.fraud.rules import Finding
from meydan.commerce.fraud.scoring import Outcome
from meydan.commerce.kinds import PaymentKind, PaymentStatus, ProviderName
from meydan.commerce.staff.people import Person, person
from meydan.kit.database import Tx


class DoubtedPayment(Struct, frozen=True):
    id: UUID
    kind: PaymentKind
    status: PaymentStatus
    provider: ProviderName
    amount: int
    currency: str
    coins: int


class Case(Struct, frozen=True):
    id: UUID
    person: Person
    payment: DoubtedPayment | None
    """None: it is about gifts."""
    ring: list[Person]
    """Whose gifts went round, the person included, in the order in which the coins went."""
    outcome: Outcome
    points: int
    findings: list[Finding]
    status: CaseStatus
    frozen: bool
    """Whether the person's wallet is, now."""
    release_at: datetime | None
    decision: Decision | None
    note: str
    decided_by: Person | None
    """None where time decided."""
    decided_at: datetime | None
    created_at: datetime


class CasePage(Struct, frozen=True):
    items: list[Case]
    next: UUID | None = None


_COLUMNS = f"""
    c.id, {person("c.user_id")} as person,
    (
        select jsonb_build_object(
            'id', p.id, 'kind', p.kind, 'status', p.status, 'provider', p.provider,
            'amount', coalesce(p.paid_amount, p.amount), 'currency', coalesce(p.paid_currency, p.currency), 'coins', p.coins
        ) from app.payments p where (p.tenant_id, p.id) = ($1, c.payment_id)
    ) as payment,
    coalesce((
        select jsonb_agg({person("member.user_id")} order by member.place)
        from unnest(c.ring) with ordinality as member (user_id, place)
    ), '[]'::jsonb) as ring,
    c.outcome, c.points, c.findings, c.status,
    exists (
        select from app.wallet_freezes f where (f.tenant_id, f.user_id) = ($1, c.user_id) and f.thawed_at is null
    ) as frozen,
    c.release_at, c.decision, c.note, {person("c.decided_by_user_id")} as decided_by, c.decided_at, c.created_at
"""


async def page(tx: Tx, status: CaseStatus, before: UUID | None, limit: int) -> CasePage:
    """Newest first. A service transaction."""
    items = await tx.all(
        Case,
        f"select {_COLUMNS} from app.fraud_cases c where (c.tenant_id, c.status) = ($1, $2)"
        " and ($3::uuid is null or c.id < $3) order by c.id desc limit $4",
        status,
        before,
        limit,
    )
    return CasePage(items, items[-1].id if len(items) == limit else None)


async def case(tx: Tx, case_id: UUID) -> Case:
    """Raises NotFound. A service transaction."""
    return await tx.one(
        Case,
        f"select {_COLUMNS} from app.fraud_cases c where (c.tenant_id, c.id) = ($1, $2) and c.status <> 'allowed'",
        case_id,
    )
