"""Report cases: reports about a user gather in one open case, may suspend their matching, and staff decide once.

Nothing bans by itself. A suspension ends with its time, whether or not somebody has decided by then.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import accounts, safety, tenants
from meydan.kit import clock
from meydan.kit.database import Tx
from meydan.kit.errors import NotFound, Refused
from meydan.kit.events import publish
from meydan.moderation import events, weights
from meydan.moderation.enums import ReportReason
from meydan.moderation.settings import ModerationSettings

SUSPENSION = timedelta(hours=24)
"""The time that staff have. After it the user meets people again."""
DECIDERS = accounts.STAFF
"""Reports never suspend them."""


class ReportCaseStatus(StrEnum):
    open = "open"
    closed = "closed"


class ReportChoice(StrEnum):
    """Decisions open to staff."""

    dismiss = "dismiss"
    """Lift the suspension; the reports of this case never count again."""
    ban = "ban"


class CaseDecision(StrEnum):
    dismiss = "dismiss"
    ban = "ban"
    person_left = "person_left"
    """The account was erased before anybody decided."""


class CaseAlreadyDecided(Refused):
    code, status, title = "report_case_decided", 409, "Somebody has decided about these reports already."


class BanOver(Refused):
    code, status, title = "ban_over", 409, "This ban is over or lifted already."


class Verdict(Struct, frozen=True):
    """A decision of staff with its reason, which only staff and the audit log keep."""

    choice: ReportChoice
    reason: str
    ban_reason: ReportReason = ReportReason.other
    """Told to a banned user."""
    days: int | None = None
    """Length of a ban; None: for good."""


class _AboutUser(Struct, frozen=True):
    user_id: UUID
    case_id: UUID | None


class _Case(Struct, frozen=True):
    status: ReportCaseStatus
    decision: CaseDecision | None
    decided_at: datetime | None
    counted_until: datetime | None
    """Reporters from before this time count no more: of the last suspension, or of a ban lifted since."""


async def do_review_reported_user(tx: Tx, report_id: UUID) -> None:
    """Puts a report into the open case about its user, and suspends their matching if the case weighs enough.

    A case suspends anew only by reporters who were not counted before. Staff are never suspended. Idempotent.

    Locks: users, report_cases.
    Runs as: service.
    """
    about = await tx.one(
        _AboutUser,
        "select reported_user_id as user_id, case_id from app.reports where tenant_id = $1 and id = $2",
        report_id,
    )
    if await accounts.lock_standing(tx, about.user_id) is None:
        return  # erased
    case_id = about.case_id or await _do_put_into_case(tx, report_id, about.user_id)
    case = await _lock_case(tx, case_id)
    user = await accounts.user(tx, about.user_id)
    threshold = (await tenants.settings(tx, ModerationSettings)).suspend_after_reporters * weights.FULL
    is_left_alone = user.role in DECIDERS or user.is_banned or user.suspended_until is not None
    if case.status is ReportCaseStatus.closed or is_left_alone or threshold == 0:
        return
    reporters = await weights.reporters_of(tx, [case_id], since=case.counted_until)
    weight = weights.total(reporters)
    if weight < threshold:
        return
    until = clock.now() + SUSPENSION
    await tx.run(
        """
        update app.report_cases set suspended_at = app.now(), suspended_until = $3 where tenant_id = $1 and id = $2
        """,
        case_id,
        until,
    )
    await safety.do_suspend_matching(tx, about.user_id, until, case_id=case_id, reporters=len(reporters), weight=weight)
    staff = await accounts.staff_of(tx, *DECIDERS)
    deciders = [user_id for user_id in staff if not await has_reported(tx, case_id, user_id)]
    await publish(tx, events.CaseSuspendedUser(case_id=case_id, deciders=deciders, until=until))


async def do_decide(tx: Tx, case_id: UUID, verdict: Verdict, actor: UUID) -> None:
    """Closes a case with a decision of staff and carries it out.

    Locks: users, report_cases.
    Raises: NotFound, ConflictOfInterest, CaseAlreadyDecided, Outranked.
    Runs as: service.
    """
    about = await tx.one(UUID, "select user_id from app.report_cases where tenant_id = $1 and id = $2", case_id)
    if about == actor or await has_reported(tx, case_id, actor):
        raise accounts.ConflictOfInterest
    await accounts.lock_standing(tx, about)
    case = await _lock_case(tx, case_id)
    if case.status is ReportCaseStatus.closed:
        raise CaseAlreadyDecided(decision=case.decision, decided_at=case.decided_at)
    if verdict.choice is ReportChoice.ban and not await accounts.outranks(tx, actor, about):
        raise accounts.Outranked
    await tx.run(
        """
        update app.report_cases set status = 'closed', decision = $3, note = $4, decided_by_user_id = $5,
            decided_at = app.now() where tenant_id = $1 and id = $2
        """,
        case_id,
        CaseDecision(verdict.choice),
        verdict.reason,
        actor,
    )
    match verdict.choice:
        case ReportChoice.dismiss:
            await safety.do_resume_matching(tx, about, resumed_by_user_id=actor)
        case ReportChoice.ban:
            await safety.do_ban(
                tx,
                about,
                safety.BanReason(verdict.ban_reason),
                until=None if verdict.days is None else clock.now() + timedelta(days=verdict.days),
                banned_by_user_id=actor,
                case_id=case_id,
                note=verdict.reason,
            )
    await tenants.do_record(
        tx,
        "report_case_decided",
        user_id=about,
        acted_by_user_id=actor,
        case_id=case_id,
        decision=verdict.choice,
        note=verdict.reason,
    )


async def do_lift_ban(tx: Tx, ban_id: UUID, reason: str, actor: UUID) -> None:
    """Lifts a ban, whoever decided it.

    Raises: NotFound, ConflictOfInterest, BanOver.
    Runs as: service.
    """
    about = await tx.one(UUID, "select user_id from app.bans where tenant_id = $1 and id = $2", ban_id)
    if about == actor:
        raise accounts.ConflictOfInterest
    try:
        await safety.do_lift(tx, about, reason=reason, ban_id=ban_id, lifted_by_user_id=actor)
    except NotFound:
        raise BanOver from None


async def has_reported(tx: Tx, case_id: UUID, viewer: UUID) -> bool:
    """True where another staff member decides, because the viewer reported the user.

    Runs as: service.
    """
    reporters = await tx.all(
        UUID,
        "select reporter_user_id from app.reports where tenant_id = $1 and case_id = $2 and reporter_user_id = $3",
        case_id,
        viewer,
    )
    return await accounts.is_own_matter(tx, viewer, reporters, DECIDERS)


async def _do_put_into_case(tx: Tx, report_id: UUID, user_id: UUID) -> UUID:
    """Puts a report into the user's open case, which the first report opens.

    The user's row is locked, so no other transaction opens or closes one meanwhile.
    """
    await tx.run(
        """
        insert into app.report_cases (tenant_id, user_id) values ($1, $2)
        on conflict (tenant_id, user_id) where status = 'open' do nothing
        """,
        user_id,
    )
    return await tx.one(
        UUID,
        """
        update app.reports said set case_id = opened.id from app.report_cases opened
        where said.tenant_id = $1 and said.id = $2 and opened.tenant_id = $1 and opened.user_id = $3
            and opened.status = 'open'
        returning opened.id
        """,
        report_id,
        user_id,
    )


async def _lock_case(tx: Tx, case_id: UUID) -> _Case:
    """The case under its row lock.

    Locks: report_cases.
    Raises: NotFound.
    """
    return await tx.one(
        _Case,
        """
        select c.status, c.decision, c.decided_at, greatest(c.suspended_at, (
            select max(ban.lifted_at) from app.bans ban where ban.tenant_id = c.tenant_id and ban.user_id = c.user_id
        )) as counted_until
        from app.report_cases c where c.tenant_id = $1 and c.id = $2 for update
        """,
        case_id,
    )
