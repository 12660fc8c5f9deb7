"""Meetings and used rights that outlive an account."""

from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from meydan import accounts, tenants
from meydan.kit.database import Tx
from meydan.kit.identity import Face
from meydan.meeting.settings import MeetingSettings


class _Meeting(Struct, frozen=True):
    own_face: Face
    other_face: Face
    other_user_id: UUID
    other_profile_id: UUID
    met_at: datetime


async def pairs_met(tx: Tx, user_id: UUID) -> list[accounts.Pair]:
    """The faces that the user's faces met within the cooldown, each with the face that met it.

    Runs as: service.
    """
    cooldown = timedelta(days=(await tenants.settings(tx, MeetingSettings)).rematch_cooldown_days)
    met = await tx.all(
        _Meeting,
        """
        select own.face as own_face, other.face as other_face, other.user_id as other_user_id,
            other.id as other_profile_id, max(met.created_at) as met_at
        from app.profiles own
        join app.matches met on met.tenant_id = own.tenant_id and own.id in (met.profile1_id, met.profile2_id)
        join app.profiles other on other.tenant_id = own.tenant_id
            and other.id = case when met.profile1_id = own.id then met.profile2_id else met.profile1_id end
        where own.tenant_id = $1 and own.user_id = $2 and met.created_at > app.now() - $3::interval
        group by own.face, other.face, other.user_id, other.id
        """,
        user_id,
        cooldown,
    )
    return [
        accounts.Pair(
            row.other_user_id,
            row.met_at + cooldown,
            accounts.MetFaces(row.own_face, row.other_face, row.other_profile_id),
        )
        for row in met
    ]


async def do_inherit_quota(tx: Tx, former_user_id: UUID, user_id: UUID) -> None:
    """Counts what an erased account used of today's rights to its heir. Idempotent.

    Runs as: service.
    """
    await tx.run(
        """
        insert into app.daily_quota as known (tenant_id, user_id, kind, day, used, granted)
        select $1, $3, former.kind, former.day, former.used, former.granted from app.daily_quota former
        where former.tenant_id = $1 and former.user_id = $2 and former.day = app.today($1)
        on conflict (tenant_id, user_id, kind, day) do update set used = greatest(known.used, excluded.used)
        """,
        former_user_id,
        user_id,
    )
