"""The fraud queue as staff see it: who and what is doubted, why, and what was decided.

A ring names people by their real faces. Whoever was given something by a shadow would learn here whose it is; so nobody of
the staff sees a ring they are in, and of their own case only that it is there.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Tx
from meydan.money.backoffice import conflict_of_interest
from meydan.money.backoffice.person_view import Person, person
from meydan.money.fraud import CaseStatus, Choice, Decision, Finding, Outcome, cases
from meydan.money.payments import PaymentKind, PaymentStatus


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
    renewal: bool
    """Of a membership: it was given, and is only looked at."""
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
    own_affair: bool
    """It is about whoever asks: somebody else decides."""


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
        where $2::uuid is null or $2 <> all(c.ring)
    ), '[]'::jsonb) as ring,
    c.renewal, c.outcome, c.points, c.findings, c.status,
    exists (
        select from app.wallet_freezes f where (f.tenant_id, f.user_id) = ($1, c.user_id) and f.thawed_at is null
    ) as frozen,
    c.release_at, c.decision, c.note, {person("c.decided_by_user_id")} as decided_by, c.decided_at, c.created_at,
    coalesce(c.user_id = $2, false) as own_affair
"""
# $2 is who may not decide about themselves; null for whoever runs a community alone.
_SHOWN = "($2::uuid is null or c.ring is null or c.user_id = $2 or $2 <> all(c.ring))"
_OF_PERSON = 20


async def page(tx: Tx, viewer: UUID, status: CaseStatus, before: UUID | None, limit: int) -> CasePage:
    """Newest first. A service transaction."""
    items = await tx.all(
        Case,
        f"select {_COLUMNS} from app.fraud_cases c where (c.tenant_id, c.status) = ($1, $3)"
        f" and ($4::uuid is null or c.id < $4) and {_SHOWN} order by c.id desc limit $5",
        await _barred(tx, viewer),
        status,
        before,
        limit,
    )
    return CasePage(items, items[-1].id if len(items) == limit else None)


async def of_person(tx: Tx, user_id: UUID, viewer: UUID) -> list[Case]:
    """Newest first. A service transaction."""
    return await tx.all(
        Case,
        f"select {_COLUMNS} from app.fraud_cases c where (c.tenant_id, c.user_id) = ($1, $3) and c.status <> 'allowed'"
        f" and {_SHOWN} order by c.id desc limit $4",
        await _barred(tx, viewer),
        user_id,
        _OF_PERSON,
    )


async def case(tx: Tx, case_id: UUID, viewer: UUID) -> Case:
    """Raises NotFound. A service transaction."""
    return await tx.one(
        Case,
        f"select {_COLUMNS} from app.fraud_cases c where (c.tenant_id, c.id) = ($1, $3) and c.status <> 'allowed'"
        f" and {_SHOWN}",
        await _barred(tx, viewer),
        case_id,
    )


async def do_decide(tx: Tx, case_id: UUID, choice: Choice, note: str, actor: UUID) -> None:
    """Raises OwnAffair, and what ``cases.do_decide`` raises. A service transaction."""
    if (await case(tx, case_id, actor)).own_affair:
        raise conflict_of_interest.OwnAffair
    await cases.do_decide(tx, case_id, choice, note, actor)


async def _barred(tx: Tx, viewer: UUID) -> UUID | None:
    return viewer if await conflict_of_interest.is_own(tx, viewer, viewer) else None
