"""Webhooks of the provider of ours: signed, sent until somebody says 2xx, kept over restarts; badly mannered where a test asks."""

import asyncio
import hashlib
import hmac
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

from meydan.integrations.payments.local.models import Checkout, News, NewsType, Payment, Subscription, WebhookManners
from meydan.integrations.payments.local.store import Books, Page, moment
from meydan.kit import clock, seal

log = logging.getLogger(__name__)

SIGNATURE = "meydan-pay-signature"
TOLERANCE = timedelta(minutes=5)
_DIGITS = 12
_AT_ONCE = 50
_LEASE = timedelta(seconds=30)
_LONGEST_WAIT = 60
_SHUFFLE = 2.0
_TIMEOUT = httpx.Timeout(10, connect=5)


def signing_key(account: int) -> str:
    return seal.mac("local payments webhook", account).hex()


def api_key(account: int) -> str:
    return f"{account}.{seal.mac('local payments api', account).hex()}"


def sign(key: str, at: datetime, body: bytes) -> str:
    return f"t={int(at.timestamp())},v1={_mac(key, int(at.timestamp()), body)}"


def is_signed(key: str, header: str, body: bytes) -> bool:
    """By this key, over this body, and not long ago."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    stamp = parts.get("t", "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= _DIGITS):
        return False
    sent = int(stamp)
    if not hmac.compare_digest(_mac(key, sent, body).encode(), parts.get("v1", "").encode()):
        return False
    return abs(clock.now().timestamp() - sent) <= TOLERANCE.total_seconds()


def _mac(key: str, sent: int, body: bytes) -> str:
    return hmac.new(key.encode(), b"%d." % sent + body, hashlib.sha256).hexdigest()


def news_of(type: NewsType, at: datetime, thing: Checkout | Payment | Subscription) -> News:
    """The same news has the same id, whether it was sent or asked for."""
    match thing:
        case Checkout():
            tried = f":{thing.card.fingerprint}" if type is NewsType.checkout_declined and thing.card else ""
            return News(f"{type}:{thing.id}{tried}", type, at, checkout=thing)
        case Subscription():
            return News(f"{type}:{thing.id}:{thing.version}", type, at, subscription=thing)
        case Payment():
            detail = ""
            if type is NewsType.payment_refunded:
                detail = f":{thing.refunds[-1].id}"
            elif type is NewsType.payment_disputed:
                newest = max(thing.disputes, key=lambda dispute: dispute.changed_at)
                detail = f":{newest.id}:{newest.status}"
            return News(f"{type}:{thing.id}{detail}", type, at, payment=thing)


def announce(page: Page, type: NewsType, at: datetime, thing: Checkout | Payment | Subscription) -> None:
    """Queue a webhook in this transaction."""
    news = news_of(type, at, thing)
    url = thing.order.webhook_url if isinstance(thing, Checkout) else thing.webhook_url
    manners = manners_of(page, thing.account)
    wait = random.uniform(0, max(manners.delay, _SHUFFLE)) if manners.shuffled else manners.delay  # noqa: S311 -- no secret
    page.run(
        "insert into webhooks (id, account, subject, url, body, due_at) values (?, ?, ?, ?, ?, ?)",
        (
            news.id,
            thing.account,
            thing.id,
            url,
            msgspec.json.encode(news),
            moment(clock.now() + timedelta(seconds=wait)),
        ),
    )


def send_again(page: Page, subject: str) -> None:
    """The last webhook about it, whether it arrived or not."""
    page.run(
        "update webhooks set due_at = ?, tries = 0 where number = (select max(number) from webhooks where subject = ?)",
        (moment(clock.now()), subject),
    )


def manners_of(page: Page, account: int) -> WebhookManners:
    row = page.run("select body from manners where account = ?", (account,)).fetchone()
    return msgspec.json.decode(row["body"], type=WebhookManners) if row else WebhookManners()


def set_manners(page: Page, account: int, manners: WebhookManners) -> None:
    page.run("insert or replace into manners values (?, ?)", (account, msgspec.json.encode(manners)))


class _Letter(Struct, frozen=True):
    number: int
    account: int
    url: str
    body: bytes
    tries: int
    repeats: int


class Postman:
    def __init__(self, books: Books, client: httpx.AsyncClient) -> None:
        self._books, self._client = books, client

    async def deliver_due(self) -> None:
        """Whatever is due is tried once; what is not taken comes again later, and later each time."""
        letters = await asyncio.to_thread(self._take)
        await asyncio.gather(*(self._deliver(letter) for letter in letters))

    def _take(self) -> list[_Letter]:
        """Leased, so that another process leaves them alone and one that dies does not keep them."""
        now = clock.now()
        with self._books.open() as page:
            rows = page.run(
                "select number, account, url, body, tries from webhooks where due_at <= ? order by number limit ?",
                (moment(now), _AT_ONCE),
            ).fetchall()
            for row in rows:
                page.run("update webhooks set due_at = ? where number = ?", (moment(now + _LEASE), row["number"]))
            return [_Letter(**row, repeats=manners_of(page, row["account"]).repeats) for row in rows]

    async def _deliver(self, letter: _Letter) -> None:
        answer = ""
        for _ in range(1 + letter.repeats):
            answer = await self._post(letter)
        await asyncio.to_thread(self._note, letter, answer)

    async def _post(self, letter: _Letter) -> str:
        """The status, or what went wrong."""
        url, host = _reachable(letter.url)
        headers = {
            "content-type": "application/json",
            "host": host,
            SIGNATURE: sign(signing_key(letter.account), clock.now(), letter.body),
        }
        try:
            return str((await self._client.post(url, content=letter.body, headers=headers)).status_code)
        except httpx.HTTPError as error:
            return repr(error)

    def _note(self, letter: _Letter, answer: str) -> None:
        now = clock.now()
        with self._books.open() as page:
            if answer.startswith("2"):
                page.run(
                    "update webhooks set due_at = null, tries = tries + 1, delivered_at = ?, answer = ? where number = ?",
                    (moment(now), answer, letter.number),
                )
            else:
                log.warning("a webhook was not taken by %s: %s", letter.url, answer)
                wait = timedelta(seconds=min(2**letter.tries, _LONGEST_WAIT))
                page.run(
                    "update webhooks set due_at = ?, tries = tries + 1, answer = ? where number = ?",
                    (moment(now + wait), answer, letter.number),
                )


def _reachable(url: str) -> tuple[str, str]:
    """The address to connect to and the Host to ask for: names under localhost mean this machine, known to resolvers or not."""
    parts = urlsplit(url)
    if not (parts.hostname or "").endswith(".localhost"):
        return url, parts.netloc
    port = f":{parts.port}" if parts.port else ""
    return parts._replace(netloc=f"127.0.0.1{port}").geturl(), parts.netloc


@cache
def trust(certificate: Path | None) -> ssl.SSLContext:
    """The usual authorities, and this installation's own certificate. Made once: it takes milliseconds."""
    context = ssl.create_default_context()
    if certificate is not None:
        context.load_verify_locations(certificate)
    return context


def client(certificate: Path | None) -> httpx.AsyncClient:
    """Never through a proxy: what it speaks to is this machine, or a neighbour."""
    return httpx.AsyncClient(verify=trust(certificate), timeout=_TIMEOUT, trust_env=False)
