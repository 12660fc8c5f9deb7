"""iyzico, with people who pay on its form."""

import json
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import uuid4

from meydan.integrations.payments.contract import Order, Provider, Webhook
from meydan.integrations.payments.enums import ProviderName
from meydan.integrations.payments.iyzico.account import IyzicoAccount
from meydan.integrations.payments.iyzico.adapter import IyzicoProvider
from tests.integrations.payments.harnesses.base import Harness, changed
from tests.integrations.payments.servers.iyzico import Iyzico


class OfIyzico(Harness):
    name = ProviderName.iyzico
    complete = True
    lists_refunds = False
    failure: ClassVar[dict[str, Any]] = {"status": "failure", "errorCode": "1", "errorMessage": "Sistem hatası"}
    server: Iyzico

    def __init__(self, server: Iyzico) -> None:
        self.server = server
        self._account = IyzicoAccount(server.api_key, server.secret_key, "kasa@meet.example", api_url=server.url)
        self.provider = self.providers()
        self._sent: list[Webhook] = []

    def providers(self, **wrong: Any) -> Provider:
        return IyzicoProvider(changed(self._account, **wrong), sandbox=True)

    async def pay(self, wanted: Order) -> str:
        checkout = await self.provider.do_open_checkout(wanted)
        token = checkout.provider_checkout_id
        self.server.pay(token)
        self._sent += [self.server.callback(token), self.server.notification(token)]
        return token

    async def webhooks(self) -> list[Webhook]:
        sent, self._sent = self._sent, []
        return sent

    async def refund(self, charge: str) -> None:
        self.server.cancel(self.server.payments[int(charge)])

    def forged(self, good: Webhook) -> list[Webhook]:
        if good.url.startswith("https://meydan.example/api?"):  # the browser's
            evil = urlencode({"to": "https://evil.example", "seal": "0" * 64})
            return [
                *(
                    changed(good, url=url)
                    for url in ("https://meydan.example/api", f"https://meydan.example/api?{evil}")
                ),
                changed(good, url=good.url.replace("meydan.example%2Fwallet", "evil.example%2Fwallet")),
                changed(good, body=b"token=" + b"x" * 1000),
            ]
        body = json.loads(good.body)
        wrong = ({"status": "FAILURE"}, {"token": str(uuid4())}, {"iyziPaymentId": 1}, {"iyziEventType": "X"})
        return [
            *(changed(good, body=json.dumps(body | change).encode()) for change in wrong),
            *(changed(good, body=broken) for broken in (b"", b"[]", b"{}", b"\xff")),
            changed(good, headers={"content-type": "application/json"}),
        ]

    def strangers(self) -> list[dict[str, Any]]:
        return [{"secret_key": "wrong"}, {"api_key": "wrong"}]

    def neighbour(self) -> dict[str, Any]:
        return {"secret_key": "another community's"}
