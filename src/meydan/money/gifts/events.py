"""Events of gifts, for the rooms above. Each is published in the transaction that caused it."""

from uuid import UUID

from meydan.kit.events import Event


class GiftGiven(Event, frozen=True):
    gift_id: UUID
    gift_key: str
    """The picture and name; clients word it."""
    quantity: int
    giver_user_id: UUID
    giver_profile_id: UUID
    receiver_user_id: UUID
    receiver_profile_id: UUID
    earned: int
    """The receiver's share, in coins."""
