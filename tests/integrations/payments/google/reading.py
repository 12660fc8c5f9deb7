"""Google's events as the product reads them: what stories of the adapter share."""

from typing import TypeVar

import msgspec

from meydan.integrations.payments.contract import ProviderEvent, Webhook, WebhookEvent
from meydan.integrations.payments.google.adapter import GoogleProvider
from tests.integrations.payments.servers.google import PlayStore

T = TypeVar("T")


async def deliver(google: GoogleProvider, webhook: Webhook) -> list[ProviderEvent]:
    """As the webhook's route and its job do: what was verified is kept as JSON, and read later."""
    webhook_event = await google.verify(webhook)
    return await google.read(msgspec.json.decode(msgspec.json.encode(webhook_event), type=WebhookEvent))


async def last(google: GoogleProvider, store: PlayStore) -> list[ProviderEvent]:
    return await deliver(google, store.told[-1])


def of(kind: type[T], events: list[ProviderEvent]) -> T:
    (one,) = [event for event in events if isinstance(event, kind)]
    return one


def order_of(store: PlayStore, token: str) -> str:
    (order,) = [one["orderId"] for one in store.orders.values() if one["purchaseToken"] == token]
    return str(order)
