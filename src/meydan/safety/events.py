"""Events of safety, for the rooms above. A ban itself is announced by ``accounts.UserBanned``."""

from datetime import datetime
from uuid import UUID

from meydan.kit.events import Event


class BanLifted(Event, frozen=True):
    user_id: UUID


class SuspensionBegan(Event, frozen=True):
    """Listeners end what waits for a match. New tickets are refused where they are made."""

    user_id: UUID
    until: datetime


class SuspensionEnded(Event, frozen=True):
    """A decision ended it. A suspension that ends with its time publishes nothing."""

    user_id: UUID


class Blocked(Event, frozen=True):
    """Published in the blocker's transaction. Listeners end what is open between exactly these two profiles.

    Ending more would reveal that two faces belong to one user.
    """

    blocker_profile_id: UUID
    blocked_profile_id: UUID


class Unblocked(Event, frozen=True):
    blocker_profile_id: UUID
    blocked_profile_id: UUID
