"""Events of accounts, for the rooms above, and the frames that a user's own sessions receive."""

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
    """The id of the row in ``devices``."""
    invite_code: str | None
    phone_hash: bytes | None
    """Set for a registration with a proved phone number."""
    is_new_phone: bool
    """True when the number was never proved in this tenant before."""
    shown_texts: list[str] | None = None
    """Digests of the legal texts that the client has shown; None if it says nothing of them."""


class Verified(Event, frozen=True):
    """A phone number was proved: at registration, right after ``Registered``, or later."""

    user_id: UUID
    phone_hash: bytes
    is_new_phone: bool


class NewDevice(Event, frozen=True):
    user_id: UUID
    client_device_id: UUID
    """As in ``Identity``: the client's own id."""
    device_name: str


class DeviceForgotten(Event, frozen=True):
    """The device was removed by its owner. Listeners delete what they keep for it."""

    user_id: UUID
    client_device_id: UUID
    """As in ``Identity``."""


class SignInPart(StrEnum):
    """The credentials that can change or be used up. A username never does."""

    password = "password"  # noqa: S105 -- a part, no secret
    phone = "phone"
    email = "email"
    second_factor_on = "second_factor_on"
    second_factor_off = "second_factor_off"
    second_factor_removed = "second_factor_removed"
    """By staff or from the command line."""
    recovery_codes = "recovery_codes"
    """New ones were made."""
    recovery_code_used = "recovery_code_used"
    passkey_added = "passkey_added"
    passkey_removed = "passkey_removed"


class SignInChanged(Event, frozen=True):
    """A new password, another phone number or e-mail address, or a change of the second factor or the passkeys."""

    user_id: UUID
    part: SignInPart


class SessionsEnded(Event, frozen=True):
    user_id: UUID
    reason: str
    signed_out_device_ids: list[UUID]
    """Devices without a live session, as in ``Identity``."""


class UserBanned(Event, frozen=True):
    """Listeners end what the user has open. New activity is refused where it starts, by the ban itself."""

    user_id: UUID
    reason: str
    until: datetime | None


class ShadowEnded(Event, frozen=True):
    """A random time after the ban or the erasure. Listeners end what others still see of this face."""

    user_id: UUID
    profile_id: UUID
    is_erased: bool
    """False for a banned user, whose words and past talks stay."""


class CommunityApproved(Event, frozen=True):
    """Staff of the installation have opened the community that this user founded. Published inside it."""

    user_id: UUID


class CodesPaused(Event, frozen=True):
    """Today's budget for text messages refused one: strangers get none until midnight UTC. Published once a day."""

    channel: Channel
    spent_cents: int
    budget_cents: int


class SessionsChanged(Frame, frozen=True):
    """The user's list of sessions has changed; clients that show it fetch it again."""


class MatchingSuspendedFrame(Frame, frozen=True, tag="matching_suspended"):
    until: datetime | None
    """None: the suspension has been lifted."""


class BannedFrame(Frame, frozen=True, tag="banned"):
    reason: str
    until: datetime | None
