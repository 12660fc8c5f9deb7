"""What happened to purchases and memberships, for the rooms above. Published in the transaction that did it."""

from uuid import UUID

from meydan.kit.events import Event
from meydan.money.payments.enums import PaymentKind


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
