"""What a community may set about selling."""

from typing import Annotated

from msgspec import Meta

from meydan import tenants


class CommerceSettings(tenants.RoomSettings, frozen=True):
    room = "commerce"

    meeting_price: Annotated[int, Meta(ge=0, le=1_000_000)] = 10
    """In coins: to meet one stranger more than the day allows. 0: not for sale."""
    grace_days: Annotated[int, Meta(ge=0, le=60)] = 3
    """How long premium stays when its renewal failed, unless the provider says so itself."""
    staff_coins_per_day: Annotated[int, Meta(ge=0, le=1_000_000_000)] = 10_000
    """How many coins each of the staff may give or take by hand in a day. 0: none."""
