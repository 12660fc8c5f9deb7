"""Match quota: the day's limit, matches restored today by claims, and bonus quota that does not expire.

Days begin at the tenant's midnight. The limit is computed on each read, so nothing runs at midnight.
Quota is consumed when a match is made (``app.consume_quota``), never for waiting.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from meydan import tenants
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.events import listen
from meydan.meeting import events
from meydan.meeting.enums import MeetingType
from meydan.meeting.settings import MeetingSettings
from meydan.money import premium


class Quota(Struct, frozen=True):
    """``remaining`` includes the ``bonus``, which does not expire at midnight. ``limit`` is the day's own."""

    remaining: int
    limit: int
    bonus: int
    resets_at: datetime


class QuotaExhausted(Refused):
    code, status, title = "quota_exhausted", 409, "You have met everybody you may meet today."


class _Balance(Struct, frozen=True):
    today: int
    bonus: int
    resets_at: datetime


async def daily_limit(tx: Tx, meeting_type: MeetingType) -> int:
    """The caller's limit for a day: the tenant's, or premium's if it is higher."""
    settings = await tenants.settings(tx, MeetingSettings)
    mine = await premium.entitlements_of(tx, tx.me.user_id)
    match meeting_type:
        case MeetingType.text:
            return max(settings.matches_per_day, mine.matches_per_day or 0)


async def quota(tx: Tx, meeting_type: MeetingType) -> Quota:
    """The caller's quota today."""
    limit = await daily_limit(tx, meeting_type)
    balance = await tx.one(
        _Balance,
        """
        select coalesce((
                select granted - used from app.daily_quota
                where tenant_id = t.id and user_id = $2 and kind = $3 and day = app.today($1)
            ), 0) as today,
            coalesce((
                select granted - used from app.bonus_quota where tenant_id = t.id and user_id = $2 and kind = $3
            ), 0) as bonus,
            app.day_begins(t.timezone, app.today($1) + 1) as resets_at
        from app.tenants t where t.id = $1
        """,
        tx.me.user_id,
        meeting_type,
    )
    return Quota(max(limit + balance.today, 0) + balance.bonus, limit, balance.bonus, balance.resets_at)


async def check_quota(tx: Tx, meeting_type: MeetingType) -> None:
    """Raises: QuotaExhausted (with the tenant's next midnight)."""
    if (mine := await quota(tx, meeting_type)).remaining < 1:
        raise QuotaExhausted(resets_at=mine.resets_at)


async def do_grant_bonus(
    tx: Tx, user_id: UUID, *, amount: int, reason: str, meeting_type: MeetingType = MeetingType.text
) -> None:
    """Grants bonus quota, which is consumed after the day's own and does not expire at midnight.

    Runs as: service.
    """
    await tx.run(
        """
        insert into app.bonus_quota as extra (tenant_id, user_id, kind, granted) values ($1, $2, $3, $4)
        on conflict (tenant_id, user_id, kind) do update set granted = extra.granted + excluded.granted
        """,
        user_id,
        meeting_type,
        amount,
    )
    await tenants.do_record(
        tx, "rights_granted", user_id=user_id, meeting_type=meeting_type, amount=amount, reason=reason
    )


@listen(events.MeetingsBought)
async def grant_bought_meetings(tx: Tx, event: events.MeetingsBought) -> None:
    """Grants bought matches in the transaction in which the coins were paid."""
    await do_grant_bonus(tx, event.user_id, amount=event.quantity, reason="bought")
