"""The harness of each provider, by the provider's name."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from meydan.integrations.payments.enums import ProviderName
from tests.integrations.payments.fake_server import served
from tests.integrations.payments.harnesses.apple import CHAIN, OfApple
from tests.integrations.payments.harnesses.base import Harness
from tests.integrations.payments.harnesses.google import OfGoogle
from tests.integrations.payments.harnesses.iyzico import OfIyzico
from tests.integrations.payments.harnesses.local import Mailbox, OfLocal
from tests.integrations.payments.harnesses.revenuecat import OfRevenueCat
from tests.integrations.payments.harnesses.stripe import OfStripe
from tests.integrations.payments.servers.apple import AppStore
from tests.integrations.payments.servers.google import PlayStore
from tests.integrations.payments.servers.iyzico import Iyzico
from tests.integrations.payments.servers.revenuecat import RevenueCatServer
from tests.integrations.payments.servers.stripe import StripeServer

FAKES: dict[ProviderName, Any] = {
    ProviderName.stripe: lambda: (StripeServer(), OfStripe),
    ProviderName.iyzico: lambda: (Iyzico(), OfIyzico),
    ProviderName.apple: lambda: (AppStore(chain=CHAIN), OfApple),
    ProviderName.google: lambda: (PlayStore(), OfGoogle),
    ProviderName.revenuecat: lambda: (RevenueCatServer(), OfRevenueCat),
}


@asynccontextmanager
async def harness_of(name: ProviderName, address: str) -> AsyncIterator[Harness]:
    """``address``: where the application answers, which serves the local provider."""
    async with AsyncExitStack() as stack:
        if name is ProviderName.local:
            mailbox = Mailbox()
            url = await stack.enter_async_context(served(mailbox))
            made: Harness = OfLocal(address, mailbox, f"{url}/webhooks")
        else:
            server, kind = FAKES[name]()
            await stack.enter_async_context(server)
            made = kind(server)
        stack.push_async_callback(made.provider.close)
        yield made
