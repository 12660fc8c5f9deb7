"""What a community may set about coins."""

from typing import Annotated

from msgspec import Meta

from meydan import tenants

Percent = Annotated[int, Meta(ge=0, le=100)]


class WalletSettings(tenants.RoomSettings, frozen=True):
    room = "wallet"

    daily_coins: Annotated[int, Meta(ge=0, le=10_000)] = 5
    """What somebody gets for coming by, once a day; 0: nothing."""
    gift_share_percent: Percent = 50  # app.send_gift reads it too, so that no caller sets it
    """How much of a gift's price its receiver earns; the rest is the community's."""
    call_share_percent: Percent = 60
    """How much of a paid minute the one who is paid earns."""
    earnings_ripen_days: Annotated[int, Meta(ge=0, le=90)] = 7  # app.convert_earnings reads it too
    """How many days after they were earned earnings may become coins; 0: at once."""
    meter_gap_seconds: Annotated[int, Meta(ge=1, le=60)] = 15
    """Between two signs of media further apart than this, nothing is counted."""
    meter_lost_seconds: Annotated[int, Meta(ge=10, le=600)] = 60
    """Paid time of which no sign was seen for so long is over."""
