"""What premium unlocks for somebody now: asked wherever a right is counted, so it is one read of an index."""

from uuid import UUID

from msgspec import Struct

from meydan.kit.database import Tx
from meydan.money.premium.subscriptions import RUNNING


class Limits(Struct, frozen=True):
    premium: bool
    matches_per_day: int | None
    """How many strangers a day at least; null: as many as everybody."""
    sees_likes: bool
    no_ads: bool


async def limits(tx: Tx, user_id: UUID) -> Limits:
    """The best of what is running."""
    return await tx.one(
        Limits,
        f"""
        select count(*) > 0 as premium, max(plan.matches_per_day) as matches_per_day,
            coalesce(bool_or(plan.sees_likes), false) as sees_likes, coalesce(bool_or(plan.no_ads), false) as no_ads
        from app.subscriptions running
        join app.premium_plans plan on plan.tenant_id = running.tenant_id and plan.id = running.plan_id
        where running.tenant_id = $1 and running.user_id = $2 and {RUNNING}
        """,
        user_id,
    )
