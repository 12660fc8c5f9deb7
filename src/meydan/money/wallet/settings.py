"""What a community may set about coins."""

from typing import Annotated

from msgspec import Meta

from meydan import tenants


class WalletSettings(tenants.RoomSettings, frozen=True):
    room = "wallet"

    daily_bonus_coins: Annotated[int, Meta(ge=0, le=10_000)] = 5
    """What somebody gets for coming by, once a day; 0: nothing."""
    earnings_holding_days: Annotated[int, Meta(ge=0, le=90)] = 7  # app.convert_earnings reads it too
    """How many days after they were earned earnings may become coins; 0: at once."""
