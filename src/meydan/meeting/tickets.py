"""Waiting for somebody: one ticket a person and kind, which survives a reload and ends when its owner is gone."""

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
from meydan.meeting.enums import Kind, MatchStatus, TicketEnd, match_type
from meydan.meeting.frames import TicketEndedFrame

_MOST_INTERESTS = 40


class Wishes(Struct, frozen=True, forbid_unknown_fields=True):
    """``language`` and ``max_distance_km`` must be met until the search is widened; ``interests`` are preferred."""

    # `$` alone lets a line break through, in Python and not in PostgreSQL.
    language: Annotated[str, Meta(pattern=r"^[a-z]{2,3}$(?!\n)")] | None = None
    max_distance_km: Annotated[int, Meta(ge=1, le=20_000)] | None = None
    interests: Annotated[list[Annotated[str, Meta(min_length=1, max_length=40)]], Meta(max_length=20)] | None = None


class Ticket(Struct, frozen=True):
    id: UUID
    type: Kind
    since: datetime
    wishes: Wishes
    widened: bool


class AlreadyMatched(Refused):
    """``face`` says under which of one's own faces."""

    code, status, title = "already_matched", 409, "You are talking to somebody already."


class PlaceNeeded(Refused):
    code, status, title = "place_needed", 422, "Say roughly where you are first."


class EndedTicket(Struct, frozen=True):
    user_id: UUID
    profile_id: UUID
    id: UUID


class _Row(Struct, frozen=True):
    id: UUID
    kind: Kind
    created_at: datetime
    wished_language: str | None
    max_distance_km: int | None
    wished_interests: list[str]
    widened: bool


class _Standing(Struct, frozen=True):
    """Where the caller stands who would like to wait."""

    match_id: UUID | None
    match_profile_id: UUID | None
    match_ticket_id: UUID | None
    match_is_over: bool | None
    """Of a match under another face nothing is known here."""
    waiting_profile_id: UUID | None
    interests: list[str]
    languages: list[str]
    latitude: float | None
    longitude: float | None


_ENDED = "user_id, profile_id, id"


async def do_join(tx: Tx, kind: Kind, ticket_id: UUID | None, wishes: Wishes) -> None:
    """Begin to wait. Whoever waits already goes on waiting; a ticket that led to a match asks for nothing more.

    Raises AlreadyMatched, NoRightsLeft, PlaceNeeded, and what ``accounts.check_may_meet`` does.
    """
    await accounts.check_may_meet(tx)
    me = await _standing(tx, kind)
    if me.match_id is not None:
        if me.match_is_over:  # its time is up, only the worker has not ended it yet
            await matches.do_end(tx, me.match_id, MatchStatus.expired)
        elif me.match_profile_id != tx.me.profile_id:
            raise AlreadyMatched(match_id=me.match_id, face=Face.shadow if tx.me.face is Face.real else Face.real)
        elif me.match_ticket_id == ticket_id:
            return
        else:
            raise AlreadyMatched(match_id=me.match_id, face=tx.me.face)
    if me.waiting_profile_id == tx.me.profile_id:
        return
    await quota.check_right(tx, kind)
    if me.waiting_profile_id is not None:
        await _leave_under_other_face(tx, kind)
    if wishes.max_distance_km is not None and me.latitude is None:
        raise PlaceNeeded
    await tx.run(
        """
        insert into app.tickets (tenant_id, user_id, kind, id, profile_id, wished_language, max_distance_km,
        wished_interests, languages, interests, latitude, longitude, day_limit)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing
        """,
        tx.me.user_id,
        kind,
        ticket_id or uuid4(),
        tx.me.profile_id,
        wishes.language,
        wishes.max_distance_km,
        wishes.interests or [],
        await _languages(tx, wishes, me),
        _folded(me.interests + (wishes.interests or [])),
        me.latitude,
        me.longitude,
        await quota.daily_limit(tx, kind),
    )
    matcher.wake_after_commit(tx)


async def do_widen(tx: Tx, kind: Kind) -> None:
    """Anybody will do: no wish about language or distance holds any more. Nothing happens to whoever does not wait."""
    await tx.run(
        """
        update app.tickets set widened = true, searched_at = null
        where tenant_id = $1 and user_id = $2 and kind = $3 and profile_id = $4 and not widened
        """,
        tx.me.user_id,
        kind,
        tx.me.profile_id,
    )
    matcher.wake_after_commit(tx)


async def do_leave(tx: Tx, kind: Kind, match_id: UUID | None) -> None:
    """Stop waiting, or leave this match; both may be over already.

    Without a match's id no match ends: one that was made just as its owner stopped waiting is shown to them first.
    """
    if match_id is not None:
        await matches.do_end(tx, match_id, MatchStatus.cancelled)
        return
    ended = await tx.all(
        EndedTicket,
        f"delete from app.tickets where tenant_id = $1 and user_id = $2 and kind = $3 and profile_id = $4 returning {_ENDED}",
        tx.me.user_id,
        kind,
        tx.me.profile_id,
    )
    await tell_ended(tx, ended, TicketEnd.left)


async def ticket(tx: Tx, kind: Kind) -> Ticket | None:
    """The active face's."""
    row = await tx.maybe(
        _Row,
        """
        select id, kind, created_at, wished_language, max_distance_km, wished_interests, widened
        from app.tickets where tenant_id = $1 and user_id = $2 and kind = $3 and profile_id = $4
        """,
        tx.me.user_id,
        kind,
        tx.me.profile_id,
    )
    if row is None:
        return None
    wishes = Wishes(row.wished_language, row.max_distance_km, row.wished_interests or None)
    return Ticket(row.id, row.kind, row.created_at, wishes, row.widened)


async def waiting_about(tx: Tx, kind: Kind) -> int:
    return await tx.one(int, "select app.waiting_about($1, $2)", kind)


async def do_end_all_of(tx: Tx, user_id: UUID, why: TicketEnd) -> None:
    """A service transaction."""
    ended = await tx.all(
        EndedTicket, f"delete from app.tickets where tenant_id = $1 and user_id = $2 returning {_ENDED}", user_id
    )
    await tell_ended(tx, ended, why)


async def tell_ended(tx: Tx, ended: Iterable[EndedTicket], why: TicketEnd) -> None:
    for one in ended:
        await realtime.send_frame(tx, one.user_id, TicketEndedFrame(one.profile_id, one.id, why))


async def _standing(tx: Tx, kind: Kind) -> _Standing:
    return await tx.one(
        _Standing,
        """
        select slot.match_id, slot.profile_id as match_profile_id, slot.ticket_id as match_ticket_id,
            met.expires_at <= app.now() as match_is_over, waiting.profile_id as waiting_profile_id,
            me.interests, me.languages, me.latitude, me.longitude
        from app.profiles me
        left join app.match_slots slot on slot.tenant_id = me.tenant_id and slot.user_id = $3 and slot.type = $4
        left join app.matches met on met.tenant_id = slot.tenant_id and met.id = slot.match_id
        left join app.tickets waiting on waiting.tenant_id = me.tenant_id and waiting.user_id = $3 and waiting.kind = $5
        where me.tenant_id = $1 and me.id = $2
        """,
        tx.me.profile_id,
        tx.me.user_id,
        match_type(kind),
        kind,
    )


async def _leave_under_other_face(tx: Tx, kind: Kind) -> None:
    """One person waits once: joining under another face goes on there."""
    ended = await tx.all(
        EndedTicket,
        f"delete from app.tickets where tenant_id = $1 and user_id = $2 and kind = $3 and profile_id <> $4 returning {_ENDED}",
        tx.me.user_id,
        kind,
        tx.me.profile_id,
    )
    await tell_ended(tx, ended, TicketEnd.other_face)


async def _languages(tx: Tx, wishes: Wishes, me: _Standing) -> list[str]:
    """The wish, else what the profile speaks, else the language of the person's own screen."""
    if wishes.language is not None:
        return [wishes.language]
    return me.languages or [(await accounts.user(tx, tx.me.user_id)).language]


def _folded(words: list[str]) -> list[str]:
    return list(dict.fromkeys(word.casefold() for word in words))[:_MOST_INTERESTS]
