"""Twins of providers: they do as they are asked, and keep a record of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

import msgspec

from meydan import (
    rooms,  # noqa: F401 -- registers every room's jobs and settings
)
from meydan.integrations.payments import ADAPTERS
from meydan.integrations.payments.contract import (
    Checkout,
    Order,
    Provider,
    ProviderEvent,
    Refund,
    Statement,
    Webhook,
    WebhookEvent,
)
from meydan.kit import clock

REAL = dict(ADAPTERS)


class Twin(Provider):
    """A provider that does as it is asked, and keeps a record of it."""

    renews = True
    calls: ClassVar[list[tuple[str, ...]]]
    webhook_events: ClassVar[list[tuple["Twin", WebhookEvent]]]

    def __init__(self, account: msgspec.Struct, *, sandbox: bool) -> None:
        self.account, self.sandbox = account, sandbox

    async def do_open_checkout(self, order: Order) -> Checkout:
        self.calls.append(("checkout", str(order.payment_id)))
        return Checkout(f"cs_{order.payment_id}", "https://pay.example/", clock.now() + timedelta(hours=1))

    async def verify(self, webhook: Webhook) -> WebhookEvent:
        raise NotImplementedError

    async def read(self, event: WebhookEvent) -> list[ProviderEvent]:
        self.calls.append(("read", event.event_id))
        self.webhook_events.append((self, event))
        return []

    async def payment(self, provider_id: str) -> list[ProviderEvent]:
        self.calls.append(("payment", provider_id))
        return []

    async def receipt(self, receipt: str) -> list[ProviderEvent]:
        self.calls.append(("receipt", receipt))
        return []

    async def subscription(self, subscription_id: str, charge: str) -> list[ProviderEvent]:
        self.calls.append(("subscription", subscription_id, charge))
        return []

    async def do_refund(self, charge: str, amount: int, currency: str, key: str) -> Refund:
        self.calls.append(("refund", charge, str(amount), currency))
        return Refund(f"re_{charge}", amount)

    async def statement(self, since: datetime, until: datetime, known: Sequence[str]) -> Statement:
        self.calls.append(("statement", self.name))
        return Statement([], complete=False)

    async def do_cancel(self, subscription_id: str) -> None:
        self.calls.append(("cancel", subscription_id))

    async def do_acknowledge(self, charge: str, *, subscription: bool, given: bool) -> None:
        self.calls.append(("acknowledge", charge, "subscription" if subscription else "purchase", str(given)))
