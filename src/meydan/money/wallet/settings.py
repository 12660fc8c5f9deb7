"""Settings of coins, per tenant."""

from typing import Annotated

from msgspec import Meta

from meydan import tenants


class WalletSettings(tenants.RoomSettings, frozen=True):
    room = "wallet"

    daily_bonus_coins: Annotated[int, Meta(ge=0, le=10_000)] = 5
    """Coins of the daily bonus; 0 switches it off."""
    earnings_holding_days: Annotated[int, Meta(ge=0, le=90)] = 7  # app.convert_earnings reads it too
    """The holding period of earnings before conversion; 0: none."""
