"""Settings of growth."""

from typing import Annotated

from msgspec import Meta

from meydan import tenants

Reward = Annotated[int, Meta(ge=0, le=1000)]


class GrowthSettings(tenants.RoomSettings, frozen=True):
    room = "growth"

    invited_reward: Reward = 10
    """Extra matches for the invited user, once."""
    inviter_reward: Reward = 0
    """Extra matches for the inviter, for each invited user."""
