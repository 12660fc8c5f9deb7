"""A buyer's browser, a mailbox for webhooks and an owner's dashboard, for stories of the provider of ours."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from meydan import integrations, tenants
from meydan.integrations.payments.contract import (
    Buyer,
    Checkout,
    Order,
    Paid,
    ProviderEvent,
    Webhook,
    WebhookEvent,
)
from meydan.integrations.payments.enums import Period
from meydan.integrations.payments.local.account import LocalAccount
from meydan.integrations.payments.local.adapter import LocalProvider
from meydan.integrations.payments.local.tasks import wake
from tests.integrations.payments.fake_server import served
from tests.waiting import patience

GOOD, DECLINED, ASKS = "4242 4242 4242 4242", "4000 0000 0000 0002", "4000 0025 0000 3155"
DISPUTED, LATE, NO_RENEWAL = "4000 0000 0000 0259", "4000 0000 0000 0077", "4000 0000 0000 0341"

Shopping = Callable[..., Order]


class Mailbox:
    """Where webhooks are sent to; ``answers`` are given first, then 200."""

    def __init__(self) -> None:
        self.received: list[Webhook] = []
        self.webhook_events: list[WebhookEvent] = []
        self.provider: LocalProvider | None = None
        self.answers: list[int] = []
        self.url = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        webhook = Webhook(headers, body, self.url)
        assert self.provider is not None
        self.webhook_events.append(await self.provider.verify(webhook))
        self.received.append(webhook)
        status = self.answers.pop(0) if self.answers else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def wait_for(self, count: int) -> list[WebhookEvent]:
        async with patience():
            while len(self.received) < count:
                wake()
                await asyncio.sleep(0.02)
        return self.webhook_events


@asynccontextmanager
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client


async def press(url: str, do: str = "pay", number: str = "") -> httpx.Response:
    async with browser() as client:
        return await client.post(url, data={"do": do, "number": number})


async def buy(provider: LocalProvider, order: Order, number: str = GOOD) -> Checkout:
    """What a person does: the page, a card, and back."""
    checkout = await provider.do_open_checkout(order)
    answer = await press(checkout.url, number=number)
    assert (answer.status_code, answer.headers.get("location")) == (303, order.return_url)
    return checkout


async def events(provider: LocalProvider, webhook_events: list[WebhookEvent]) -> list[ProviderEvent]:
    """What the product makes of them, in the order they came."""
    found: list[ProviderEvent] = []
    for webhook_event in webhook_events:
        found += await provider.read(webhook_event)
    return found


async def no_other_came(provider: LocalProvider, order: Shopping, mailbox: Mailbox, count: int) -> None:
    """No other webhook than so many: the next one is that of a later payment."""
    checkout = await buy(provider, order())
    await mailbox.wait_for(count + 1)
    [paid] = await provider.read(mailbox.webhook_events[count])
    assert isinstance(paid, Paid)
    assert (paid.checkout, len(mailbox.received)) == (checkout.provider_checkout_id, count + 1)


async def on_dashboard(pay_place: str, do: str, id: str, **more: str) -> httpx.Response:
    async with browser() as client:
        return await client.post(f"{pay_place}/pay/local", data={"do": do, "id": id, **more})


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    box = Mailbox()
    async with served(box) as url:
        box.url = f"{url}/webhooks"
        yield box


@pytest.fixture
async def provider(pay_place: str, tenant: tenants.Tenant, mailbox: Mailbox) -> AsyncIterator[LocalProvider]:
    place = integrations.current().local_payments
    assert place is not None
    made = mailbox.provider = LocalProvider(LocalAccount.at(place, tenant.id), sandbox=True)
    yield made
    await made.close()


@pytest.fixture
def order(pay_place: str, mailbox: Mailbox) -> Shopping:
    def make(period: Period | None = None, **changes: Any) -> Order:
        made = Order(
            payment_id=uuid4(),
            title="250 coins",
            amount=4990,
            currency="TRY",
            period=period,
            buyer=Buyer(uuid4(), "en", None, None, "127.0.0.1"),
            return_url=f"{pay_place}/wallet/payments/1",
            webhook_url=mailbox.url,
        )
        return msgspec.structs.replace(made, **changes)

    return make
