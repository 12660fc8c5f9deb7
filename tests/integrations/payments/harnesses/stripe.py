"""Stripe, with people who pay on its page."""

import json
from typing import Any, ClassVar

from meydan.integrations.payments.contract import Order, Provider, Webhook
from meydan.integrations.payments.enums import ProviderName
from meydan.integrations.payments.stripe.account import StripeAccount
from meydan.integrations.payments.stripe.adapter import StripeProvider
from tests.integrations.payments.harnesses.base import Harness, changed
from tests.integrations.payments.servers.stripe import StripeServer


class OfStripe(Harness):
    name = ProviderName.stripe
    complete = True
    failure: ClassVar[dict[str, Any]] = {"error": {"type": "api_error"}}
    hiccups = 2
    server: StripeServer

    def __init__(self, server: StripeServer) -> None:
        self.server = server
        self._account = StripeAccount(server.secret_key, server.webhook_secret, server.url)
        self.provider = self.providers()

    def providers(self, **wrong: Any) -> Provider:
        return StripeProvider(changed(self._account, **wrong), sandbox=True)

    async def pay(self, wanted: Order) -> str:
        checkout = await self.provider.do_open_checkout(wanted)
        self.server.books.pay(checkout.provider_checkout_id)
        if wanted.period:
            self.subscription = self.server.books.of("subscription")[0]["id"]
        return checkout.provider_checkout_id

    async def webhooks(self) -> list[Webhook]:
        sent = self.server.webhooks()
        self.server.books.events.clear()
        return sent

    async def refund(self, charge: str) -> None:
        intent = self.server.books.things[charge]
        self.server.books.refund(intent, intent["amount"])

    def forged(self, good: Webhook) -> list[Webhook]:
        header = good.headers["stripe-signature"]
        event = json.loads(good.body)
        return [
            self.server.webhook(event, secret="whsec_of_another_community"),
            Webhook(good.headers, good.body.replace(event["id"].encode(), b"evt_another")),
            *(Webhook({"stripe-signature": one}, good.body) for one in ("t=now,v1=x", header.replace("v1=", "v2="))),
            Webhook({"stripe-signature": header.replace("v1=", "v1=\u015f")}, good.body),
            Webhook(good.headers, b"\xff"),
            Webhook({}, good.body),
        ]

    def strangers(self) -> list[dict[str, Any]]:
        return [{"secret_key": "sk_test_another"}]

    def neighbour(self) -> dict[str, Any]:
        return {"webhook_secret": "whsec_of_another_community"}

    def aged(self, webhook: Webhook, seconds: float) -> Webhook:
        return self.server.webhook(json.loads(webhook.body), age=seconds)

    def unknown(self) -> list[Webhook]:
        thin = {"id": "evt_thin", "object": "v2.core.event", "type": "v1.billing.meter.no_meter_found"}
        updated = self.server.books.tell("charge.updated", self.server.books.sell_elsewhere(500))
        return [self.server.webhook(thin), self.server.webhook(updated)]

    async def dispute(self, charge: str) -> None:
        self.server.books.dispute(self.server.books.things[charge]["latest_charge"])

    async def decide_dispute(self, charge: str, *, won: bool) -> None:
        self.server.books.close_dispute(self.server.books.of("dispute")[0]["id"], "won" if won else "lost")

    async def cancel(self) -> None:
        await self.provider.do_cancel(self.subscription)

    async def uncancel(self) -> None:
        await self.provider.do_resume(self.subscription)

    async def renew(self, *, after_trouble: bool = False) -> None:
        self.server.books.later(days=30)
        self.server.books.renew(self.subscription)

    async def fail_renewal(self, *, grace: bool = True) -> None:
        self.server.books.fail_renewal(self.subscription)

    async def expire(self) -> None:
        self.server.books.later(days=8)
        self.server.books.end(self.subscription)
