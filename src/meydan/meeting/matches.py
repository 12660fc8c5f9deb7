"""A match: two strangers for a while. What somebody sees of theirs, how one ends, and who is told."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from meydan import accounts, messaging, safety
from meydan.kit import realtime
from meydan.kit.database import Tx
from meydan.kit.errors import NotFound
from meydan.kit.events import listen, publish
from meydan.meeting import claims
from meydan.meeting.enums import Kind, MatchStatus, MatchType, match_type
from meydan.meeting.events import MatchEnded, Side
from meydan.meeting.frames import MatchEndedFrame

_AT_ONCE = 500


class Match(Struct, frozen=True):
    """As one of its two profiles sees it."""

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
    """By the time a claim opens: whoever did was not silent."""
    ended_at: datetime | None = None
    claim: claims.Claim | None = None


class MatchPage(Struct, frozen=True):
    items: list[Match]
    next: UUID | None = None


class Slot(Struct, frozen=True):
    """That a person is in an active match, under whichever face."""

    match_id: UUID
    profile_id: UUID
    ticket_id: UUID


class _Row(Struct, frozen=True):
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


class _Ended(Struct, frozen=True):
    match_id: UUID
    type: MatchType
    status: MatchStatus
    conversation_id: UUID
    user1_id: UUID
    profile1_id: UUID
    user2_id: UUID
    profile2_id: UUID
    ended_by: UUID | None


_ENDED = "match_id, type, status, conversation_id, user1_id, profile1_id, user2_id, profile2_id, ended_by"
# The policy shows the active face's matches only; saying so again lets the two indexes be used.
_MINE = """
    select met.id, met.type, met.status, met.conversation_id, stranger.id as stranger_profile_id, met.created_at,
        met.expires_at, met.claim_opens_at, met.ended_at,
        app.wrote($1, met.conversation_id, stranger.id, met.claim_opens_at) as stranger_wrote
    from app.matches met
    cross join lateral (
        select case when met.profile1_id = $2 then met.profile2_id else met.profile1_id end as id
    ) stranger
    where met.tenant_id = $1 and (met.profile1_id = $2 or met.profile2_id = $2)
"""


async def slot(tx: Tx, kind: Kind) -> Slot | None:
    """The match this person is in, under whichever face."""
    return await tx.maybe(
        Slot,
        "select match_id, profile_id, ticket_id from app.match_slots where tenant_id = $1 and user_id = $2 and type = $3",
        tx.me.user_id,
        match_type(kind),
    )


async def active(tx: Tx, kind: Kind) -> Match | None:
    """The match that the active face is in."""
    taken = await slot(tx, kind)
    if taken is None or taken.profile_id != tx.me.profile_id:
        return None
    return await mine(tx, taken.match_id)


async def mine(tx: Tx, match_id: UUID) -> Match:
    """Raises NotFound unless the active face is or was in it."""
    rows = await tx.all(_Row, f"{_MINE} and met.id = $3", tx.me.profile_id, match_id)
    if not rows:
        raise NotFound
    return (await _shown(tx, rows))[0]


async def history(tx: Tx, before: UUID | None, limit: int) -> MatchPage:
    """The active face's matches, the open one among them, newest first."""
    rows = await tx.all(
        _Row,
        f"{_MINE} and ($3::uuid is null or met.id < $3) order by met.id desc limit $4",
        tx.me.profile_id,
        before,
        limit,
    )
    return MatchPage(await _shown(tx, rows), rows[-1].id if len(rows) == limit else None)


async def stranger(tx: Tx, profile_id: UUID) -> accounts.PublicProfile:
    """Somebody whom the active face is or was matched with. Raises NotFound."""
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
    """End a match and tell both; a person ends their own. False when there was nothing to end."""
    ended = await tx.maybe(_Ended, f"select {_ENDED} from app.end_match($1, $2, $3)", match_id, status)
    if ended is None:
        return False
    await _wind_up(tx, ended)
    return True


async def do_end_over(tx: Tx) -> int:
    """End the matches whose time is up. A service transaction."""
    over = await tx.all(_Ended, f"select {_ENDED} from app.end_matches($1, $2)", _AT_ONCE)
    for ended in over:
        await _wind_up(tx, ended)
    return len(over)


async def do_end_all_of(tx: Tx, user_id: UUID) -> None:
    """Whoever is gone is in no match. A service transaction."""
    for match_id in await tx.all(
        UUID, "select match_id from app.match_slots where tenant_id = $1 and user_id = $2", user_id
    ):
        await do_end(tx, match_id, MatchStatus.cancelled)


@listen(safety.Blocked)
async def end_between(tx: Tx, event: safety.Blocked) -> None:
    """Exactly these two faces: ending what other faces have open would tie them to these."""
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


async def _wind_up(tx: Tx, ended: _Ended) -> None:
    await messaging.do_close(tx, ended.conversation_id)
    sides = Side(ended.user1_id, ended.profile1_id), Side(ended.user2_id, ended.profile2_id)
    for side in sides:
        by_me = ended.ended_by == side.user_id
        frame = MatchEndedFrame(side.profile_id, ended.match_id, ended.conversation_id, ended.status, by_me)
        await realtime.send_frame(tx, side.user_id, frame)
    await publish(
        tx, MatchEnded(ended.match_id, ended.conversation_id, ended.type, sides, ended.status, ended.ended_by)
    )


async def _shown(tx: Tx, rows: Sequence[_Row]) -> list[Match]:
    if not rows:
        return []
    profile_ids = [tx.me.profile_id, *{row.stranger_profile_id for row in rows}]
    profiles = {profile.id: profile for profile in await accounts.public_profiles(tx, profile_ids)}
    my_interests = {word.casefold() for word in profiles[tx.me.profile_id].interests}
    asked = await claims.of_matches(tx, [row.id for row in rows])
    shown: list[Match] = []
    for row in rows:
        other = profiles[row.stranger_profile_id]
        shown.append(
            Match(
                id=row.id,
                type=row.type,
                status=row.status,
                conversation_id=row.conversation_id,
                stranger=other,
                shared_interests=[word for word in other.interests if word.casefold() in my_interests],
                created_at=row.created_at,
                expires_at=row.expires_at,
                claim_opens_at=row.claim_opens_at,
                stranger_wrote=row.stranger_wrote,
                ended_at=row.ended_at,
                claim=asked.get(row.id),
            )
        )
    return shown
