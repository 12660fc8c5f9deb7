"""Settings of messaging."""

from meydan import tenants


class MessagingSettings(tenants.RoomSettings, frozen=True):
    room = "messaging"

    messages_per_minute: int = 240
    """For each session, and also the largest burst."""
