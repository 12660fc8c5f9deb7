"""Settings of premium that a community may change."""

from typing import Annotated

from msgspec import Meta

from meydan import tenants


class PremiumSettings(tenants.RoomSettings, frozen=True):
    room = "premium"

    grace_days: Annotated[int, Meta(ge=0, le=60)] = 3
    """How long premium stays when its renewal failed, unless the provider says so itself."""
