"""What this room keeps of a person, and what stays of it when they leave."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan import safety
from meydan.kit import personal_data
from meydan.kit.database import Tx
from meydan.kit.events import listen
from meydan.meeting import matches, tickets
from meydan.meeting.claims import Claim
from meydan.meeting.enums import Kind, MatchStatus, MatchType, TicketEnd

COLUMNS = {
    "tickets.user_id",
    "tickets.profile_id",
    "tickets.wished_language",
    "tickets.wished_interests",
    "tickets.languages",
    "tickets.interests",
    "tickets.latitude",
    "tickets.longitude",
    "ticket_lanes.user_id",
    "ticket_lanes.spot",
    "matches.user1_id",
    "matches.user2_id",
    "matches.profile1_id",
    "matches.profile2_id",
    "matches.ended_by",
    "match_slots.user_id",
    "match_slots.profile_id",
    "encounters.first_user_id",
    "encounters.second_user_id",
    "allowances.user_id",
    "extra_rights.user_id",
    "claims.user_id",
    "claims.profile_id",
}


class TicketRow(Struct, frozen=True):
    id: UUID
    kind: Kind
    profile_id: UUID
    languages: list[str]
    interests: list[str]
    max_distance_km: int | None
    latitude: float | None
    longitude: float | None
    created_at: datetime


class MatchRow(Struct, frozen=True):
    id: UUID
    type: MatchType
    status: MatchStatus
    profile_id: UUID
    stranger_profile_id: UUID
    created_at: datetime
    ended_at: datetime | None
    i_left: bool


class DayRow(Struct, frozen=True):
    kind: Kind
    day: date
    used: int
    granted: int


class ExtraRow(Struct, frozen=True):
    kind: Kind
    given: int
    used: int


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    waiting = await tx.all(
        TicketRow,
        """
        select id, kind, profile_id, languages, interests, max_distance_km, latitude, longitude, created_at
        from app.tickets where tenant_id = $1 and user_id = $2
        """,
        user_id,
    )
    met = await tx.all(
        MatchRow,
        """
        select met.id, met.type, met.status, mine.id as profile_id,
            case when met.user1_id = $2 then met.profile2_id else met.profile1_id end as stranger_profile_id,
            met.created_at, met.ended_at, coalesce(met.ended_by = $2, false) as i_left
        from app.profiles mine
        join app.matches met on met.tenant_id = mine.tenant_id and (met.profile1_id = mine.id or met.profile2_id = mine.id)
        where mine.tenant_id = $1 and mine.user_id = $2 order by met.id
        """,
        user_id,
    )
    days = await tx.all(
        DayRow,
        "select kind, day, used, granted from app.allowances where tenant_id = $1 and user_id = $2 order by day",
        user_id,
    )
    extra = await tx.all(
        ExtraRow, "select kind, given, used from app.extra_rights where tenant_id = $1 and user_id = $2", user_id
    )
    asked = await tx.all(
        Claim,
        """
        select id, match_id, status, created_at, reason, decided_at from app.claims
        where tenant_id = $1 and user_id = $2 order by id
        """,
        user_id,
    )
    return {
        "tickets": msgspec.to_builtins(waiting),
        "matches": msgspec.to_builtins(met),
        "days": msgspec.to_builtins(days),
        "extra_rights": msgspec.to_builtins(extra),
        "claims": msgspec.to_builtins(asked),
    }


async def do_erase(tx: Tx, user_id: UUID) -> None:
    """They wait no more and their match ends. Matches stay: they are the other one's history as well."""
    await do_leave_everything(tx, user_id, TicketEnd.left)
    await tx.run("delete from app.claims where tenant_id = $1 and user_id = $2", user_id)
    await tx.run("delete from app.allowances where tenant_id = $1 and user_id = $2", user_id)
    await tx.run("delete from app.extra_rights where tenant_id = $1 and user_id = $2", user_id)
    await tx.run(
        "delete from app.encounters where tenant_id = $1 and (first_user_id = $2 or second_user_id = $2)", user_id
    )


@listen(safety.Banned)
async def send_away(tx: Tx, event: safety.Banned) -> None:
    """That a banned person is matched no more is checked where matches are made; this tidies up."""
    await do_leave_everything(tx, event.user_id, TicketEnd.banned)


async def do_leave_everything(tx: Tx, user_id: UUID, why: TicketEnd) -> None:
    await tickets.do_end_all_of(tx, user_id, why)
    await matches.do_end_all_of(tx, user_id)


personal_data.register("meeting", COLUMNS, export, do_erase)
