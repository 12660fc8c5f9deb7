"""RevenueCat, with people who buy in the stores' sheets."""

import json
from datetime import timedelta
from typing import Any, ClassVar
from uuid import uuid4

from meydan.integrations.payments.contract import Order, Provider, Webhook
from meydan.integrations.payments.enums import ProviderName
from meydan.integrations.payments.revenuecat.account import RevenueCatAccount
from meydan.integrations.payments.revenuecat.adapter import RevenueCatProvider
from tests.integrations.payments.harnesses.base import Harness, changed
from tests.integrations.payments.servers.revenuecat import Bought, RevenueCatServer


class OfRevenueCat(Harness):
    name = ProviderName.revenuecat
    failure: ClassVar[dict[str, Any]] = {"message": "the key sk_one of ayse@example.org", "code": 7110}
    server: RevenueCatServer

    def __init__(self, server: RevenueCatServer) -> None:
        self.server = server
        self._account = RevenueCatAccount(
            *(server.secret_key_v1, server.secret_key_v2, server.project_id, server.authorization),
            *(server.signing_secret, server.url),
        )
        self.provider = self.providers()

    def providers(self, **wrong: Any) -> Provider:
        return RevenueCatProvider(changed(self._account, **wrong), sandbox=False)

    @property
    def _newest(self) -> Bought:
        return next(one for one in reversed(self.server.bought) if one.expires_at is not None)

    async def pay(self, wanted: Order) -> str:
        buy = self.server.subscribe if wanted.period else self.server.buy
        assert wanted.store_product_id is not None
        price, customer = wanted.amount / 100, str(wanted.buyer.customer_reference)
        bought = buy(customer, wanted.store_product_id, price, wanted.currency)
        return bought.transaction

    async def webhooks(self) -> list[Webhook]:
        sent = self.server.webhooks()
        self.server.events.clear()
        self.server.later(seconds=1)
        return sent

    async def refund(self, charge: str) -> None:
        self.server.refund(next(one for one in self.server.bought if one.transaction == charge))

    def forged(self, good: Webhook) -> list[Webhook]:
        event, name = json.loads(good.body)["event"], "x-revenuecat-webhook-signature"
        signature = good.headers[name]
        return [
            self.server.webhook(event, authorization="Bearer a-long-random-text-of-another-community"),
            self.server.webhook(event, secrets=("whsec_of_another_community",)),
            Webhook(good.headers, good.body.replace(event["id"].encode(), b"another")),
            Webhook({"authorization": self.server.authorization}, good.body),
            Webhook({name: signature}, good.body),
            *(
                Webhook({**good.headers, name: one}, good.body)
                for one in (signature.partition(",")[0], "t=soon,v1=abc")
            ),
        ]

    def strangers(self) -> list[dict[str, Any]]:
        return [{"secret_key_v2": "sk_wrong"}, {"project_id": "proj_of_another"}]

    def neighbour(self) -> dict[str, Any]:
        return {"signing_secret": "whsec_of_another_community"}

    def aged(self, webhook: Webhook, seconds: float) -> Webhook:
        return self.server.webhook(json.loads(webhook.body)["event"], age=seconds)

    def unknown(self) -> list[Webhook]:
        event = self.server.tell("TEST", self.server.buy(str(uuid4())))
        anonymous = {"type": "INITIAL_PURCHASE", "app_user_id": "$RCAnonymousID:1", "aliases": []}
        others: tuple[dict[str, Any], ...] = ({}, {"id": "1", "type": "PAYWALL_IMPRESSION"}, anonymous)
        return [self.server.webhook(event | other) for other in others]

    async def cancel(self) -> None:
        self.server.cancel(self._newest)

    async def uncancel(self) -> None:
        self.server.uncancel(self._newest)

    async def renew(self, *, after_trouble: bool = False) -> None:
        self.server.later(days=30)
        self.server.renew(self._newest)

    async def fail_renewal(self, *, grace: bool = True) -> None:
        self.server.fail_renewal(self._newest, grace=timedelta(days=6))

    async def expire(self) -> None:
        self.server.later(days=60)
        self.server.expire(self._newest)
