"""What happened to accounts, for the rooms above."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from meydan.integrations import Channel
from meydan.kit.events import Event
from meydan.kit.realtime import Frame


class Registered(Event, frozen=True):
    user_id: UUID
    profile_id: UUID
    device_id: UUID
    """The row in ``devices``."""
    invite_code: str | None
    phone_hash: bytes | None
    """Set when the account began with a proved phone number."""
    is_new_phone: bool
    """Nobody has ever proved this number in this community."""


class Verified(Event, frozen=True):
    """A phone number was proved: later, or at registration, right after ``Registered``."""

    user_id: UUID
    phone_hash: bytes
    is_new_phone: bool


class NewDevice(Event, frozen=True):
    user_id: UUID
    client_device_id: UUID
    """As in Identity: what the browser calls itself."""
    device_name: str


class DeviceForgotten(Event, frozen=True):
    """Its owner removed it: what is kept for it need not be kept."""

    user_id: UUID
    client_device_id: UUID
    """As in Identity."""


class SignInPart(StrEnum):
    """What one logs in with, besides the username, which stays."""

    password = "password"  # noqa: S105 -- a part, no secret
    phone = "phone"
    email = "email"


class SignInChanged(Event, frozen=True):
    """A new password, or another phone number or e-mail address."""

    user_id: UUID
    part: SignInPart


class SessionsEnded(Event, frozen=True):
    user_id: UUID
    reason: str


class UserBanned(Event, frozen=True):
    user_id: UUID
    reason: str
    until: datetime | None


class CodesPaused(Event, frozen=True):
    """Today's budget for texts is spent: no more are sent until midnight UTC. Told once a day."""

    channel: Channel
    spent_cents: int
    budget_cents: int


class SessionsChanged(Frame, frozen=True):
    """Somebody logged in or out: whoever shows the list reads it again."""


class Banned(Frame, frozen=True):
    reason: str
    until: datetime | None
