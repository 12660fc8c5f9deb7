"""Entitlements: what premium unlocks for a user now. Every count of the daily quota asks, so it is one index read."""

from uuid import UUID

from msgspec import Struct

from meydan.kit.database import Tx
from meydan.money.premium.subscriptions import RUNNING


class Entitlements(Struct, frozen=True):
    premium: bool
    matches_per_day: int | None
    """Strangers per day, at least; null without a higher number than everybody has."""
    sees_likes: bool
    no_ads: bool


async def entitlements_of(tx: Tx, user_id: UUID) -> Entitlements:
    """The best of all running subscriptions."""
    return await tx.one(
        Entitlements,
        f"""
        select count(*) > 0 as premium, max(plan.matches_per_day) as matches_per_day,
            coalesce(bool_or(plan.sees_likes), false) as sees_likes, coalesce(bool_or(plan.no_ads), false) as no_ads
        from app.subscriptions running
        join app.premium_plans plan on plan.tenant_id = running.tenant_id and plan.id = running.plan_id
        where running.tenant_id = $1 and running.user_id = $2 and {RUNNING}
        """,
        user_id,
    )
