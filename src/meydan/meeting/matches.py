"""Matches: two strangers for a limited time. Reading one's own matches, and ending them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from meydan import accounts, messaging, safety, tenants
from meydan.kit import realtime
from meydan.kit.database import Tx
from meydan.kit.errors import NotFound
from meydan.kit.events import listen, publish
from meydan.meeting import claims
from meydan.meeting.enums import MatchStatus, MatchType, MeetingType, match_type
from meydan.meeting.events import MatchEnded, Side
from meydan.meeting.frames import MatchEndedFrame
from meydan.meeting.settings import MeetingSettings

_BATCH_SIZE = 500


class Match(Struct, frozen=True):
    """A match as one of its two profiles sees it."""

    id: UUID
    type: MatchType
    status: MatchStatus
    conversation_id: UUID
    stranger: accounts.PublicProfile
    shared_interests: list[str]
    created_at: datetime
    expires_at: datetime
    claim_opens_at: datetime
    stranger_wrote: bool
    """True when the stranger wrote before the claim opens, so that the match was not silent."""
    claim_closes_at: datetime | None = None
    """None while the match lasts."""
    ended_at: datetime | None = None
    claim: claims.Claim | None = None


class MatchPage(Struct, frozen=True):
    items: list[Match]
    next: UUID | None = None


class Slot(Struct, frozen=True):
    """The active match of a user, under either face."""

    match_id: UUID
    profile_id: UUID
    ticket_id: UUID


class _MatchRow(Struct, frozen=True):
    id: UUID
    type: MatchType
    status: MatchStatus
    conversation_id: UUID
    stranger_profile_id: UUID
    created_at: datetime
    expires_at: datetime
    claim_opens_at: datetime
    ended_at: datetime | None
    stranger_wrote: bool


class _EndedMatch(Struct, frozen=True):
    match_id: UUID
    type: MatchType
    status: MatchStatus
    conversation_id: UUID
    user1_id: UUID
    profile1_id: UUID
    user2_id: UUID
    profile2_id: UUID
    ended_by_user_id: UUID | None


_ENDED = """
    match_id, type, status, conversation_id, user1_id, profile1_id, user2_id, profile2_id, ended_by_user_id
"""
# The policy shows only the active face's matches; repeating the condition lets PostgreSQL use the two indexes.
_MINE = """
    select met.id, met.type, met.status, met.conversation_id, stranger.id as stranger_profile_id, met.created_at,
        met.expires_at, met.claim_opens_at, met.ended_at,
        app.has_written($1, met.conversation_id, stranger.id, met.claim_opens_at) as stranger_wrote
    from app.matches met
    cross join lateral (
        select case when met.profile1_id = $2 then met.profile2_id else met.profile1_id end as id
    ) stranger
    where met.tenant_id = $1 and (met.profile1_id = $2 or met.profile2_id = $2)
"""


async def slot(tx: Tx, meeting_type: MeetingType) -> Slot | None:
    """The caller's active match, under either face."""
    return await tx.maybe(
        Slot,
        "select match_id, profile_id, ticket_id from app.match_slots where tenant_id = $1 and user_id = $2 and type = $3",
        tx.me.user_id,
        match_type(meeting_type),
    )


async def active(tx: Tx, meeting_type: MeetingType) -> Match | None:
    """The active face's active match."""
    taken = await slot(tx, meeting_type)
    if taken is None or taken.profile_id != tx.me.profile_id:
        return None
    return await mine(tx, taken.match_id)


async def mine(tx: Tx, match_id: UUID) -> Match:
    """A match that the active face is or was in.

    Raises: NotFound.
    """
    rows = await tx.all(_MatchRow, f"{_MINE} and met.id = $3", tx.me.profile_id, match_id)
    if not rows:
        raise NotFound
    return (await _matches_of(tx, rows))[0]


async def history(tx: Tx, before: UUID | None, limit: int) -> MatchPage:
    """The active face's matches, also the active one, newest first."""
    rows = await tx.all(
        _MatchRow,
        f"{_MINE} and ($3::uuid is null or met.id < $3) order by met.id desc limit $4",
        tx.me.profile_id,
        before,
        limit,
    )
    return MatchPage(await _matches_of(tx, rows), rows[-1].id if len(rows) == limit else None)


async def stranger(tx: Tx, profile_id: UUID) -> accounts.PublicProfile:
    """A profile that the active face is or was matched with.

    Raises: NotFound.
    """
    met = await tx.one(
        bool,
        """
        select exists (select from app.matches where tenant_id = $1 and profile1_id = $2 and profile2_id = $3)
        or exists (select from app.matches where tenant_id = $1 and profile2_id = $2 and profile1_id = $3)
        """,
        tx.me.profile_id,
        profile_id,
    )
    if not met:
        raise NotFound
    return (await accounts.public_profiles(tx, [profile_id]))[0]


async def do_end(tx: Tx, match_id: UUID, status: MatchStatus) -> bool:
    """Ends a match, a user's own, and tells both sides. Returns False when it was not active."""
    ended = await tx.maybe(_EndedMatch, f"select {_ENDED} from app.end_match($1, $2, $3)", match_id, status)
    if ended is None:
        return False
    await _do_announce_end(tx, ended)
    return True


async def do_expire(tx: Tx) -> int:
    """Ends a batch of matches that have reached their end, and returns their number.

    Runs as: service.
    """
    expired = await tx.all(_EndedMatch, f"select {_ENDED} from app.end_matches($1, $2)", _BATCH_SIZE)
    for ended in expired:
        await _do_announce_end(tx, ended)
    return len(expired)


async def do_end_all_of_real_face(tx: Tx, user_id: UUID) -> None:
    """Ends the active matches of a banned or erased user's real face.

    Runs as: service.
    """
    for profile_id in await tx.all(
        UUID, "select id from app.profiles where tenant_id = $1 and user_id = $2 and face = 'real'", user_id
    ):
        await do_end_all_of_face(tx, user_id, profile_id)


async def do_end_all_of_face(tx: Tx, user_id: UUID, profile_id: UUID) -> None:
    """Ends the active matches of a face whose person is gone.

    Runs as: service.
    """
    for match_id in await tx.all(
        UUID,
        "select match_id from app.match_slots where tenant_id = $1 and user_id = $2 and profile_id = $3",
        user_id,
        profile_id,
    ):
        await do_end(tx, match_id, MatchStatus.cancelled)


@listen(safety.Blocked)
async def end_between(tx: Tx, event: safety.Blocked) -> None:
    """Ends the match of exactly these two profiles. Ending others would reveal which faces belong to one user."""
    for match_id in await tx.all(
        UUID,
        """
        select id from app.matches where tenant_id = $1 and status = 'active'
        and ((profile1_id = $2 and profile2_id = $3) or (profile1_id = $3 and profile2_id = $2))
        """,
        event.blocker_profile_id,
        event.blocked_profile_id,
    ):
        await do_end(tx, match_id, MatchStatus.cancelled)


async def _do_announce_end(tx: Tx, ended: _EndedMatch) -> None:
    await messaging.do_close(tx, ended.conversation_id)
    sides = Side(ended.user1_id, ended.profile1_id), Side(ended.user2_id, ended.profile2_id)
    for side in sides:
        by_me = ended.ended_by_user_id == side.user_id
        frame = MatchEndedFrame(side.profile_id, ended.match_id, ended.conversation_id, ended.status, by_me)
        await realtime.send_frame(tx, side.user_id, frame)
    await publish(
        tx, MatchEnded(ended.match_id, ended.conversation_id, ended.type, sides, ended.status, ended.ended_by_user_id)
    )


async def _matches_of(tx: Tx, rows: Sequence[_MatchRow]) -> list[Match]:
    if not rows:
        return []
    profile_ids = [tx.me.profile_id, *{row.stranger_profile_id for row in rows}]
    profiles = {profile.id: profile for profile in await accounts.public_profiles(tx, profile_ids)}
    strangers = [word for profile in profiles.values() if profile.id != tx.me.profile_id for word in profile.interests]
    shared = await accounts.interests_in_common(tx, profiles[tx.me.profile_id].interests, strangers)
    claimed = await claims.by_match_id(tx, [row.id for row in rows])
    settings = await tenants.settings(tx, MeetingSettings)
    items: list[Match] = []
    for row in rows:
        stranger_profile = profiles[row.stranger_profile_id]
        items.append(
            Match(
                id=row.id,
                type=row.type,
                status=row.status,
                conversation_id=row.conversation_id,
                stranger=stranger_profile,
                shared_interests=[word for word in stranger_profile.interests if word in shared],
                created_at=row.created_at,
                expires_at=row.expires_at,
                claim_opens_at=row.claim_opens_at,
                stranger_wrote=row.stranger_wrote,
                claim_closes_at=claims.closes(row.claim_opens_at, row.ended_at, settings),
                ended_at=row.ended_at,
                claim=claimed.get(row.id),
            )
        )
    return items
