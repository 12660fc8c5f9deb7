"""Settings of moderation."""

from meydan import tenants


class ModerationSettings(tenants.RoomSettings, frozen=True):
    room = "moderation"

    ban_after_reporters: int = 10
    """Different users, each with a proved phone or e-mail, whose reports ban a user; zero: reports never ban."""
