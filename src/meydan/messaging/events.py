"""Events of messaging, for the rooms above."""

from uuid import UUID

from meydan.kit.events import Event


class MessageSent(Event, frozen=True):
    """A text message was stored. Its content is encrypted. Reactions are no texts."""

    conversation_id: UUID
    message_id: UUID
    sender_profile_id: UUID
    receiver_user_id: UUID
    receiver_profile_id: UUID
