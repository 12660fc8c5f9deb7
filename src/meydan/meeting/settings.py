"""Settings of meeting."""

from typing import Annotated

from msgspec import Meta

from meydan import tenants

Count = Annotated[int, Meta(ge=0, le=1000)]


class MeetingSettings(tenants.RoomSettings, frozen=True):
    room = "meeting"

    matches_per_day: Count = 10
    """Matches of a user in a day."""
    match_hours: Annotated[int, Meta(ge=1, le=720)] = 24
    """Lifetime of a match and its messages."""
    claim_minutes: Annotated[int, Meta(ge=1, le=1440)] = 120
    """Silence of a stranger after which the match can be claimed back."""
    claim_hours: Annotated[int, Meta(ge=1, le=720)] = 24
    """Time after the end of a match during which it can be claimed."""
    rematch_cooldown_days: Annotated[int, Meta(ge=0, le=3650)] = 7
    """Days before two users who met can be matched again."""
    presence_timeout_seconds: Annotated[int, Meta(ge=5, le=3600)] = 30
    """Time without a connection after which a waiting user's ticket ends."""
    meeting_price: Annotated[int, Meta(ge=0, le=1_000_000)] = 10
    """Price in coins of one match beyond the day's quota. 0: not for sale."""
