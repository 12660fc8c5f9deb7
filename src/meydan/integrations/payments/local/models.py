"""Models of the local provider: requests and answers of its API, bodies of its webhooks, and the objects it stores."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, field

from meydan.integrations.payments.enums import Period
from meydan.kit.errors import Refused


class NotThere(Refused):
    code, status, title = "no_such_object", 404, "This account has nothing of that name."


class KeyRefused(Refused):
    code, status, title = "api_key_invalid", 401, "The API key is not one of an account here."


class KeyReused(Refused):
    code, status, title = "idempotency_key_of_another_request", 409, "This key was used for something else."


class NotNow(Refused):
    """``reason`` says why the object's present state does not allow it."""

    code, status, title = "state_conflict", 409, "What was asked for is not possible any more."


class AmountTooLarge(Refused):
    code, status, title = "amount_too_large", 400, "No more can be refunded than is left of the payment."


class Behaviour(StrEnum):
    """Behaviour of a test card."""

    succeeds = "succeeds"
    declined = "declined"
    confirms = "confirms"
    disputed = "disputed"
    late = "late"
    renewal_declined = "renewal_declined"


class Card(Struct, frozen=True):
    fingerprint: str
    last4: str
    behaviour: Behaviour = field(name="manner")
    """Stored cards have the older name."""


class OpenCheckoutRequest(Struct, frozen=True):
    reference: UUID
    """The merchant's own."""
    title: str
    amount: Annotated[int, Meta(gt=0)]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    period: Period | None
    buyer: UUID
    language: str
    return_url: Annotated[str, Meta(pattern="^https?://")]
    webhook_url: Annotated[str, Meta(pattern="^https?://")]


class CheckoutStatus(StrEnum):
    open = "open"
    confirming = "confirming"
    processing = "processing"
    """Promised; the money is on its way."""
    paid = "paid"
    cancelled = "cancelled"
    expired = "expired"


class LocalCheckout(Struct):
    id: str
    account: int
    order: OpenCheckoutRequest
    status: CheckoutStatus
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    """Time of the cancellation or the expiry."""
    card: Card | None = None
    payment: str | None = None
    subscription: str | None = None

    @property
    def is_open(self) -> bool:
        return self.status in (CheckoutStatus.open, CheckoutStatus.confirming)

    @property
    def due_at(self) -> datetime | None:
        return self.expires_at if self.is_open else None


class LocalPaymentStatus(StrEnum):
    processing = "processing"
    paid = "paid"


class RefundMade(Struct, frozen=True):
    id: str
    amount: int
    created_at: datetime


class DisputeStatus(StrEnum):
    opened = "opened"
    won = "won"
    lost = "lost"


class Dispute(Struct):
    id: str
    amount: int
    status: DisputeStatus
    changed_at: datetime


class LocalPayment(Struct):
    id: str
    account: int
    title: str
    amount: int
    currency: str
    buyer: UUID
    card: Card
    status: LocalPaymentStatus
    created_at: datetime
    webhook_url: str
    reference: UUID | None = None
    """The merchant's; a renewal has none."""
    checkout: str | None = None
    subscription: str | None = None
    period_ends_at: datetime | None = None
    paid_at: datetime | None = None
    settles_at: datetime | None = None
    disputed_at: datetime | None = None
    """Time at which the holder of a card that is disputed will complain."""
    refunds: list[RefundMade] = []
    disputes: list[Dispute] = []

    @property
    def due_at(self) -> datetime | None:
        return self.settles_at or self.disputed_at

    @property
    def refunded(self) -> int:
        return sum(refund.amount for refund in self.refunds)

    @property
    def open_dispute(self) -> Dispute | None:
        return next((dispute for dispute in self.disputes if dispute.status is DisputeStatus.opened), None)

    @property
    def left(self) -> int:
        """Money that is left for the merchant."""
        lost = sum(dispute.amount for dispute in self.disputes if dispute.status is not DisputeStatus.won)
        return self.amount - self.refunded - lost if self.status is LocalPaymentStatus.paid else 0


class LocalSubscriptionStatus(StrEnum):
    active = "active"
    past_due = "past_due"
    cancelled = "cancelled"
    """Until the period's end."""
    expired = "expired"


class LocalSubscription(Struct):
    id: str
    account: int
    title: str
    amount: int
    currency: str
    period: Period
    buyer: UUID
    reference: UUID
    """The merchant's, of its first payment."""
    card: Card
    status: LocalSubscriptionStatus
    started_at: datetime
    periods: int
    """Number of periods that were paid since then."""
    period_ends_at: datetime
    changed_at: datetime
    webhook_url: str
    renews_at: datetime | None
    """Time of the next step: a charge, another one after a failed one, or the end."""
    attempts: int = 0
    version: int = 0

    @property
    def due_at(self) -> datetime | None:
        return self.renews_at


class CheckoutResult(Struct, frozen=True):
    checkout: LocalCheckout
    url: str
    payment: LocalPayment | None = None
    subscription: LocalSubscription | None = None


class PaymentPage(Struct, frozen=True):
    payments: list[LocalPayment]
    next: int | None


class RefundPaymentRequest(Struct, frozen=True):
    amount: Annotated[int, Meta(gt=0)]


class RefundResult(Struct, frozen=True):
    id: str
    payment: LocalPayment


class LocalEventType(StrEnum):
    checkout_declined = "checkout.declined"
    """A card was refused; the page stays open for another."""
    checkout_cancelled = "checkout.cancelled"
    checkout_expired = "checkout.expired"
    payment_paid = "payment.paid"
    payment_refunded = "payment.refunded"
    payment_disputed = "payment.disputed"
    subscription_changed = "subscription.changed"


class LocalEvent(Struct, frozen=True):
    """The body of a webhook: the type, and the object as it was just after. The id is derived from them, never random."""

    id: str
    type: LocalEventType
    happened_at: datetime
    checkout: LocalCheckout | None = None
    payment: LocalPayment | None = None
    subscription: LocalSubscription | None = None


class WebhookBehaviour(Struct, frozen=True):
    """Bad behaviour of webhooks, for tests."""

    repeats: Annotated[int, Meta(ge=0, le=5)] = 0
    """Number of times that each is sent again."""
    shuffled: bool = False
    delay: Annotated[float, Meta(ge=0, le=86_400)] = 0
    """Seconds each waits; ``shuffled``, up to as long, and at least up to two."""


class SetBehaviourRequest(WebhookBehaviour, frozen=True):
    """Body that sets the behaviour."""


def event_of(
    type: LocalEventType, at: datetime, subject: LocalCheckout | LocalPayment | LocalSubscription
) -> LocalEvent:
    """Builds an event. It has the same id whether it was sent or asked for."""
    match subject:
        case LocalCheckout():
            tried = f":{subject.card.fingerprint}" if type is LocalEventType.checkout_declined and subject.card else ""
            return LocalEvent(f"{type}:{subject.id}{tried}", type, at, checkout=subject)
        case LocalSubscription():
            return LocalEvent(f"{type}:{subject.id}:{subject.version}", type, at, subscription=subject)
        case LocalPayment():
            detail = ""
            if type is LocalEventType.payment_refunded:
                detail = f":{subject.refunds[-1].id}"
            elif type is LocalEventType.payment_disputed:
                newest = max(subject.disputes, key=lambda dispute: dispute.changed_at)
                detail = f":{newest.id}:{newest.status}"
            return LocalEvent(f"{type}:{subject.id}{detail}", type, at, payment=subject)
