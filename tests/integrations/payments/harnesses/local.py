"""The local provider, with people who pay on its page and an owner who presses its buttons."""

import sqlite3
from asyncio import sleep
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx

from meydan import integrations
from meydan.integrations.payments.contract import Order, Paid, Provider, Webhook
from meydan.integrations.payments.enums import Period, ProviderName
from meydan.integrations.payments.local.account import LocalAccount
from meydan.integrations.payments.local.adapter import LocalProvider
from meydan.integrations.payments.local.signatures import SIGNATURE, sign
from meydan.integrations.payments.local.tasks import wake
from meydan.kit import clock
from tests.integrations.payments.harnesses.base import Harness, changed
from tests.waiting import patience


class Mailbox:
    """The address that webhooks of the local provider are posted to."""

    def __init__(self) -> None:
        self.received: list[Webhook] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        self.received.append(Webhook(headers, body))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


class OfLocal(Harness):
    name = ProviderName.local
    complete = True

    def __init__(self, address: str, mailbox: Mailbox, webhook_url: str) -> None:
        endpoint = integrations.current().local_payments
        assert endpoint is not None
        self._number = uuid4().int % 1_000_000_000
        self._endpoint, self._address, self._mailbox, self._webhook_url = endpoint, address, mailbox, webhook_url
        self._account = LocalAccount.at(endpoint, self._number)
        self.provider = self.providers()

    def order(self, period: Period | None = None, **other: Any) -> Order:
        mine = {"return_url": f"{self._address}/wallet/payments/1", "webhook_url": self._webhook_url}
        return super().order(period, **mine | other)

    def providers(self, **wrong: Any) -> Provider:
        return LocalProvider(changed(self._account, **wrong), sandbox=True)

    async def pay(self, wanted: Order) -> str:
        checkout = await self.provider.do_open_checkout(wanted)
        await self._post(checkout.url, do="pay", number="4242 4242 4242 4242")
        if wanted.period:
            paid = await self.provider.payment(checkout.provider_checkout_id)
            self.subscription = next(event.subscription or "" for event in paid if isinstance(event, Paid))
        return checkout.provider_checkout_id

    async def webhooks(self) -> list[Webhook]:
        """Waits until none is due any more."""
        async with patience():
            while self._due():
                wake()
                await sleep(0.02)
        sent = list(self._mailbox.received)
        self._mailbox.received.clear()
        return sent

    def _due(self) -> int:
        connection = sqlite3.connect(self._endpoint.database, timeout=30)
        try:
            due = "select count(*) from webhooks where account = ? and due_at is not null"
            return int(connection.execute(due, (self._number,)).fetchone()[0])
        finally:
            connection.close()

    async def refund(self, charge: str) -> None:
        (paid,) = [event for event in await self.provider.payment(charge) if isinstance(event, Paid)]
        await self._press("refund", charge, amount=str(paid.amount))

    def forged(self, good: Webhook) -> list[Webhook]:
        header = good.headers[SIGNATURE]
        return [
            changed(good, body=good.body.replace(b"14999", b"99999")),
            changed(good, headers={}),
            *(
                changed(good, headers={SIGNATURE: one})
                for one in ("t=,v1=", "v1=00", "t=1,v1=\u00fc", header.replace("t=", "t=1"))
            ),
        ]

    def strangers(self) -> list[dict[str, Any]]:
        return [{"api_key": key} for key in ("x", "1.00", f"{self._account.api_key}x")]

    def neighbour(self) -> dict[str, Any]:
        other = LocalAccount.at(self._endpoint, self._number + 1)
        return {"api_key": other.api_key, "signing_key": other.signing_key}

    def aged(self, webhook: Webhook, seconds: float) -> Webhook:
        at = clock.now() - timedelta(seconds=seconds)
        return Webhook({SIGNATURE: sign([self._account.signing_key], at, webhook.body)}, webhook.body, webhook.url)

    async def dispute(self, charge: str) -> None:
        await self._press("dispute", charge)

    async def decide_dispute(self, charge: str, *, won: bool) -> None:
        await self._press("dispute_won" if won else "dispute_lost", charge)

    async def cancel(self) -> None:
        await self.provider.do_cancel(self.subscription)

    async def uncancel(self) -> None:
        await self.provider.do_resume(self.subscription)

    async def renew(self, *, after_trouble: bool = False) -> None:
        await self._press("renew", self.subscription)

    async def fail_renewal(self, *, grace: bool = True) -> None:
        await self._press("fail_renewal", self.subscription)

    async def expire(self) -> None:
        for _ in range(2):  # the third attempt was the last
            await self._press("fail_renewal", self.subscription)

    async def _press(self, do: str, id: str, **more: str) -> None:
        await self._post(f"{self._address}/pay/local", do=do, id=id, **more)

    async def _post(self, url: str, **form: str) -> None:
        async with httpx.AsyncClient(trust_env=False) as browser:
            answer = await browser.post(url, data=form)
        assert answer.status_code == 303, answer.text
