"""Settings of coins, per tenant."""

from typing import Annotated

from msgspec import Meta

from meydan import tenants

Percent = Annotated[int, Meta(ge=0, le=100)]


class WalletSettings(tenants.RoomSettings, frozen=True):
    room = "wallet"

    daily_coins: Annotated[int, Meta(ge=0, le=10_000)] = 5
    """Coins of the daily bonus; 0 switches it off."""
    gift_share_percent: Percent = 50  # app.send_gift reads it too, so that no caller sets it
    """The receiver's share of a gift's price; the rest is the tenant's revenue."""
    call_share_percent: Percent = 60
    """The payee's share of a paid minute."""
    earnings_ripen_days: Annotated[int, Meta(ge=0, le=90)] = 7  # app.convert_earnings reads it too
    """The holding period of earnings before conversion; 0: none."""
    meter_gap_seconds: Annotated[int, Meta(ge=1, le=60)] = 15
    """The longest gap between two heartbeats that is billed."""
    meter_lost_seconds: Annotated[int, Meta(ge=10, le=600)] = 60
    """A meter without a heartbeat for so long ends."""
