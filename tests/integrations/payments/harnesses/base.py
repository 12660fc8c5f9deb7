"""A provider with the world at its other end: people who pay, banks and stores, told alike for the contract's stories."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec

from meydan.integrations.payments.contract import Order, Paid, Provider, ProviderEvent, Webhook, WebhookEvent
from meydan.integrations.payments.enums import Period, ProviderName
from tests.integrations.payments.fake_server import FakeServer
from tests.integrations.payments.orders import order

NOWHERE = "http://127.0.0.1:9"


class Harness(ABC):
    name: ClassVar[ProviderName]
    complete: ClassVar[bool] = False
    """Its statements list everything."""
    lists_refunds: ClassVar[bool] = True
    """It sends a webhook about a refund."""
    failure: ClassVar[dict[str, Any]] = {}
    """The body of an error."""
    hiccups: ClassVar[int] = 1
    """Requests that its client makes before it gives up."""
    provider: Provider
    server: FakeServer
    subscription = ""
    """The newest at the provider, by its own name."""

    def order(self, period: Period | None = None, **other: Any) -> Order:
        product = {"store_product_id": None} if not self.provider.store else {}
        made = order("premium.month" if period else "coins.500")
        return msgspec.structs.replace(made, period=period, **product | other)

    @abstractmethod
    def providers(self, **wrong: Any) -> Provider:
        """The same account with something of it changed: a stranger's, a neighbour's, one that is away."""

    @abstractmethod
    async def pay(self, wanted: Order) -> str:
        """A person pays what was ordered; answers what to ask the provider about."""

    @abstractmethod
    async def webhooks(self) -> list[Webhook]:
        """Those since the last time."""

    @abstractmethod
    async def refund(self, charge: str) -> None:
        """All of it, at the provider."""

    @abstractmethod
    def forged(self, good: Webhook) -> list[Webhook]: ...

    @abstractmethod
    def strangers(self) -> list[dict[str, Any]]:
        """Accounts that the provider does not know, as changes of the one it knows."""

    def neighbour(self) -> dict[str, Any]:
        """The account of another community, whose webhooks are not ours."""
        raise NotImplementedError

    def aged(self, webhook: Webhook, seconds: float) -> Webhook:
        raise NotImplementedError

    def unknown(self) -> list[Webhook]:
        """Webhooks of types that nobody reads."""
        raise NotImplementedError

    async def dispute(self, charge: str) -> None:
        raise NotImplementedError

    async def decide_dispute(self, charge: str, *, won: bool) -> None:
        raise NotImplementedError

    async def cancel(self) -> None:
        raise NotImplementedError

    async def uncancel(self) -> None:
        raise NotImplementedError

    async def renew(self, *, after_trouble: bool = False) -> None:
        raise NotImplementedError

    async def fail_renewal(self, *, grace: bool = True) -> None:
        raise NotImplementedError

    async def expire(self) -> None:
        raise NotImplementedError

    async def read(self, webhooks: Sequence[Webhook]) -> list[ProviderEvent]:
        """As the webhook's route and its job do: what was verified is kept as JSON, and read later."""
        events: list[ProviderEvent] = []
        for webhook in webhooks:
            kept = msgspec.json.decode(msgspec.json.encode(await self.provider.verify(webhook)), type=WebhookEvent)
            events += await self.provider.read(kept)
        return events

    async def buy(self, wanted: Order | None = None) -> Paid:
        """Bought, and asked for."""
        asked = await self.pay(wanted or self.order())
        return next(event for event in await self.provider.payment(asked) if isinstance(event, Paid))


def changed(account: Any, **wrong: Any) -> Any:
    return msgspec.structs.replace(account, **wrong)
