"""The words of the provider of ours: what its API takes and answers, its webhooks carry and its books keep."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from meydan.integrations.payments.enums import PaymentKind, Period
from meydan.kit.errors import Refused


class NotThere(Refused):
    code, status, title = "no_such_object", 404, "This account has nothing of that name."


class KeyRefused(Refused):
    code, status, title = "api_key_invalid", 401, "The API key is not one of an account here."


class KeyReused(Refused):
    code, status, title = "idempotency_key_reused", 409, "This key was used for something else."


class NotNow(Refused):
    """``reason`` says why what was asked for does not fit what the thing is now."""

    code, status, title = "state_conflict", 409, "What was asked for is not possible any more."


class AmountTooLarge(Refused):
    code, status, title = "amount_too_large", 400, "No more can be refunded than is left of the payment."


class Manner(StrEnum):
    """What a card does."""

    succeeds = "succeeds"
    declined = "declined"
    confirms = "confirms"
    disputed = "disputed"
    late = "late"
    renewal_declined = "renewal_declined"


class Card(Struct, frozen=True):
    fingerprint: str
    last4: str
    manner: Manner


class CheckoutOrder(Struct, frozen=True):
    reference: UUID
    """The merchant's own."""
    kind: PaymentKind
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


class Checkout(Struct):
    id: str
    account: int
    order: CheckoutOrder
    status: CheckoutStatus
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    """Of one that was cancelled or has expired."""
    card: Card | None = None
    payment: str | None = None
    subscription: str | None = None

    @property
    def is_open(self) -> bool:
        return self.status in (CheckoutStatus.open, CheckoutStatus.confirming)

    @property
    def due_at(self) -> datetime | None:
        return self.expires_at if self.is_open else None


class PaymentStatus(StrEnum):
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


class Payment(Struct):
    id: str
    account: int
    title: str
    amount: int
    currency: str
    buyer: UUID
    card: Card
    status: PaymentStatus
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
    """When the holder of a card that is disputed will complain."""
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
        """Of the money, for the merchant."""
        lost = sum(dispute.amount for dispute in self.disputes if dispute.status is not DisputeStatus.won)
        return self.amount - self.refunded - lost if self.status is PaymentStatus.paid else 0


class SubscriptionStatus(StrEnum):
    active = "active"
    past_due = "past_due"
    cancelled = "cancelled"
    """Until the period's end."""
    expired = "expired"


class Subscription(Struct):
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
    status: SubscriptionStatus
    started_at: datetime
    periods: int
    """How many have been paid since then."""
    period_ends_at: datetime
    changed_at: datetime
    webhook_url: str
    renews_at: datetime | None
    """When something is tried next: a charge, another one after a failed one, or the end."""
    attempts: int = 0
    version: int = 0

    @property
    def due_at(self) -> datetime | None:
        return self.renews_at


class CheckoutAnswer(Struct, frozen=True):
    checkout: Checkout
    url: str
    payment: Payment | None = None
    subscription: Subscription | None = None


class PaymentPage(Struct, frozen=True):
    payments: list[Payment]
    next: int | None


class RefundOrder(Struct, frozen=True):
    amount: Annotated[int, Meta(gt=0)]


class RefundAnswer(Struct, frozen=True):
    id: str
    payment: Payment


class NewsType(StrEnum):
    checkout_declined = "checkout.declined"
    """A card was refused; the page stays open for another."""
    checkout_cancelled = "checkout.cancelled"
    checkout_expired = "checkout.expired"
    payment_paid = "payment.paid"
    payment_refunded = "payment.refunded"
    payment_disputed = "payment.disputed"
    subscription_changed = "subscription.changed"


class News(Struct, frozen=True):
    """The body of a webhook: what happened, and the thing as it was just after. Its id is made of them, never of chance."""

    id: str
    type: NewsType
    happened_at: datetime
    checkout: Checkout | None = None
    payment: Payment | None = None
    subscription: Subscription | None = None


class WebhookManners(Struct, frozen=True):
    """How badly webhooks are to behave, for tests."""

    repeats: Annotated[int, Meta(ge=0, le=5)] = 0
    """How many times more each is sent."""
    shuffled: bool = False
    delay: Annotated[float, Meta(ge=0, le=86_400)] = 0
    """Seconds each waits; ``shuffled``, up to as long, and at least up to two."""
