"""Settings of growth."""

from meydan import tenants


class GrowthSettings(tenants.RoomSettings, frozen=True):
    room = "growth"

    invited_reward: int = 10
    """Extra matches for the invited user, once."""
    inviter_reward: int = 0
    """Extra matches for the inviter, for each invited user."""
