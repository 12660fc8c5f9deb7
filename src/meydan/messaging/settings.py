"""Settings of messaging."""

from typing import Annotated

from msgspec import Meta

from meydan import tenants


class MessagingSettings(tenants.RoomSettings, frozen=True):
    room = "messaging"

    messages_per_minute: Annotated[int, Meta(ge=1, le=10_000)] = 240
    """For each person, whatever their sessions. Also the largest burst."""
    megabytes_per_hour: Annotated[int, Meta(ge=1, le=10_000)] = 8
    """Ciphertext of each person, of which half may go into one conversation. Also the largest burst."""
    pages_per_minute: Annotated[int, Meta(ge=1, le=100_000)] = 600
    """Lists and pages of messages that a person may read from one process. Also the largest burst."""
