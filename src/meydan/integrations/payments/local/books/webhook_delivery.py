"""Delivery of the local provider's webhooks: signed, retried until a 2xx answer, kept over restarts.

A test may ask for bad behaviour: repeats, delays, any order.
"""

import asyncio
import logging
import random
import ssl
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
from msgspec import Struct

from meydan.integrations.payments.local.books.store import Store, Transaction, moment
from meydan.integrations.payments.local.models import (
    LocalCheckout,
    LocalEventType,
    LocalPayment,
    LocalSubscription,
    WebhookBehaviour,
    event_of,
)
from meydan.integrations.payments.local.signatures import SIGNATURE, sign, signing_keys
from meydan.kit import clock

log = logging.getLogger(__name__)

_AT_ONCE = 50
_LEASE = timedelta(seconds=30)
_LONGEST_WAIT = 60
_SHUFFLE = 2.0
_TIMEOUT = httpx.Timeout(10, connect=5)


def do_announce(
    tx: Transaction, type: LocalEventType, at: datetime, subject: LocalCheckout | LocalPayment | LocalSubscription
) -> None:
    """Queues a webhook in this transaction."""
    event = event_of(type, at, subject)
    url = subject.order.webhook_url if isinstance(subject, LocalCheckout) else subject.webhook_url
    behaviour = behaviour_of(tx, subject.account)
    wait = random.uniform(0, max(behaviour.delay, _SHUFFLE)) if behaviour.shuffled else behaviour.delay  # noqa: S311 -- no secret
    tx.run(
        "insert into webhooks (id, account, subject, url, body, due_at) values (?, ?, ?, ?, ?, ?)",
        (
            event.id,
            subject.account,
            subject.id,
            url,
            msgspec.json.encode(event),
            moment(clock.now() + timedelta(seconds=wait)),
        ),
    )


def do_send_again(tx: Transaction, subject: str) -> None:
    """Queues the last webhook about an object again, whether it arrived or not."""
    tx.run(
        "update webhooks set due_at = ?, attempts = 0 where number = (select max(number) from webhooks where subject = ?)",
        (moment(clock.now()), subject),
    )


def behaviour_of(tx: Transaction, account: int) -> WebhookBehaviour:
    row = tx.run("select body from webhook_behaviours where account = ?", (account,)).fetchone()
    return msgspec.json.decode(row["body"], type=WebhookBehaviour) if row else WebhookBehaviour()


def do_set_behaviour(tx: Transaction, account: int, behaviour: WebhookBehaviour) -> None:
    tx.run("insert or replace into webhook_behaviours values (?, ?)", (account, msgspec.json.encode(behaviour)))


class Delivery(Struct, frozen=True):
    number: int
    account: int
    url: str
    body: bytes
    attempts: int
    repeats: int


class Sender:
    def __init__(self, store: Store, client: httpx.AsyncClient) -> None:
        self._store, self._client = store, client

    async def do_deliver_due(self) -> None:
        """Tries each due webhook once; a refused one comes again with exponential back-off."""
        deliveries = await asyncio.to_thread(self._do_lease)
        await asyncio.gather(*(self._do_deliver(delivery) for delivery in deliveries))

    def _do_lease(self) -> list[Delivery]:
        """Leases due webhooks, so that other processes leave them alone and a crashed one does not keep them."""
        now = clock.now()
        with self._store.open() as tx:
            rows = tx.run(
                "select number, account, url, body, attempts from webhooks where due_at <= ? order by number limit ?",
                (moment(now), _AT_ONCE),
            ).fetchall()
            for row in rows:
                tx.run("update webhooks set due_at = ? where number = ?", (moment(now + _LEASE), row["number"]))
            return [Delivery(**row, repeats=behaviour_of(tx, row["account"]).repeats) for row in rows]

    async def _do_deliver(self, delivery: Delivery) -> None:
        answer = ""
        for _ in range(1 + delivery.repeats):
            answer = await self._post(delivery)
        await asyncio.to_thread(self._do_record, delivery, answer)

    async def _post(self, delivery: Delivery) -> str:
        """Posts it; returns the status, or the error."""
        url, host = _reachable(delivery.url)
        headers = {
            "content-type": "application/json",
            "host": host,
            SIGNATURE: sign(signing_keys(delivery.account), clock.now(), delivery.body),
        }
        try:
            return str((await self._client.post(url, content=delivery.body, headers=headers)).status_code)
        except httpx.HTTPError as error:
            return repr(error)

    def _do_record(self, delivery: Delivery, answer: str) -> None:
        now = clock.now()
        with self._store.open() as tx:
            if answer.startswith("2"):
                tx.run(
                    "update webhooks set due_at = null, attempts = attempts + 1, delivered_at = ?, answer = ? where number = ?",
                    (moment(now), answer, delivery.number),
                )
            else:
                log.warning("a webhook was not taken by %s: %s", delivery.url, answer)
                wait = timedelta(seconds=min(2**delivery.attempts, _LONGEST_WAIT))
                tx.run(
                    "update webhooks set due_at = ?, attempts = attempts + 1, answer = ? where number = ?",
                    (moment(now + wait), answer, delivery.number),
                )


def _reachable(url: str) -> tuple[str, str]:
    """Splits into the address to connect to and its Host: names under localhost mean this machine, resolvable or not."""
    parts = urlsplit(url)
    if not (parts.hostname or "").endswith(".localhost"):
        return url, parts.netloc
    port = f":{parts.port}" if parts.port else ""
    return parts._replace(netloc=f"127.0.0.1{port}").geturl(), parts.netloc


@cache
def trust(certificate: Path | None) -> ssl.SSLContext:
    """Trusts the usual authorities and this installation's own certificate. Cached: it takes milliseconds."""
    context = ssl.create_default_context()
    if certificate is not None:
        context.load_verify_locations(certificate)
    return context


def client(certificate: Path | None) -> httpx.AsyncClient:
    """Opens a client without a proxy: it speaks to this machine, or a neighbour."""
    return httpx.AsyncClient(verify=trust(certificate), timeout=_TIMEOUT, trust_env=False)
