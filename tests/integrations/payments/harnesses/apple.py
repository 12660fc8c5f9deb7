"""The App Store, with people who buy in its sheet."""

import json
from datetime import timedelta
from typing import Any, ClassVar
from uuid import uuid4

from meydan.integrations.payments.apple.account import AppleAccount
from meydan.integrations.payments.apple.adapter import AppleProvider
from meydan.integrations.payments.contract import Order, Provider, Webhook
from meydan.integrations.payments.enums import ProviderName
from tests.integrations.payments.harnesses.base import Harness, changed
from tests.integrations.payments.servers.apple import AppStore
from tests.integrations.payments.servers.apple_chain import Chain

CHAIN = Chain()
ANOTHER_KEY = AppStore(chain=CHAIN).private_key


class OfApple(Harness):
    name = ProviderName.apple
    failure: ClassVar[dict[str, Any]] = {"errorCode": 5000000, "errorMessage": "An unknown error occurred."}
    server: AppStore

    def __init__(self, server: AppStore) -> None:
        self.server = server
        self._account = AppleAccount(
            *(server.issuer_id, server.key_id, server.private_key, server.bundle_id, server.app_apple_id, server.url),
            root_fingerprints=(server.chain.fingerprint,),
        )
        self.provider = self.providers()
        self._told = 0

    def providers(self, **wrong: Any) -> Provider:
        return AppleProvider(changed(self._account, **wrong), sandbox=False)

    async def pay(self, wanted: Order) -> str:
        buy = self.server.subscribe if wanted.period else self.server.buy
        assert wanted.store_product_id is not None
        bought = buy(wanted.store_product_id, price=wanted.amount * 10, token=wanted.payment_id)
        self.subscription = bought if wanted.period else self.subscription
        return bought

    async def webhooks(self) -> list[Webhook]:
        sent = [Webhook({}, body) for _, body in self.server.told[self._told :]]
        self._told = len(self.server.told)
        return sent

    async def refund(self, charge: str) -> None:
        self.server.refund(charge)

    def forged(self, good: Webhook) -> list[Webhook]:
        header, body, signature = json.loads(good.body)["signedPayload"].split(".")
        other = AppStore(chain=Chain())
        other.buy()
        words = [f"{header}.{body}A.{signature}", f"{header}.{body}.", "eyJhbGciOiJub25lIn0.e30.", "e30.e30.e30", ""]
        return [
            *(Webhook({}, json.dumps({"signedPayload": one}).encode()) for one in words),
            *(Webhook({}, one) for one in (b"", b"{}", b"[]", b'{"signedPayload": 7}', b"\xff", other.told[-1][1])),
        ]

    def strangers(self) -> list[dict[str, Any]]:
        return [
            {"key_id": "XXXXXXXXXX"},
            {"issuer_id": str(uuid4())},
            {"bundle_id": "com.example.other"},
            {"private_key": ANOTHER_KEY},
        ]

    def neighbour(self) -> dict[str, Any]:
        return {"bundle_id": "com.example.other"}

    def unknown(self) -> list[Webhook]:
        bought = self.server.buy()
        kinds = ("CONSUMPTION_REQUEST", "REFUND_DECLINED", "NEW_IDEA")
        return [Webhook({}, self.server.tell(*one)) for one in (("TEST",), *((kind, bought) for kind in kinds))]

    async def cancel(self) -> None:
        self.server.set_renewal(self.subscription, on=False)

    async def uncancel(self) -> None:
        self.server.set_renewal(self.subscription, on=True)

    async def renew(self, *, after_trouble: bool = False) -> None:
        self.server.renew(self.subscription, after_trouble=after_trouble)

    async def fail_renewal(self, *, grace: bool = True) -> None:
        self.server.fail_to_renew(self.subscription, grace=timedelta(days=16) if grace else None)

    async def expire(self) -> None:
        self.server.end_grace(self.subscription)
