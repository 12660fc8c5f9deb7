"""Events of payments, for the rooms above. Each is published in the transaction that caused it."""

from uuid import UUID

from meydan.kit.events import Event
from meydan.money.payments.enums import PaymentKind


class PaymentSettled(Event, frozen=True):
    """The money arrived and the purchase is fulfilled."""

    payment_id: UUID
    user_id: UUID
    kind: PaymentKind
    coins: int
    """0 for premium."""


class PaymentHeld(Event, frozen=True):
    """The money arrived; the purchase is held for review."""

    payment_id: UUID
    user_id: UUID


class PaymentClawedBack(Event, frozen=True):
    """A refund or a dispute clawed the purchase back; coins that were spent already are owed."""

    payment_id: UUID
    user_id: UUID
    coins: int
    owed: int
    disputed: bool
