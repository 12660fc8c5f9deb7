"""Settings of gifts that a tenant may change."""

from typing import Annotated

from msgspec import Meta

from meydan import tenants


class GiftsSettings(tenants.RoomSettings, frozen=True):
    room = "gifts"

    gift_share_percent: Annotated[int, Meta(ge=0, le=100)] = 50  # app.send_gift reads it too, so that no caller sets it
    """The receiver's share of a gift's price; the rest is the tenant's revenue."""
