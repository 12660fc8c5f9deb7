"""Events of wallets, for the rooms above. Each is published in the transaction that caused it."""

from uuid import UUID

from meydan.kit.events import Event


class WalletFrozen(Event, frozen=True):
    user_id: UUID
    reason: str


class WalletThawed(Event, frozen=True):
    user_id: UUID
