"""Settings of messaging."""

from typing import Annotated

from msgspec import Meta

from meydan import tenants


class MessagingSettings(tenants.RoomSettings, frozen=True):
    room = "messaging"

    messages_per_minute: Annotated[int, Meta(ge=1, le=10_000)] = 240
    """For each session, and also the largest burst."""
