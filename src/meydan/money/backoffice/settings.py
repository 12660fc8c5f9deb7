"""Settings of the back office that a community may change."""

from typing import Annotated

from msgspec import Meta

from meydan import tenants


class BackofficeSettings(tenants.RoomSettings, frozen=True):
    room = "backoffice"

    adjustment_limit_per_day: Annotated[int, Meta(ge=0, le=1_000_000_000)] = 10_000
    """How many coins each of the staff may give or take by hand in a day. 0: none."""
