"""What commerce asks of a payment provider, and the words in which every provider's news is read.

Money is credited only by what ``read`` or ``payment`` returned. No method is called inside a transaction.
Amounts are integers in the currency's minor unit (ISO 4217); currencies are three capital letters.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from msgspec import Struct

from meydan.integrations.payments.enums import PaymentKind, Period, ProviderName
from meydan.kit.errors import Refused


class Buyer(Struct, frozen=True):
    reference: UUID
    """Stands for the person at providers; never their user id or a profile's."""
    language: str
    email: str | None
    phone: str | None
    address: str
    """The IP address the order came from."""


class Order(Struct, frozen=True):
    """A committed payment, as a provider needs it. Its id is the idempotency key of everything asked for it."""

    payment_id: UUID
    kind: PaymentKind
    title: str
    """What the buyer reads on the pay page, in their language."""
    amount: int
    currency: str
    period: Period | None
    """Premium only; ``renews`` says whether the provider charges again by itself."""
    buyer: Buyer
    return_url: str
    """Where the browser comes back to, whatever happened; it proves nothing."""
    webhook_url: str
    store_product_id: str | None = None


class Checkout(Struct, frozen=True):
    reference: str
    """The provider's id of the checkout: ``payment`` finds the payment by it."""
    url: str
    """Where the person pays; empty where the store's own sheet in a native app does it."""
    expires_at: datetime


class Webhook(Struct, frozen=True):
    headers: Mapping[str, str]
    """Names in small letters."""
    body: bytes
    url: str = ""
    """The whole address it was posted to, with its query."""


class Notice(Struct, frozen=True):
    """A webhook whose sender is proved; kept until it has been read."""

    event_id: str
    """The provider's own; the same news again has the same."""
    payload: Any
    """Plain JSON values: what ``read`` needs, without what it does not (names, card numbers)."""


class EventBase(Struct, frozen=True, tag_field="event"):
    event_id: str
    happened_at: datetime


class Paid(EventBase, frozen=True, tag="paid"):
    """Money arrived: a first payment, or a subscription's renewal."""

    charge: str
    """The provider's id of this one payment: stable, unique, what is refunded and disputed."""
    amount: int
    currency: str
    payment_id: UUID | None = None
    """Ours, where the provider carries it: always for a first payment through a checkout."""
    checkout: str | None = None
    buyer: UUID | None = None
    product_id: str | None = None
    """Of a store; elsewhere only where the operator gave a price the product's name."""
    card: str | None = None
    """The provider's fingerprint of the card, the same over accounts. Commerce keeps only a keyed hash."""
    subscription: str | None = None
    replaces: str | None = None
    """The subscription this one goes on from: a store gives a new name where somebody changes the plan."""
    period_begins_at: datetime | None = None
    """Of a renewal that is charged before its period begins."""
    period_ends_at: datetime | None = None
    test: bool = False
    """Sandbox money: refused unless the tenant's provider is set to its sandbox."""


class Failed(EventBase, frozen=True, tag="failed"):
    payment_id: UUID | None
    checkout: str | None
    reason: str
    """The provider's own code, for staff."""
    expired: bool = False
    """Nobody tried: the page's time was over."""


class Awaited(EventBase, frozen=True, tag="awaited"):
    """The buyer has done their part, and the money takes days: a bank's debit, cash at a kiosk. ``Paid`` or ``Failed``
    follows."""

    payment_id: UUID | None
    checkout: str | None


class Declined(EventBase, frozen=True, tag="declined"):
    """A card was tried and refused. Nothing has ended: the person may take another; how many they try is counted."""

    payment_id: UUID | None
    checkout: str | None
    card: str
    """As in ``Paid``."""


class Refunded(EventBase, frozen=True, tag="refunded"):
    charge: str
    refunded: int
    """Of this charge altogether, so that repeats and reordering change nothing."""
    currency: str
    refund: str | None = None
    """The provider's id of the newest refund."""
    reversed: bool = False
    """The provider took a refund back, as Apple may: ``refunded`` counts, even where it is less than before."""


class DisputeState(StrEnum):
    opened = "opened"
    won = "won"
    lost = "lost"


class Disputed(EventBase, frozen=True, tag="disputed"):
    charge: str
    dispute: str
    amount: int
    currency: str
    state: DisputeState


class SubscriptionState(StrEnum):
    active = "active"
    grace = "grace"
    cancelled = "cancelled"
    expired = "expired"


class SubscriptionChanged(EventBase, frozen=True, tag="subscription_changed"):
    """What a subscription is at ``happened_at``; an older one that comes later is ignored."""

    subscription: str
    state: SubscriptionState
    period_ends_at: datetime
    payment_id: UUID | None = None
    buyer: UUID | None = None
    product_id: str | None = None
    """What it is now; another than before is another plan."""
    product_since: datetime | None = None
    """A renewal may be told hours before its period, and the product's, begins."""
    next_product_id: str | None = None
    """What its next period is of, where the provider says so: the person may have chosen another."""
    replaces: str | None = None
    """As in ``Paid``."""
    claim: str | None = None
    """What ``acknowledge`` has to be told, where the store does not know yet that this reached us."""
    grace_ends_at: datetime | None = None
    """Of grace, where the provider says until when it tries; else the tenant's own setting counts."""


ProviderEvent = Paid | Failed | Awaited | Declined | Refunded | Disputed | SubscriptionChanged


class Charge(Struct, frozen=True):
    """One payment as the provider's books have it, for reconciliation."""

    charge: str
    amount: int
    currency: str
    refunded: int
    disputed: bool
    paid_at: datetime
    payment_id: UUID | None = None


class Statement(Struct, frozen=True):
    charges: list[Charge]
    complete: bool
    """The provider listed everything of the period, so what is missing is missing; else only what was asked for."""


class Refund(Struct, frozen=True):
    refund: str
    refunded: int
    """Of the charge altogether, now."""


class SignatureInvalid(Refused):
    """Forged, for another tenant, too old, or changed on its way. Nothing is kept but a count."""

    code, status, title = "signature_invalid", 400, "The signature of this notice does not hold."


class ProviderRefused(Exception):
    """It will not work by trying again; ``str()`` is for staff."""


class ProviderUnavailable(Exception):
    """It may work in a moment: down, slow or busy."""


class ProviderLocked(ProviderRefused):
    """It takes our keys no more. An operator has to mend that; news that waits for it is not lost meanwhile."""


class RefundElsewhere(ProviderRefused):
    """This store refunds only by itself (Apple) or in its own console."""


class Provider(ABC):
    """One tenant's account at a provider. Made for each use; cheap to make, closed by ``close``.

    Every method but ``verify`` may raise ProviderRefused or ProviderUnavailable.
    """

    name: ClassVar[ProviderName]
    renews: ClassVar[bool]
    """Whether it charges a subscription's next period by itself."""
    store: ClassVar[bool] = False
    """Bought in a native app's own sheet: the client hands in a proof, and prices are the store's."""
    gives_back: ClassVar[bool] = True
    """Whether ``refund`` can give back all of a payment."""
    acknowledges: ClassVar[bool] = False
    """Whether it takes the money back unless ``acknowledge`` tells it that the purchase arrived."""

    @abstractmethod
    async def checkout(self, order: Order) -> Checkout:
        """Asked again with the same order it answers the same checkout."""

    @abstractmethod
    async def verify(self, webhook: Webhook) -> Notice:
        """Raises SignatureInvalid. May fetch the provider's public keys, nothing else."""

    @abstractmethod
    async def read(self, notice: Notice) -> list[ProviderEvent]:
        """What the notice means; may ask the provider. Unknown kinds of news are an empty list."""

    @abstractmethod
    async def payment(self, reference: str) -> list[ProviderEvent]:
        """The whole truth about a checkout or a charge, asked from the provider: the server-side check.

        The events carry ids of their own that are the same as a webhook's would be, or derived from the charge."""

    async def proof(self, proof: str) -> list[ProviderEvent]:
        """The same, of a receipt that somebody's app handed in. Nothing that others may know counts as one: an order's
        number stands on paper, and whoever brings it would be given what nobody has claimed yet."""
        return await self.payment(proof)

    async def subscription(self, subscription: str, charge: str) -> list[ProviderEvent]:  # noqa: ARG002 -- of use to some
        """What it is now, asked when a period is over and no news has come. ``charge`` is its newest payment that is known."""
        return await self.payment(charge)

    @abstractmethod
    async def refund(self, charge: str, amount: int, currency: str, key: str) -> Refund:
        """Raises RefundElsewhere. The same key again is the same refund."""

    @abstractmethod
    async def statement(self, since: datetime, until: datetime, known: Sequence[str]) -> Statement:
        """The provider's books of the period, and of the charges we know of."""

    async def cancel(self, subscription: str) -> None:
        """At the period's end. A store's subscription is cancelled in the store: the app leads there."""
        raise ProviderRefused(f"{self.name} cannot cancel {subscription}")

    async def resume(self, subscription: str) -> None:
        """Takes ``cancel`` back while the period runs."""
        raise ProviderRefused(f"{self.name} cannot resume {subscription}")

    async def acknowledge(self, charge: str, kind: PaymentKind, *, given: bool) -> None:  # noqa: B027 -- most need none
        """Tell the store that the purchase is known here, and whether it was ``given``: it may be held for a look.

        By its charge, or by what a subscription's news called its claim. What was told already stays told."""

    def answer(self, webhook: Webhook) -> str | None:  # noqa: ARG002 -- most are told by servers, which read only the status
        """Where a browser that brought the news itself goes on to: the route answers 303 to there instead of 200.

        Asked after ``verify``; never a place that a stranger could choose."""
        return None

    async def close(self) -> None:  # noqa: B027 -- most hold nothing open
        """Let go of connections."""
