"""Google Play, with people who buy in its sheet."""

import json
from datetime import timedelta
from typing import Any, ClassVar

from meydan.integrations.payments.contract import Order, Provider, Webhook
from meydan.integrations.payments.enums import ProviderName
from meydan.integrations.payments.google.account import GoogleAccount
from meydan.integrations.payments.google.adapter import GoogleProvider
from tests.integrations.payments.harnesses.base import Harness, changed
from tests.integrations.payments.servers.google import PlayStore


def account_at(store: PlayStore) -> GoogleAccount:
    return GoogleAccount(
        service_account_json=json.dumps(store.service_account),
        package_name=store.package_name,
        push_audience=store.push_audience,
        push_email=store.push_email,
        api_url=store.url + "/",
        certificates_url=f"{store.url}/certs",
    )


class OfGoogle(Harness):
    name = ProviderName.google
    failure: ClassVar[dict[str, Any]] = {"error": {"code": 500, "message": "backend error"}}
    server: PlayStore

    def __init__(self, server: PlayStore) -> None:
        self.server = server
        self._account = account_at(server)
        self.provider = self.providers()
        self._told = 0

    def providers(self, **wrong: Any) -> Provider:
        return GoogleProvider(changed(self._account, **wrong), sandbox=False)

    async def pay(self, wanted: Order) -> str:
        buy = self.server.subscribe if wanted.period else self.server.buy
        price = (wanted.amount // 100, wanted.amount % 100 * 10_000_000, wanted.currency)
        assert wanted.store_product_id is not None
        token = buy(wanted.store_product_id, price=price, account=wanted.payment_id)
        self.subscription = token if wanted.period else self.subscription
        return self._order_of(token)

    def _order_of(self, token: str) -> str:
        return next(str(one["orderId"]) for one in self.server.orders.values() if one["purchaseToken"] == token)

    async def webhooks(self) -> list[Webhook]:
        sent = self.server.told[self._told :]
        self._told = len(self.server.told)
        return sent

    async def refund(self, charge: str) -> None:
        self.server.refund(charge)

    def forged(self, good: Webhook) -> list[Webhook]:
        wrong: list[dict[str, Any]] = [
            {"aud": "https://other.example/"},
            {"email": "somebody@else.iam.gserviceaccount.com"},
            {"email_verified": False},
            {"email_verified": "true"},
            {"iss": "https://accounts.example"},
            {"exp": 1_700_000_000, "iat": 1_699_990_000},
            {"iat": 4_000_000_000, "exp": 4_000_003_600},
            {"signed_by": "somebody", "kid": "a"},
            {"signed_by": "somebody"},
            {"kid": "unheard of"},
        ]
        headers = [{}, {"authorization": ""}, {"authorization": "Basic YTpi"}, {"authorization": "Bearer x"}]
        body = b'{"message": {"data": "e30=", "messageId": "1"}, "subscription": "s"}'
        nonsense = [b"", b"{}", body, body.replace(b"e30=", b"!"), body.replace(b"e30=", b"/w==")]
        return [
            *(self.server.push(good.body, **claims) for claims in wrong),
            *(Webhook(header, good.body) for header in headers),
            *(self.server.push(one) for one in nonsense),
        ]

    def strangers(self) -> list[dict[str, Any]]:
        key = self.server.service_account
        wrong = ({"client_email": "other@meydan-example.iam.gserviceaccount.com"}, {"private_key_id": "other"})
        return [*({"service_account_json": json.dumps(key | one)} for one in wrong), {"package_name": "com.other"}]

    def neighbour(self) -> dict[str, Any]:
        return {"package_name": "com.example.other"}

    def unknown(self) -> list[Webhook]:
        return [
            self.server.tell({"testNotification": {"version": "1.0"}}),
            self.server.tell({"pendingRefundReviewNotification": {"version": "1.0", "orderId": "GPA.1"}}),
            self.server.tell({"newIdeaNotification": {"version": "1.0", "purchaseToken": "abc"}}),
        ]

    async def cancel(self) -> None:
        self.server.cancel(self.subscription)

    async def uncancel(self) -> None:
        self.server.restart(self.subscription)

    async def renew(self, *, after_trouble: bool = False) -> None:
        self.server.renew(self.subscription, after_trouble=after_trouble)

    async def fail_renewal(self, *, grace: bool = True) -> None:
        self.server.fail_to_renew(self.subscription, grace=timedelta(days=7) if grace else None)

    async def expire(self) -> None:
        self.server.end_grace(self.subscription)
