"""Scripted provider: a story decides its answers. It signs webhooks, remembers idempotency keys, and can keep wrong books."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct

from meydan.integrations.payments.contract import (
    Charge,
    Checkout,
    Order,
    Provider,
    ProviderEvent,
    ProviderRefused,
    ProviderUnavailable,
    Refund,
    RefundElsewhere,
    SignatureInvalid,
    Statement,
    Webhook,
    WebhookEvent,
)
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import clock


@dataclass
class Book:
    """The provider's books, and its next behaviour."""

    orders: dict[UUID, Order] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Every call, in order."""
    failures: list[Exception] = field(default_factory=list)
    """Errors of the next calls, one each."""
    truth: dict[str, list[ProviderEvent]] = field(default_factory=dict)
    """Answers of ``payment``, by reference."""
    charges: dict[str, Charge] = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)
    """Refunds by idempotency key."""
    refuses_refunds: bool = False
    complete: bool = True
    secret: str = field(default_factory=lambda: uuid4().hex)


BOOKS: dict[str, Book] = {}


class ScriptedAccount(Struct, frozen=True):
    book: str
    secret: str


class ScriptedProvider(Provider):
    name: ClassVar[ProviderName] = ProviderName.stripe
    renews = True

    def __init__(self, account: ScriptedAccount, *, sandbox: bool) -> None:
        self.account, self.sandbox = account, sandbox
        self.book = BOOKS[account.book]

    def _ask(self, what: str) -> None:
        self.book.asked.append(what)
        if self.book.failures:
            raise self.book.failures.pop(0)

    async def do_open_checkout(self, order: Order) -> Checkout:
        self._ask(f"checkout {order.payment_id}")
        self.book.orders.setdefault(order.payment_id, order)
        url = "" if self.store else f"https://pay.example/{order.payment_id}"
        return Checkout(f"cs_{order.payment_id}", url, clock.now() + timedelta(hours=1))

    async def verify(self, webhook: Webhook) -> WebhookEvent:
        signature = hmac.new(self.account.secret.encode(), webhook.body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(webhook.headers.get("x-signature", ""), signature):
            raise SignatureInvalid
        said = msgspec.json.decode(webhook.body)
        return WebhookEvent(said["id"], said["events"])

    async def read(self, webhook_event: WebhookEvent) -> list[ProviderEvent]:
        self._ask(f"read {webhook_event.event_id}")
        return msgspec.convert(webhook_event.payload, list[ProviderEvent])

    async def payment(self, reference: str) -> list[ProviderEvent]:
        self._ask(f"payment {reference}")
        if reference not in self.book.truth:
            raise ProviderRefused(f"no such payment: {reference}")
        return self.book.truth[reference]

    async def do_refund(self, charge: str, amount: int, currency: str, key: str) -> Refund:
        self._ask(f"refund {charge} {amount} {currency}")
        if self.book.refuses_refunds:
            raise RefundElsewhere("refunds are made in the store's console")
        if key not in self.book.refunds:
            known = self.book.charges[charge]
            total = known.refunded + amount
            self.book.charges[charge] = msgspec.structs.replace(known, refunded=total)
            self.book.refunds[key] = Refund(f"re_{len(self.book.refunds)}_{charge}", total)
        return self.book.refunds[key]

    async def statement(self, since: datetime, until: datetime, known: Sequence[str]) -> Statement:
        self._ask("statement")
        listed = [
            charge
            for charge in self.book.charges.values()
            if since <= charge.paid_at <= until or charge.provider_charge_id in known
        ]
        return Statement(listed, complete=self.book.complete)

    async def do_cancel(self, subscription: str) -> None:
        self._ask(f"cancel {subscription}")

    async def do_resume(self, subscription: str) -> None:
        self._ask(f"resume {subscription}")

    async def do_acknowledge(self, charge: str, *, subscription: bool, given: bool) -> None:
        bought = "subscription" if subscription else "purchase"
        self._ask(f"acknowledge {charge} {bought} {'given' if given else 'held'}")


class OncePaid(ScriptedProvider):
    name = ProviderName.iyzico
    renews = False


class InAStore(ScriptedProvider):
    name = ProviderName.google
    store = True
    acknowledges = True


class WithoutRefunds(ScriptedProvider):
    name = ProviderName.apple
    store = True
    refundable = False


def signed(book: Book, events: Sequence[ProviderEvent], event_id: str = "") -> tuple[bytes, dict[str, str]]:
    body: Any = msgspec.json.encode({"id": event_id or events[0].event_id, "events": msgspec.to_builtins(events)})
    return body, {"X-Signature": hmac.new(book.secret.encode(), body, hashlib.sha256).hexdigest()}


DOWN = ProviderUnavailable("the provider is down")
