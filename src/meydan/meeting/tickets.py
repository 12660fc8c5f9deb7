"""Tickets of waiting users: one for each user and meeting type. A ticket survives a reload, and ends with presence."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid4

from msgspec import Meta, Struct

from meydan import accounts
from meydan.kit import realtime
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.identity import Face
from meydan.meeting import matcher, matches, quota
from meydan.meeting.enums import MatchStatus, MeetingType, TicketEnd, match_type
from meydan.meeting.frames import TicketEndedFrame


class Criteria(Struct, frozen=True, forbid_unknown_fields=True):
    """``language`` and ``max_distance_km`` are required until the criteria are relaxed; ``interests`` are preferred."""

    # In Python `$` also matches before a final line break, in PostgreSQL it does not.
    language: Annotated[str, Meta(pattern=r"^[a-z]{2,3}$(?!\n)")] | None = None
    max_distance_km: Annotated[int, Meta(ge=1, le=20_000)] | None = None
    interests: Annotated[list[Annotated[str, Meta(min_length=1, max_length=40)]], Meta(max_length=20)] | None = None


class Ticket(Struct, frozen=True):
    id: UUID
    type: MeetingType
    since: datetime
    criteria: Criteria
    relaxed: bool


class AlreadyMatched(Refused):
    """``face`` is the user's face that is matched."""

    code, status, title = "already_matched", 409, "You are talking to somebody already."


class PlaceNeeded(Refused):
    code, status, title = "place_needed", 422, "Say roughly where you are first."


class EndedTicket(Struct, frozen=True):
    user_id: UUID
    profile_id: UUID
    id: UUID


class _TicketRow(Struct, frozen=True):
    id: UUID
    type: MeetingType
    created_at: datetime
    wished_language: str | None
    max_distance_km: int | None
    wished_interests: list[str]
    relaxed: bool


class _Standing(Struct, frozen=True):
    """The state of the caller on which joining depends."""

    match_id: UUID | None
    match_profile_id: UUID | None
    match_ticket_id: UUID | None
    match_is_expired: bool | None
    """None for a match under the other face, which row-level security hides."""
    waiting_profile_id: UUID | None
    interests: list[str]
    languages: list[str]
    latitude: float | None
    longitude: float | None


_ENDED = "user_id, profile_id, id"


async def do_join(tx: Tx, meeting_type: MeetingType, ticket_id: UUID | None, criteria: Criteria) -> None:
    """Starts waiting. Does nothing for a user who waits already, or whose ticket has led to the active match.

    Raises: AlreadyMatched, QuotaExhausted, PlaceNeeded, and the errors of ``accounts.check_may_meet``.
    """
    person = await accounts.check_may_meet(tx)
    me = await _standing(tx, meeting_type)
    if me.match_id is not None:
        if me.match_is_expired:  # the worker has not ended it yet
            await matches.do_end(tx, me.match_id, MatchStatus.expired)
        elif me.match_profile_id != tx.me.profile_id:
            raise AlreadyMatched(match_id=me.match_id, face=Face.shadow if tx.me.face is Face.real else Face.real)
        elif me.match_ticket_id == ticket_id:
            return
        else:
            raise AlreadyMatched(match_id=me.match_id, face=tx.me.face)
    if me.waiting_profile_id == tx.me.profile_id:
        return
    await quota.check_quota(tx, meeting_type)
    if me.waiting_profile_id is not None:
        await _do_leave_under_other_face(tx, meeting_type)
    if criteria.max_distance_km is not None and me.latitude is None:
        raise PlaceNeeded
    await tx.run(
        """
        insert into app.tickets (tenant_id, user_id, kind, id, profile_id, wished_language, max_distance_km,
        wished_interests, languages, interests, latitude, longitude, day_limit, marks, apart)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9,
            array(select distinct app.alias_key(word) from unnest($10::text[]) word), $11, $12, $13,
            $14::bytea[], app.marks_kept_apart($1, $14::bytea[]))
        on conflict do nothing
        """,
        tx.me.user_id,
        meeting_type,
        ticket_id or uuid4(),
        tx.me.profile_id,
        criteria.language,
        criteria.max_distance_km,
        criteria.interests or [],
        await _languages(tx, criteria, me),
        me.interests + (criteria.interests or []),
        me.latitude,
        me.longitude,
        await quota.daily_limit(tx, meeting_type),
        accounts.marks_of_me(tx, person.contacts),
    )
    matcher.wake_after_commit(tx)


async def do_relax_criteria(tx: Tx, meeting_type: MeetingType) -> None:
    """Drops the criteria of language and distance from the active face's ticket, if there is one."""
    await tx.run(
        """
        update app.tickets set widened = true, searched_at = null
        where tenant_id = $1 and user_id = $2 and kind = $3 and profile_id = $4 and not widened
        """,
        tx.me.user_id,
        meeting_type,
        tx.me.profile_id,
    )
    matcher.wake_after_commit(tx)


async def do_leave(tx: Tx, meeting_type: MeetingType, match_id: UUID | None) -> None:
    """Stops waiting, or leaves this match. Idempotent.

    Without ``match_id`` no match ends: a user who stops waiting just as a match is made sees that match.
    """
    if match_id is not None:
        await matches.do_end(tx, match_id, MatchStatus.cancelled)
        return
    ended = await tx.all(
        EndedTicket,
        f"delete from app.tickets where tenant_id = $1 and user_id = $2 and kind = $3 and profile_id = $4 returning {_ENDED}",
        tx.me.user_id,
        meeting_type,
        tx.me.profile_id,
    )
    await do_announce_ended(tx, ended, TicketEnd.left)


async def ticket(tx: Tx, meeting_type: MeetingType) -> Ticket | None:
    """The active face's ticket."""
    row = await tx.maybe(
        _TicketRow,
        """
        select id, kind as type, created_at, wished_language, max_distance_km, wished_interests, widened as relaxed
        from app.tickets where tenant_id = $1 and user_id = $2 and kind = $3 and profile_id = $4
        """,
        tx.me.user_id,
        meeting_type,
        tx.me.profile_id,
    )
    if row is None:
        return None
    criteria = Criteria(row.wished_language, row.max_distance_km, row.wished_interests or None)
    return Ticket(row.id, row.type, row.created_at, criteria, row.relaxed)


async def approximate_waiting(tx: Tx, meeting_type: MeetingType) -> int:
    return await tx.one(int, "select app.approximate_waiting($1, $2)", meeting_type)


async def do_end_all_of(tx: Tx, user_id: UUID, reason: TicketEnd) -> None:
    """Ends all tickets of a user.

    Runs as: service.
    """
    ended = await tx.all(
        EndedTicket, f"delete from app.tickets where tenant_id = $1 and user_id = $2 returning {_ENDED}", user_id
    )
    await do_announce_ended(tx, ended, reason)


async def do_announce_ended(tx: Tx, ended: Iterable[EndedTicket], reason: TicketEnd) -> None:
    """Tells the tickets' owners."""
    for each in ended:
        await realtime.send_frame(tx, each.user_id, TicketEndedFrame(each.profile_id, each.id, reason))


async def _standing(tx: Tx, meeting_type: MeetingType) -> _Standing:
    return await tx.one(
        _Standing,
        """
        select slot.match_id, slot.profile_id as match_profile_id, slot.ticket_id as match_ticket_id,
            met.expires_at <= app.now() as match_is_expired, waiting.profile_id as waiting_profile_id,
            me.interests, me.languages, me.latitude, me.longitude
        from app.profiles me
        left join app.match_slots slot on slot.tenant_id = me.tenant_id and slot.user_id = $3 and slot.type = $4
        left join app.matches met on met.tenant_id = slot.tenant_id and met.id = slot.match_id
        left join app.tickets waiting on waiting.tenant_id = me.tenant_id and waiting.user_id = $3 and waiting.kind = $5
        where me.tenant_id = $1 and me.id = $2
        """,
        tx.me.profile_id,
        tx.me.user_id,
        match_type(meeting_type),
        meeting_type,
    )


async def _do_leave_under_other_face(tx: Tx, meeting_type: MeetingType) -> None:
    """Ends the other face's ticket: a user waits under one face at a time."""
    ended = await tx.all(
        EndedTicket,
        f"delete from app.tickets where tenant_id = $1 and user_id = $2 and kind = $3 and profile_id <> $4 returning {_ENDED}",
        tx.me.user_id,
        meeting_type,
        tx.me.profile_id,
    )
    await do_announce_ended(tx, ended, TicketEnd.other_face)


async def _languages(tx: Tx, criteria: Criteria, me: _Standing) -> list[str]:
    """The required language, else the profile's languages, else the language of the user interface."""
    if criteria.language is not None:
        return [criteria.language]
    return me.languages or [(await accounts.user(tx, tx.me.user_id)).language]
