"""Real adapters in the real shop, with stores of our own at the other end: what their stories share."""

import httpx
import msgspec

from meydan.integrations.payments.contract import Webhook
from meydan.integrations.payments.enums import ProviderName
from meydan.money.payments import provider_accounts
from tests.factories import Person
from tests.money.shops import Answer, Shop


async def connect(shop: Shop, name: ProviderName, account: msgspec.Struct, *, sandbox: bool = False) -> None:
    async with shop.db.as_service(shop.tenant.id) as tx:
        await provider_accounts.do_connect(tx, name, msgspec.to_builtins(account), sandbox=sandbox)


async def post(shop: Shop, name: str, webhook: Webhook) -> int:
    transport = httpx.ASGITransport(app=shop.app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        answer = await client.post(
            f"/api/payments/webhooks/{name}/{shop.tenant.slug}", content=webhook.body, headers=dict(webhook.headers)
        )
    return answer.status_code


async def tell_apple(shop: Shop, *bodies: bytes) -> None:
    for body in bodies:
        assert await post(shop, "apple", Webhook(headers={}, body=body)) == 200
    await shop.work()


async def tell_google(shop: Shop, *webhooks: Webhook) -> None:
    for webhook in webhooks:
        assert await post(shop, "google", webhook) == 200
    await shop.work()


async def look(shop: Shop, person: Person, payment: Answer) -> Answer:
    return await shop.get(person, f"/api/payments/{payment['id']}")


async def coins(shop: Shop, person: Person) -> int:
    return (await shop.wallet(person)).balance
