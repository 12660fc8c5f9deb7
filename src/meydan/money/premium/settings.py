"""Settings of premium that a community may change."""

from typing import Annotated

from msgspec import Meta

from meydan import tenants


class PremiumSettings(tenants.RoomSettings, frozen=True):
    room = "premium"

    grace_days: Annotated[int, Meta(ge=0, le=60)] = 3
    """Days that premium stays after a failed renewal, unless the provider names an end."""
