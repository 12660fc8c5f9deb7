"""Messages to a push service that checks and decrypts them, and its answers."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest

from meydan.integrations.web_push import (
    BrowserKeys,
    PushDelayed,
    PushMessage,
    PushRefused,
    PushSender,
    PushTargetGone,
    Urgency,
)
from meydan.integrations.web_push.vapid import Vapid
from meydan.kit import clock
from meydan.kit.http.guarded_client import GuardedClient
from tests.push_service import Browser, PushService, is_let_in

KEY = "p" * 32


@pytest.fixture
def service() -> Iterator[PushService]:
    with PushService().serving() as serving:
        yield serving


@pytest.fixture
async def sender() -> AsyncIterator[PushSender]:
    async with GuardedClient.opened(allows_loopback=True) as client:
        yield PushSender(client, Vapid(KEY, "mailto:ops@example.com"))


def message(browser: Browser, text: bytes = b'{"title":"Meydan"}') -> PushMessage:
    keys = BrowserKeys(browser.point, browser.auth)
    return PushMessage(browser.endpoint, keys, text, timedelta(hours=1), Urgency.high, "topic_of-1")


async def test_a_message_arrives_and_only_its_browser_reads_it(service: PushService, sender: PushSender):
    browser = service.subscribe(sender.public_key)
    await sender.send(message(browser))
    [received] = service.received
    assert received.shown == {"title": "Meydan"}
    assert b"Meydan" not in received.body
    assert {name: received.headers[name] for name in ("ttl", "urgency", "topic")} == {
        "ttl": "3600",
        "urgency": "high",
        "topic": "topic_of-1",
    }


async def test_a_browser_that_let_in_another_key_is_not_reached(service: PushService, sender: PushSender):
    other = Vapid("another installation's key", "mailto:ops@example.com")
    with pytest.raises(PushRefused):
        await sender.send(message(service.subscribe(other.public_key)))
    assert service.refused == ["vapid"]


@pytest.mark.parametrize("status", [404, 410])
async def test_a_subscription_that_is_over(service: PushService, sender: PushSender, status: int):
    service.instead.append((status, {}))
    with pytest.raises(PushTargetGone):
        await sender.send(message(service.subscribe(sender.public_key)))


@pytest.mark.parametrize(
    ("status", "header", "wait"),
    [
        (429, "120", timedelta(minutes=2)),
        (429, "", timedelta()),
        (503, "Wed, 21 Oct 2026 07:28:00 GMT", timedelta()),
        (500, "999999999", timedelta(hours=6)),
        (502, "-1", timedelta()),
    ],
)
async def test_a_busy_service_is_asked_again(
    service: PushService, sender: PushSender, status: int, header: str, wait: timedelta
):
    service.instead.append((status, {"Retry-After": header}))
    with pytest.raises(PushDelayed) as delayed:
        await sender.send(message(service.subscribe(sender.public_key)))
    assert delayed.value.retry_after == wait


@pytest.mark.parametrize("status", [301, 307, 400, 401, 403, 413])
async def test_what_a_service_will_never_take(service: PushService, sender: PushSender, status: int):
    service.instead.append((status, {"Location": f"{service.url}/elsewhere"}))
    with pytest.raises(PushRefused):
        await sender.send(message(service.subscribe(sender.public_key)))
    assert service.received == []


async def test_a_service_that_is_down(sender: PushSender):
    with PushService().serving() as service:
        browser = service.subscribe(sender.public_key)
    with pytest.raises(PushDelayed):
        await sender.send(message(browser))


def test_one_key_is_computed_from_the_secret_and_signs_for_one_origin():
    vapid, same, other = (Vapid(key, "https://meet.example.com") for key in (KEY, KEY, "q" * 32))
    assert vapid.public_key == same.public_key != other.public_key
    header = vapid.header("https://push.example.net/abc")
    assert is_let_in(header, vapid.public_key, "https://push.example.net", clock.now())
    assert not is_let_in(header, vapid.public_key, "https://other.example.net", clock.now())
    assert not is_let_in(header, other.public_key, "https://push.example.net", clock.now())
    assert not is_let_in(
        header[:-90] + "A" * 4 + header[-86:], vapid.public_key, "https://push.example.net", clock.now()
    )
