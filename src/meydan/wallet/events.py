"""What happened to coins, for the rooms above. Published in the transaction that moved them."""

from uuid import UUID

from meydan.kit.events import Event


class GiftGiven(Event, frozen=True):
    gift_id: UUID
    gift_key: str
    """Which picture and name: the client words it."""
    quantity: int
    giver_user_id: UUID
    giver_profile_id: UUID
    receiver_user_id: UUID
    receiver_profile_id: UUID
    earned: int
    """What the receiver's earnings grew by, in coins."""


class WalletFrozen(Event, frozen=True):
    user_id: UUID
    reason: str


class WalletThawed(Event, frozen=True):
    user_id: UUID


class MeterWarned(Event, frozen=True):
    """A minute of paid time is left."""

    meter_id: UUID
    payer_user_id: UUID


class MeterEnded(Event, frozen=True):
    meter_id: UUID
    payer_user_id: UUID
    payee_user_id: UUID
    reason: str
    """``hung_up``, ``no_coins``, ``refused`` (the payer's coins are frozen) or ``lost`` (no media was seen for too long)."""
    seconds: int
    paid: int
    """In coins."""
