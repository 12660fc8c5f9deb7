"""Settings of moderation."""

from typing import Annotated

from msgspec import Meta

from meydan import tenants


class ModerationSettings(tenants.RoomSettings, frozen=True):
    room = "moderation"

    ban_after_reporters: Annotated[int, Meta(ge=0, le=10_000)] = 10
    """Different users, each with a proved phone or e-mail, whose reports ban a user; zero: reports never ban."""
