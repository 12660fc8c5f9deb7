"""The contract of payment providers: what money's rooms ask of one, and the events that every provider's webhooks become.

Money is credited only by events that ``read``, ``payment``, ``receipt`` or ``subscription`` returned.
No method is called inside a transaction, and an adapter knows no database, tenant or kind of payment.
Amounts are integers in the currency's minor unit (ISO 4217); currencies are three capital letters.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from msgspec import Struct

from meydan.integrations.payments.enums import Period, ProviderName
from meydan.kit.errors import Refused


class Buyer(Struct, frozen=True):
    customer_reference: UUID
    """The person's id at providers; never their user id or a profile's."""
    language: str
    email: str | None
    phone: str | None
    ip_address: str
    """The address that the order came from."""


class Order(Struct, frozen=True):
    """A committed payment, as a provider needs it. Its id is the idempotency key of everything asked for it."""

    payment_id: UUID
    title: str
    """Shown to the buyer on the pay page, in their language."""
    amount: int
    currency: str
    period: Period | None
    """Length of a subscription's period; None for a one-off purchase. ``renews`` tells who charges the next period."""
    buyer: Buyer
    return_url: str
    """The browser comes back here, whatever happened; it proves nothing."""
    webhook_url: str
    store_product_id: str | None = None

    @property
    def is_subscription(self) -> bool:
        return self.period is not None


class Checkout(Struct, frozen=True):
    provider_checkout_id: str
    """``payment`` finds the payment by it."""
    url: str
    """The page where the person pays; empty where the store's own sheet in a native app takes its place."""
    expires_at: datetime


class Webhook(Struct, frozen=True):
    """A webhook as it came: nothing of it is proved."""

    headers: Mapping[str, str]
    """Names in small letters."""
    body: bytes
    url: str = ""
    """The whole address it was posted to, with its query."""


class WebhookEvent(Struct, frozen=True):
    """A webhook whose sender is proved; kept until it has been read."""

    event_id: str
    """The provider's own; a repeated webhook has the same."""
    payload: Any
    """Plain JSON values: what ``read`` needs, without personal data that it does not need (names, card numbers)."""


class EventBase(Struct, frozen=True, tag_field="event"):
    """Base of the events. Deferred events are stored as JSON: tags and field names change only with a migration."""

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
    """A store's product; elsewhere set only where the operator gave a price the product's name."""
    card: str | None = None
    """The provider's fingerprint of the card, the same over accounts. Only a keyed hash of it is kept."""
    subscription: str | None = None
    replaces: str | None = None
    """The subscription this one goes on from: a store gives a new name where somebody changes the plan."""
    period_begins_at: datetime | None = None
    """Set for a renewal that is charged before its period begins."""
    period_ends_at: datetime | None = None
    test: bool = False
    """Sandbox money: refused unless the tenant's provider is set to its sandbox."""


class Failed(EventBase, frozen=True, tag="failed"):
    payment_id: UUID | None
    checkout: str | None
    reason: str
    """The provider's own code, for staff."""
    expired: bool = False
    """No card was tried before the page's time was over."""


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
    """The total of this charge, so that repeats and reordering change nothing."""
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
    """State of a subscription at ``happened_at``; an older one that comes later is ignored."""

    subscription: str
    state: SubscriptionState
    period_ends_at: datetime
    payment_id: UUID | None = None
    buyer: UUID | None = None
    product_id: str | None = None
    """The present product; another than before is another plan."""
    product_since: datetime | None = None
    """A renewal may be told hours before its period, and the product's, begins."""
    next_product_id: str | None = None
    """Product of the next period, where the provider says so: the person may have chosen another."""
    replaces: str | None = None
    """As in ``Paid``."""
    claim: str | None = None
    """Acknowledgement token: ``do_acknowledge`` must be called with it, or the store reverses the change."""
    grace_ends_at: datetime | None = None
    """End of grace, where the provider says until when it tries; else the tenant's own setting counts."""


ProviderEvent = Paid | Failed | Awaited | Declined | Refunded | Disputed | SubscriptionChanged


class Charge(Struct, frozen=True):
    """A payment as the provider's books have it, for reconciliation."""

    provider_charge_id: str
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
    provider_refund_id: str
    refunded: int
    """The total of the charge, now."""


class SignatureInvalid(Refused):
    """Forged, for another tenant, too old, or changed on its way. Nothing is kept but a count."""

    code, status, title = "signature_invalid", 400, "The signature of this webhook does not hold."


class ProviderRefused(Exception):
    """It will not work by trying again; ``str()`` is for staff."""


class ProviderUnavailable(Exception):
    """It may work in a moment: down, slow or busy."""


class ProviderLocked(ProviderRefused):
    """It takes our keys no more. An operator has to mend that; webhook events that wait for it are not lost meanwhile."""


class RefundElsewhere(ProviderRefused):
    """This store refunds only by itself (Apple) or in its own console."""


class Provider(ABC):
    """A tenant's account at a provider. Made for each use; cheap to make, closed by ``close``.

    Every method but ``verify`` may raise ProviderRefused or ProviderUnavailable.
    """

    name: ClassVar[ProviderName]
    renews: ClassVar[bool]
    """It charges a subscription's next period by itself."""
    store: ClassVar[bool] = False
    """Bought in a native app's own sheet: the client hands in a receipt, and prices are the store's."""
    refundable: ClassVar[bool] = True
    """``do_refund`` can give back all of a payment."""
    acknowledges: ClassVar[bool] = False
    """It takes the money back unless ``do_acknowledge`` tells it that the purchase arrived."""

    @abstractmethod
    async def do_open_checkout(self, order: Order) -> Checkout:
        """Opens the checkout of an order. Idempotent where the provider is: the same order has the same checkout."""

    @abstractmethod
    async def verify(self, webhook: Webhook) -> WebhookEvent:
        """Proves a webhook's sender. May fetch the provider's public keys, nothing else.

        Raises: SignatureInvalid."""

    @abstractmethod
    async def read(self, event: WebhookEvent) -> list[ProviderEvent]:
        """Reads a webhook event into ours; may ask the provider. Unknown types are an empty list."""

    @abstractmethod
    async def payment(self, provider_id: str) -> list[ProviderEvent]:
        """Asks the provider for the whole truth about a checkout or a charge: the server-side check.

        The events have the ids that a webhook's would have, or ids derived from the charge."""

    async def receipt(self, receipt: str) -> list[ProviderEvent]:
        """Asks about a receipt or purchase token that a client handed in.

        An order's number is no receipt: it stands on paper, and a stranger who brings it would get the purchase."""
        return await self.payment(receipt)

    async def subscription(self, subscription_id: str, charge: str) -> list[ProviderEvent]:  # noqa: ARG002 -- of use to some
        """Asks for a subscription's present state, when its period is over and no event came.

        ``charge`` is its newest payment that is known."""
        return await self.payment(charge)

    @abstractmethod
    async def do_refund(self, charge: str, amount: int, currency: str, key: str) -> Refund:
        """Refunds a part or all of a charge. Idempotent by ``key``.

        Raises: RefundElsewhere."""

    @abstractmethod
    async def statement(self, since: datetime, until: datetime, known: Sequence[str]) -> Statement:
        """Reads the provider's books of the period, and of the charges we know of."""

    async def do_cancel(self, subscription_id: str) -> None:
        """Cancels at the period's end. A store's subscription is cancelled in the store: the app leads there."""
        raise ProviderRefused(f"{self.name} cannot cancel {subscription_id}")

    async def do_resume(self, subscription_id: str) -> None:
        """Takes a cancellation back while the period runs."""
        raise ProviderRefused(f"{self.name} cannot resume {subscription_id}")

    async def do_acknowledge(self, charge: str, *, subscription: bool, given: bool) -> None:  # noqa: B027 -- most need none
        """Tells the store that a purchase is known here, and that it was ``given`` or is held for review. Idempotent.

        ``charge`` is a charge id, or the acknowledgement token of a changed subscription."""

    def redirect_url(self, webhook: Webhook) -> str | None:  # noqa: ARG002 -- most are told by servers, which read only the status
        """Address for a browser that brought the webhook itself: the route answers 303 to there instead of 200.

        Called after ``verify``; never an address that a stranger could choose."""
        return None

    async def close(self) -> None:  # noqa: B027 -- most hold nothing open
        """Closes connections."""
