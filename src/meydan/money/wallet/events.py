"""What happened to coins, for the rooms above. Published in the transaction that moved them."""

from uuid import UUID

from meydan.kit.events import Event


class WalletFrozen(Event, frozen=True):
    user_id: UUID
    reason: str


class WalletThawed(Event, frozen=True):
    user_id: UUID
