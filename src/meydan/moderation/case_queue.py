"""Case queue: reports as staff see them, with their weight and the history of the reported user.

It never says who reported. Staff see no case about themselves: its time alone would tell who reported them. Hidden
too is a case that they reported into: it would tie two faces.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import accounts, safety, tenants
from meydan.kit.database import Tx
from meydan.moderation import cases, weights
from meydan.moderation.enums import ReportReason
from meydan.moderation.settings import ModerationSettings

_REPORTS_SHOWN = 50
_HISTORY_SHOWN = 20


class CaseQueue(StrEnum):
    suspended = "suspended"
    """Open, and matching is suspended now: these wait for staff."""
    open = "open"
    """Open, and nothing is suspended: too little weight, a suspension that is over, or staff."""
    closed = "closed"


class CasePerson(Struct, frozen=True):
    """A person as staff see one: by the real face."""

    user_id: UUID
    alias: str
    """Empty for an erased account."""
    tag: str


class CaseReport(Struct, frozen=True):
    reason: ReportReason
    text: str
    created_at: datetime


class PersonBan(Struct, frozen=True):
    id: UUID
    reason: safety.BanReason
    until: datetime | None
    lifted_at: datetime | None
    is_in_force: bool
    decided_by: CasePerson | None
    """None for an operator at the command line, and for bans of older versions."""
    created_at: datetime


class EarlierCase(Struct, frozen=True):
    id: UUID
    reports: int
    decision: cases.CaseDecision
    note: str
    decided_by: CasePerson | None
    decided_at: datetime


class ReportCase(Struct, frozen=True):
    id: UUID
    person: CasePerson
    is_staff: bool
    """True for staff, whom reports never suspend."""
    status: cases.ReportCaseStatus
    reports: list[CaseReport]
    """The newest fifty."""
    report_count: int
    reporters: int
    weight: int
    """Weight of all reporters; a hundred is one whole reporter."""
    suspends_at: int
    """The weight at which matching is suspended; zero: never."""
    suspended_until: datetime | None
    """The end of the newest suspension, which may be over."""
    is_suspended: bool
    bans: list[PersonBan]
    earlier: list[EarlierCase]
    """Earlier cases about the person."""
    may_ban: bool
    """False for staff whose rank is not below the viewer's."""
    decision: cases.CaseDecision | None
    note: str
    decided_by: CasePerson | None
    decided_at: datetime | None
    created_at: datetime


class ReportCasePage(Struct, frozen=True):
    items: list[ReportCase]
    next: UUID | None = None


class _Row(Struct, frozen=True):
    id: UUID
    user_id: UUID
    person: CasePerson
    status: cases.ReportCaseStatus
    reports: list[CaseReport]
    report_count: int
    suspended_until: datetime | None
    is_suspended: bool
    bans: list[PersonBan]
    earlier: list[EarlierCase]
    decision: cases.CaseDecision | None
    note: str
    decided_by: CasePerson | None
    decided_at: datetime | None
    created_at: datetime


def _person(user_id: str) -> str:
    """SQL for the ``CasePerson`` with the id in this column; null where the column is."""
    return f"""(
        select jsonb_build_object('user_id', face.user_id, 'alias', face.alias, 'tag', face.tag) from app.profiles face
        where face.tenant_id = $1 and face.user_id = {user_id} and face.face = 'real'
    )"""


_SUSPENDED = """exists (
    select from app.users u
    where u.tenant_id = $1 and u.id = c.user_id and u.matching_suspended_until > app.now()
)"""
_COLUMNS = f"""
    c.id, c.user_id, {_person("c.user_id")} as person, c.status, coalesce((
        select jsonb_agg(to_jsonb(said) order by said.created_at desc) from (
            select r.reason, r.text, r.created_at from app.reports r
            where r.tenant_id = $1 and r.case_id = c.id order by r.id desc limit {_REPORTS_SHOWN}
        ) said
    ), '[]'::jsonb) as reports, (
        select count(*)::integer from app.reports r where r.tenant_id = $1 and r.case_id = c.id
    ) as report_count,
    c.suspended_until, c.status = 'open' and {_SUSPENDED} as is_suspended, coalesce((
        select jsonb_agg(to_jsonb(held) order by held.created_at desc) from (
            select b.id, b.reason, b.until, b.lifted_at, {_person("b.banned_by_user_id")} as decided_by,
                b.lifted_at is null and (b.until is null or b.until > app.now()) as is_in_force, b.created_at
            from app.bans b where b.tenant_id = $1 and b.user_id = c.user_id order by b.id desc limit {_HISTORY_SHOWN}
        ) held
    ), '[]'::jsonb) as bans, coalesce((
        select jsonb_agg(to_jsonb(old) order by old.decided_at desc) from (
            select e.id, e.decision, e.note, e.decided_at, {_person("e.decided_by_user_id")} as decided_by, (
                select count(*) from app.reports r where r.tenant_id = $1 and r.case_id = e.id
            ) as reports
            from app.report_cases e
            where e.tenant_id = $1 and e.user_id = c.user_id and e.status = 'closed' and e.id < c.id
            order by e.id desc limit {_HISTORY_SHOWN}
        ) old
    ), '[]'::jsonb) as earlier,
    c.decision, c.note, {_person("c.decided_by_user_id")} as decided_by, c.decided_at, c.created_at
"""
_IN_QUEUE = {
    CaseQueue.suspended: f"c.status = 'open' and {_SUSPENDED}",
    CaseQueue.open: f"c.status = 'open' and not {_SUSPENDED}",
    CaseQueue.closed: "c.status = 'closed'",
}
# $3 is the viewer too; null for an owner who runs a tenant alone, because nobody else could decide.
_SHOWN = """
    c.user_id <> $2 and ($3::uuid is null or not exists (
        select from app.reports r where r.tenant_id = $1 and r.case_id = c.id and r.reporter_user_id = $3
    ))
"""


async def page(tx: Tx, viewer: UUID, queue: CaseQueue, before: UUID | None, limit: int) -> ReportCasePage:
    """Cases of a queue, newest first.

    Runs as: service.
    """
    rows = await tx.all(
        _Row,
        f"""
        select {_COLUMNS} from app.report_cases c
        where c.tenant_id = $1 and {_IN_QUEUE[queue]} and ($4::uuid is null or c.id < $4) and {_SHOWN}
        order by c.id desc limit $5
        """,
        viewer,
        await _barred(tx, viewer),
        before,
        limit,
    )
    return ReportCasePage(await _cases(tx, rows, viewer), rows[-1].id if len(rows) == limit else None)


async def case(tx: Tx, case_id: UUID, viewer: UUID) -> ReportCase:
    """A single case.

    Raises: NotFound (also for one that the viewer may not see).
    Runs as: service.
    """
    row = await tx.one(
        _Row,
        f"select {_COLUMNS} from app.report_cases c where c.tenant_id = $1 and c.id = $4 and {_SHOWN}",
        viewer,
        await _barred(tx, viewer),
        case_id,
    )
    return (await _cases(tx, [row], viewer))[0]


async def _barred(tx: Tx, viewer: UUID) -> UUID | None:
    return viewer if await accounts.is_own_matter(tx, viewer, [viewer], cases.DECIDERS) else None


async def _cases(tx: Tx, rows: Sequence[_Row], viewer: UUID) -> list[ReportCase]:
    reporters: dict[UUID, list[weights.Reporter]] = defaultdict(list)
    for reporter in await weights.reporters_of(tx, [row.id for row in rows]):
        reporters[reporter.case_id].append(reporter)
    suspends_at = (await tenants.settings(tx, ModerationSettings)).suspend_after_reporters * weights.FULL
    return [
        ReportCase(
            id=row.id,
            person=row.person,
            is_staff=(await accounts.user(tx, row.user_id)).role in cases.DECIDERS,
            status=row.status,
            reports=row.reports,
            report_count=row.report_count,
            reporters=len(reporters[row.id]),
            weight=weights.total(reporters[row.id]),
            suspends_at=suspends_at,
            suspended_until=row.suspended_until,
            is_suspended=row.is_suspended,
            bans=row.bans,
            earlier=row.earlier,
            may_ban=await accounts.outranks(tx, viewer, row.user_id),
            decision=row.decision,
            note=row.note,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
            created_at=row.created_at,
        )
        for row in rows
    ]
