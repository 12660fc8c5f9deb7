"""Claims of silent matches: an approved one restores a match of the day's quota. The worker decides from message_logs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from meydan import tenants
from meydan.kit import clock, realtime
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.events import publish
from meydan.meeting.enums import ClaimReason, ClaimStatus, MeetingType
from meydan.meeting.events import ClaimDecided
from meydan.meeting.settings import MeetingSettings

_BATCH_SIZE = 200


class Claim(Struct, frozen=True):
    id: UUID
    match_id: UUID
    status: ClaimStatus
    created_at: datetime
    reason: ClaimReason | None = None
    decided_at: datetime | None = None


class ClaimDecidedFrame(realtime.Frame, frozen=True, tag="claim_decided"):
    profile_id: UUID
    """The user's face that it addresses: a user may have two."""
    claim: Claim


class ClaimPage(Struct, frozen=True):
    items: list[Claim]
    next: UUID | None = None


class ClaimTooEarly(Refused):
    code, status, title = "claim_too_early", 409, "Your stranger still has time to write."


class ClaimTooLate(Refused):
    code, status, title = "claim_too_late", 409, "This match ended too long ago."


class _Window(Struct, frozen=True):
    opens_at: datetime
    ended_at: datetime | None


class _DecidedClaim(Struct, frozen=True):
    id: UUID
    user_id: UUID
    profile_id: UUID
    match_id: UUID
    status: ClaimStatus
    reason: ClaimReason | None
    created_at: datetime
    decided_at: datetime


_COLUMNS = "id, match_id, status, created_at, reason, decided_at"


async def do_claim(tx: Tx, match_id: UUID) -> Claim:
    """Claims a match of the caller. Returns the first claim when repeated.

    Raises: NotFound, ClaimTooEarly, ClaimTooLate.
    """
    if (known := await by_match_id(tx, [match_id])).get(match_id):
        return known[match_id]
    window = await tx.one(
        _Window,
        "select claim_opens_at as opens_at, ended_at from app.matches where tenant_id = $1 and id = $2",
        match_id,
    )
    if clock.now() < window.opens_at:
        raise ClaimTooEarly(opens_at=window.opens_at)
    settings = await tenants.settings(tx, MeetingSettings)
    closes_at = closes(window.opens_at, window.ended_at, settings)
    if closes_at is not None and clock.now() >= closes_at:
        raise ClaimTooLate(closed_at=closes_at)
    await tx.run(
        "insert into app.claims (tenant_id, user_id, profile_id, match_id) values ($1, $2, $3, $4) on conflict do nothing",
        tx.me.user_id,
        tx.me.profile_id,
        match_id,
    )
    return (await by_match_id(tx, [match_id]))[match_id]


def closes(opens_at: datetime, ended_at: datetime | None, settings: MeetingSettings) -> datetime | None:
    """The time from which a match can no longer be claimed; None while it lasts.

    It is counted from no earlier than ``opens_at``: a match that the stranger left early can be claimed as long.
    """
    if ended_at is None:
        return None
    return max(ended_at, opens_at) + timedelta(hours=settings.claim_hours)


async def do_decide(tx: Tx) -> int:
    """Decides pending claims in a batch and returns their number. An approved one restores one match of today's quota.

    Locks: lock_matching.
    Runs as: service.
    """
    if not await tx.one(bool, "select exists (select from app.claims where tenant_id = $1 and status = 'pending')"):
        return 0
    for meeting_type in MeetingType:  # matching consumes the same quota
        await tx.run("select app.lock_matching($1, $2)", meeting_type)
    decided = await tx.all(
        _DecidedClaim,
        "select id, user_id, profile_id, match_id, status, reason, created_at, decided_at from app.decide_claims($1, $2)",
        _BATCH_SIZE,
    )
    for row in decided:
        claim = Claim(row.id, row.match_id, row.status, row.created_at, row.reason, row.decided_at)
        await realtime.send_frame(tx, row.user_id, ClaimDecidedFrame(row.profile_id, claim))
        await publish(
            tx, ClaimDecided(row.id, row.match_id, row.user_id, row.profile_id, status=row.status, reason=row.reason)
        )
    return len(decided)


async def by_match_id(tx: Tx, match_ids: Sequence[UUID]) -> dict[UUID, Claim]:
    """The caller's own claims of these matches, by match id."""
    claims = await tx.all(
        Claim,
        f"select {_COLUMNS} from app.claims where tenant_id = $1 and user_id = $2 and match_id = any($3::uuid[])",
        tx.me.user_id,
        match_ids,
    )
    return {claim.match_id: claim for claim in claims}


async def page(tx: Tx, before: UUID | None, limit: int) -> ClaimPage:
    """The active face's claims, newest first."""
    items = await tx.all(
        Claim,
        f"""
        select {_COLUMNS} from app.claims
        where tenant_id = $1 and profile_id = $2 and ($3::uuid is null or id < $3) order by id desc limit $4
        """,
        tx.me.profile_id,
        before,
        limit,
    )
    return ClaimPage(items, items[-1].id if len(items) == limit else None)
