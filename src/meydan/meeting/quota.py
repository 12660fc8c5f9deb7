"""How many strangers somebody may meet today: the day's own rights, what was given back today, and presents.

A day is the community's. The limit is computed when it is asked for, so nothing happens at midnight; a right is used when
a match is made (``app.spend_right``), never for waiting.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from meydan import tenants
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.events import listen
from meydan.meeting import purchases
from meydan.meeting.enums import Kind
from meydan.meeting.settings import MeetingSettings
from meydan.money import premium


class Right(Struct, frozen=True):
    """``left`` counts everything, ``extra`` of it does not go at midnight; ``limit`` is the day's own."""

    left: int
    limit: int
    extra: int
    resets_at: datetime


class NoRightsLeft(Refused):
    code, status, title = "no_rights_left", 409, "You have met everybody you may meet today."


class _Used(Struct, frozen=True):
    today: int
    extra: int
    resets_at: datetime


async def daily_limit(tx: Tx, kind: Kind) -> int:
    """The day's own rights of the caller, premium's included: the one place that knows them."""
    settings = await tenants.settings(tx, MeetingSettings)
    mine = await premium.limits(tx, tx.me.user_id)
    match kind:
        case Kind.text:
            return max(settings.text_per_day, mine.text_per_day or 0)


async def right(tx: Tx, kind: Kind) -> Right:
    """What the caller may still use."""
    limit = await daily_limit(tx, kind)
    used = await tx.one(
        _Used,
        """
        select coalesce((
                select granted - used from app.allowances
                where tenant_id = t.id and user_id = $2 and kind = $3 and day = app.today($1)
            ), 0) as today,
            coalesce((
                select given - used from app.extra_rights where tenant_id = t.id and user_id = $2 and kind = $3
            ), 0) as extra,
            (app.today($1) + 1)::timestamp at time zone t.timezone as resets_at
        from app.tenants t where t.id = $1
        """,
        tx.me.user_id,
        kind,
    )
    return Right(max(limit + used.today, 0) + used.extra, limit, used.extra, used.resets_at)


async def check_right(tx: Tx, kind: Kind) -> None:
    """Raises NoRightsLeft, with the time of the community's midnight."""
    if (mine := await right(tx, kind)).left < 1:
        raise NoRightsLeft(resets_at=mine.resets_at)


async def do_grant(tx: Tx, user_id: UUID, *, amount: int, reason: str, kind: Kind = Kind.text) -> None:
    """A present, used up when the day's own rights are; it does not go at midnight. A service transaction."""
    await tx.run(
        """
        insert into app.extra_rights as extra (tenant_id, user_id, kind, given) values ($1, $2, $3, $4)
        on conflict (tenant_id, user_id, kind) do update set given = extra.given + excluded.given
        """,
        user_id,
        kind,
        amount,
    )
    await tenants.record(tx, "rights_granted", user_id=user_id, kind=kind, amount=amount, reason=reason)


@listen(purchases.MeetingsBought)
async def give_what_was_bought(tx: Tx, event: purchases.MeetingsBought) -> None:
    """Coins left for it in this transaction: both happen, or neither."""
    await do_grant(tx, event.user_id, amount=event.quantity, reason="bought")
