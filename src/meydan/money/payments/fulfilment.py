"""Fulfilment: the hook by which a kind of payment delivers what was paid for. Payments know kinds, not what they deliver.

A room declares its kind, and ``rooms.py`` registers the kind's handler. No kind has a default: a process that lacks a
handler refuses to start (``check_complete``).
"""

from collections.abc import Mapping
from typing import NamedTuple, Protocol
from uuid import UUID

from msgspec import Struct

from meydan.integrations.payments.contract import Paid, SubscriptionChanged
from meydan.integrations.payments.enums import Period, ProviderName
from meydan.kit.database import Tx
from meydan.money.payments.enums import PaymentKind
from meydan.money.payments.payment_rows import PaymentRow
from meydan.tenants import Language


class Product(Struct, frozen=True):
    """A thing for sale, as an order and a pay page need it."""

    id: UUID
    price: int
    """In the currency's minor unit."""
    currency: str
    title: Mapping[Language, str]
    """The name that the buyer reads on the pay page."""
    period: Period | None = None
    """Set where the provider charges again by itself."""
    store_product_id: str | None = None
    coins: int = 0
    """Credited by the kind ``coins``; 0 for every other kind."""


class Renewal(Struct, frozen=True):
    """A payment that continues an agreement which is known already."""

    user_id: UUID
    product_id: UUID
    agreement_id: UUID
    price: tuple[int, str] | None
    """Minor units and currency of its newest period; None where the product's price counts."""


class Clawback(Struct, frozen=True):
    """Coins and debt moved by a refund or a dispute; negative where they came back to the user."""

    coins: int = 0
    owed: int = 0
    ended: bool = False
    """True where what was bought ended by it."""


class Applied(NamedTuple):
    """The effect of a provider's event."""

    payment_id: UUID | None = None
    problem: str | None = None
    """Set where it changed nothing: the reason, for staff."""


class Fulfilment(Protocol):
    """Handler of one kind. Each method runs in the caller's service transaction, with the payment's row locked."""

    async def product(self, tx: Tx, product_id: UUID) -> Product:
        """The product, sold today or not.

        Raises: NotFound."""

    async def store_product(self, tx: Tx, store_product_id: str) -> Product | None:
        """The product that an app store sells under this id, if this kind has it."""

    async def do_change_reference(self, tx: Tx, name: ProviderName, event: Paid | SubscriptionChanged) -> None:
        """Stores the new id that the provider gave an agreement (``event.replaces``)."""

    async def lock_renewal(self, tx: Tx, name: ProviderName, event: Paid) -> Renewal | None:
        """The known agreement that this money continues.

        Locks: the agreement."""

    async def do_fulfil(self, tx: Tx, payment: PaymentRow, *, despite_duplicate: bool) -> bool:
        """Delivers what was paid for; False where a refund is queued instead."""

    async def do_claw_back(self, tx: Tx, payment: PaymentRow, covered: int, cause: str, *, disputed: bool) -> Clawback:
        """Claws back, or restores, until what the buyer has matches the money that is left.

        ``covered`` is the part of ``payment.paid`` that refunds and disputes cover; ``cause`` is an idempotency key."""

    async def do_synchronise(self, tx: Tx, name: ProviderName, event: SubscriptionChanged) -> Applied | None:
        """Applies the provider's state of an agreement; None where this kind has no agreement with that id."""


_kinds: set[PaymentKind] = set()
_handlers: dict[PaymentKind, Fulfilment] = {}


class FulfilmentMissingError(RuntimeError):
    """A declared kind of payment has no handler."""


def declare(kind: str) -> PaymentKind:
    """Announces a kind. Called once, where the room that sells it is imported."""
    _kinds.add(kind)
    return kind


def register(kind: PaymentKind, handler: Fulfilment) -> None:
    """Makes ``handler`` fulfil the payments of ``kind``. Only the wiring calls it."""
    _handlers[kind] = handler


def handler_of(kind: PaymentKind) -> Fulfilment:
    """The handler of a kind.

    Raises: FulfilmentMissingError."""
    if kind not in _handlers:
        raise FulfilmentMissingError(f"no room fulfils payments of the kind {kind}")
    return _handlers[kind]


def handlers() -> Mapping[PaymentKind, Fulfilment]:
    """Every handler by its kind, in the order of registration."""
    return _handlers


async def store_product(tx: Tx, store_product_id: str) -> tuple[PaymentKind, Product] | None:
    """The product that an app store sells under this id, and the kind that it belongs to."""
    for kind, handler in _handlers.items():
        if (found := await handler.store_product(tx, store_product_id)) is not None:
            return kind, found
    return None


def check_complete() -> None:
    """Raises: FulfilmentMissingError, unless every declared kind has a handler."""
    if missing := sorted(_kinds - _handlers.keys()):
        raise FulfilmentMissingError(f"no room fulfils payments of the kind {', '.join(missing)}")
