"""Case queue: fraud cases as staff see them, with their findings and decisions.

A ring names people by their real faces. It could reveal the owner of a shadow to a staff member who is in it. So staff
see no ring that they are in, and their own case without its ring.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from meydan import accounts
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Tx
from meydan.money.backoffice import conflict_of_interest
from meydan.money.backoffice.person_view import Person, person
from meydan.money.fraud import CaseStatus, Choice, Decision, Finding, Outcome, cases
from meydan.money.payments import PaymentKind, PaymentStatus


class CasePayment(Struct, frozen=True):
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
    payment: CasePayment | None
    """None for a case about gifts."""
    ring: list[Person]
    """Members of the ring, the person included, in the order in which the coins moved."""
    renewal: bool
    """True for a renewal of a membership: it was fulfilled, and is only reviewed."""
    outcome: Outcome
    points: int
    findings: list[Finding]
    status: CaseStatus
    frozen: bool
    """True while the person's wallet is frozen."""
    release_at: datetime | None
    decision: Decision | None
    note: str
    decided_by: Person | None
    """None for a case that was released by time."""
    decided_at: datetime | None
    created_at: datetime
    conflict_of_interest: bool
    """True for the viewer's own case: another staff member decides it."""


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
    coalesce(c.user_id = $2, false) as conflict_of_interest
"""
# $2 is the viewer; null for an owner who runs a tenant alone and may decide their own cases.
_SHOWN = "($2::uuid is null or c.ring is null or c.user_id = $2 or $2 <> all(c.ring))"
_CASES_OF_PERSON = 20


async def page(tx: Tx, viewer: UUID, status: CaseStatus, before: UUID | None, limit: int) -> CasePage:
    """Cases of a status, newest first.

    Runs as: service."""
    items = await tx.all(
        Case,
        f"""
        select {_COLUMNS} from app.fraud_cases c where c.tenant_id = $1 and c.status = $3
            and ($4::uuid is null or c.id < $4) and {_SHOWN} order by c.id desc limit $5
        """,
        await _barred(tx, viewer),
        status,
        before,
        limit,
    )
    return CasePage(items, items[-1].id if len(items) == limit else None)


async def cases_of(tx: Tx, user_id: UUID, viewer: UUID) -> list[Case]:
    """A person's newest twenty cases, newest first.

    Runs as: service."""
    return await tx.all(
        Case,
        f"""
        select {_COLUMNS} from app.fraud_cases c where c.tenant_id = $1 and c.user_id = $3 and c.status <> 'allowed'
            and {_SHOWN} order by c.id desc limit $4
        """,
        await _barred(tx, viewer),
        user_id,
        _CASES_OF_PERSON,
    )


async def case(tx: Tx, case_id: UUID, viewer: UUID) -> Case:
    """A case that needs a decision or had one.

    Raises: NotFound.
    Runs as: service."""
    return await tx.one(
        Case,
        f"""
        select {_COLUMNS} from app.fraud_cases c where c.tenant_id = $1 and c.id = $3 and c.status <> 'allowed'
            and {_SHOWN}
        """,
        await _barred(tx, viewer),
        case_id,
    )


async def do_decide(tx: Tx, case_id: UUID, choice: Choice, note: str, actor: UUID) -> None:
    """Decides a case, unless it is the staff member's own.

    Raises: ConflictOfInterest and what ``cases.do_decide`` raises.
    Runs as: service."""
    if (await case(tx, case_id, actor)).conflict_of_interest:
        raise accounts.ConflictOfInterest
    await cases.do_decide(tx, case_id, choice, note, actor)


async def _barred(tx: Tx, viewer: UUID) -> UUID | None:
    return viewer if await conflict_of_interest.is_own(tx, viewer, viewer) else None
