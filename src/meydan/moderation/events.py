"""Events of moderation, for the rooms above."""

from datetime import datetime
from uuid import UUID

from meydan.kit.events import Event


class CaseSuspendedUser(Event, frozen=True):
    """Reports suspended a user's matching: staff have until then to decide."""

    case_id: UUID
    deciders: list[UUID]
    """Staff who may see the case."""
    until: datetime
