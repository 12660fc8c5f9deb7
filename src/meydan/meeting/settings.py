"""What a community may set about meeting."""

from typing import Annotated

from msgspec import Meta

from meydan import tenants

Count = Annotated[int, Meta(ge=0, le=1000)]


class MeetingSettings(tenants.RoomSettings, frozen=True):
    room = "meeting"

    text_per_day: Count = 10
    """How many strangers somebody may meet in a day."""
    match_hours: Annotated[int, Meta(ge=1, le=720)] = 24
    """How long a match and its messages last."""
    claim_minutes: Annotated[int, Meta(ge=1, le=1440)] = 120
    """Whoever wrote nothing for so long was silent: the other may ask for the right back."""
    claim_hours: Annotated[int, Meta(ge=1, le=720)] = 24
    """How long after a match has ended that may still be asked."""
    met_again_days: Annotated[int, Meta(ge=0, le=3650)] = 7
    """Two people who met are not brought together again for so long."""
    gone_after_seconds: Annotated[int, Meta(ge=5, le=3600)] = 30
    """Whoever is away for so long while waiting waits no more."""
    meeting_price: Annotated[int, Meta(ge=0, le=1_000_000)] = 10
    """In coins: to meet one stranger more than the day allows. 0: not for sale."""
