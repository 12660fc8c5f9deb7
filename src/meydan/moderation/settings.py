"""Settings of moderation."""

from typing import Annotated

from msgspec import Meta

from meydan import tenants


class ModerationSettings(tenants.RoomSettings, frozen=True):
    room = "moderation"

    suspend_after_reporters: Annotated[int, Meta(ge=0, le=10_000)] = 10
    """Reporters of full weight whose reports suspend a user's matching for a day; zero: reports never suspend."""
