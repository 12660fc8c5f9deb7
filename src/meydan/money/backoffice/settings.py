"""Settings of the back office."""

from typing import Annotated

from msgspec import Meta

from meydan import tenants


class BackofficeSettings(tenants.RoomSettings, frozen=True):
    room = "backoffice"

    adjustment_limit_per_day: Annotated[int, Meta(ge=0, le=1_000_000_000)] = 10_000
    """Coins that each staff member may give or take by hand in a day. 0: none."""
