"""What happened to purchases and memberships, for the rooms above. Published in the transaction that did it."""

from datetime import datetime
from uuid import UUID

from meydan.commerce.kinds import PaymentKind, ProviderName
from meydan.kit.events import Event


class PaymentSettled(Event, frozen=True):
    """The money is there, and what it bought has been given."""

    payment_id: UUID
    user_id: UUID
    kind: PaymentKind
    coins: int
    """0 for premium."""


class PaymentHeld(Event, frozen=True):
    """The money is there; what it bought comes after a look."""

    payment_id: UUID
    user_id: UUID


class PaymentTakenBack(Event, frozen=True):
    """Refunded or disputed: what it had bought was taken back, and what was spent already is owed."""

    payment_id: UUID
    user_id: UUID
    coins: int
    owed: int
    disputed: bool


class PremiumStarted(Event, frozen=True):
    user_id: UUID
    period_ends_at: datetime


class PremiumRenewed(Event, frozen=True):
    user_id: UUID
    period_ends_at: datetime


class PremiumInGrace(Event, frozen=True):
    user_id: UUID
    grace_ends_at: datetime


class PremiumCancelled(Event, frozen=True):
    """It stays until then and is not renewed."""

    user_id: UUID
    period_ends_at: datetime


class PremiumEnded(Event, frozen=True):
    user_id: UUID


class PaidTwice(Event, frozen=True):
    """A second membership was paid for while one renews."""

    user_id: UUID
    payment_id: UUID | None
    """Which goes back by itself, if one does."""
    where: ProviderName | None
    """The store in which only the person can cancel one of the two."""


class MeetingsBought(Event, frozen=True):
    """Somebody paid coins to meet more people; meeting grants the rights in the same transaction."""

    user_id: UUID
    quantity: int
    transaction_id: UUID
