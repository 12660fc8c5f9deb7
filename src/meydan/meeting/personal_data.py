"""Personal data in meeting: export and erasure."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from meydan import accounts, safety
from meydan.kit import personal_data
from meydan.kit.database import Tx
from meydan.kit.events import listen
from meydan.meeting import matches, tickets
from meydan.meeting.claims import Claim
from meydan.meeting.enums import MatchStatus, MatchType, MeetingType, TicketEnd

COLUMNS = {
    "tickets.user_id",
    "tickets.profile_id",
    "tickets.wished_language",
    "tickets.wished_interests",
    "tickets.languages",
    "tickets.interests",
    "tickets.latitude",
    "tickets.longitude",
    "tickets.marks",
    "tickets.apart",
    "ticket_lanes.user_id",
    "ticket_lanes.profile_id",
    "ticket_lanes.spot",
    "matches.user1_id",
    "matches.user2_id",
    "matches.profile1_id",
    "matches.profile2_id",
    "matches.ended_by_user_id",
    "match_slots.user_id",
    "match_slots.profile_id",
    "encounters.first_profile_id",
    "encounters.second_profile_id",
    "daily_quota.user_id",
    "bonus_quota.user_id",
    "claims.user_id",
    "claims.profile_id",
}


class TicketRow(Struct, frozen=True):
    id: UUID
    type: MeetingType
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


class DailyQuotaRow(Struct, frozen=True):
    type: MeetingType
    day: date
    used: int
    granted: int


class BonusQuotaRow(Struct, frozen=True):
    type: MeetingType
    granted: int
    used: int


async def export(tx: Tx, user_id: UUID) -> dict[str, Any]:
    """Runs as: service."""
    waiting = await tx.all(
        TicketRow,
        """
        select id, kind as type, profile_id, languages, interests, max_distance_km, latitude, longitude, created_at
        from app.tickets where tenant_id = $1 and user_id = $2
        """,
        user_id,
    )
    met = await tx.all(
        MatchRow,
        """
        select met.id, met.type, met.status, mine.id as profile_id,
            case when met.user1_id = $2 then met.profile2_id else met.profile1_id end as stranger_profile_id,
            met.created_at, met.ended_at, coalesce(met.ended_by_user_id = $2, false) as i_left
        from app.profiles mine
        join app.matches met on met.tenant_id = mine.tenant_id and (met.profile1_id = mine.id or met.profile2_id = mine.id)
        where mine.tenant_id = $1 and mine.user_id = $2 order by met.id
        """,
        user_id,
    )
    days = await tx.all(
        DailyQuotaRow,
        "select kind as type, day, used, granted from app.daily_quota where tenant_id = $1 and user_id = $2 order by day",
        user_id,
    )
    bonus = await tx.all(
        BonusQuotaRow,
        "select kind as type, granted, used from app.bonus_quota where tenant_id = $1 and user_id = $2",
        user_id,
    )
    claims = await tx.all(
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
        "daily_quota": msgspec.to_builtins(days),
        "bonus_quota": msgspec.to_builtins(bonus),
        "claims": msgspec.to_builtins(claims),
    }


async def do_erase(tx: Tx, user_id: UUID) -> None:
    """Ends the user's tickets and the real face's match; the shadow's ends with the shadow.

    Matches stay, because they are the stranger's history as well.

    What was used of today's rights stays, for the account that inherits it.

    Runs as: service.
    """
    await do_leave_everything(tx, user_id, TicketEnd.left)
    await tx.run("delete from app.claims where tenant_id = $1 and user_id = $2", user_id)
    await tx.run("delete from app.daily_quota where tenant_id = $1 and user_id = $2 and day < app.today($1)", user_id)
    await tx.run("delete from app.bonus_quota where tenant_id = $1 and user_id = $2", user_id)
    await tx.run(
        """
        delete from app.encounters where tenant_id = $1
        and (first_profile_id = any($2::uuid[]) or second_profile_id = any($2::uuid[]))
        """,
        await accounts.profiles_of_user(tx, user_id),
    )


@listen(accounts.UserBanned)
async def end_everything_of_banned_user(tx: Tx, event: accounts.UserBanned) -> None:
    """Ends the banned user's tickets and the real face's match. New matches are refused where they are made."""
    await do_leave_everything(tx, event.user_id, TicketEnd.banned)


@listen(accounts.ShadowEnded)
async def end_match_of_shadow(tx: Tx, event: accounts.ShadowEnded) -> None:
    """Ends the match in which a gone person's shadow has been silent since."""
    await matches.do_end_all_of_face(tx, event.user_id, event.profile_id)


@listen(safety.SuspensionBegan)
async def end_waiting_of_suspended_user(tx: Tx, event: safety.SuspensionBegan) -> None:
    """Ends the suspended user's tickets. Their matches go on."""
    await tickets.do_end_all_of(tx, event.user_id, TicketEnd.suspended)


async def do_leave_everything(tx: Tx, user_id: UUID, reason: TicketEnd) -> None:
    """Ends what the user does under either face, and what others see of the real one."""
    await tickets.do_end_all_of(tx, user_id, reason)
    await matches.do_end_all_of_real_face(tx, user_id)


personal_data.register("meeting", COLUMNS, export, do_erase)
