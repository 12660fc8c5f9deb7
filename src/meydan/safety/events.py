"""Events of safety, for the rooms above. A ban itself is announced by ``accounts.UserBanned``."""

from uuid import UUID

from meydan.kit.events import Event


class BanLifted(Event, frozen=True):
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
