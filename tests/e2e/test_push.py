"""Somebody is pushed what happens while no page of theirs is in sight: server, push service, service worker, click."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from meydan import config
from meydan.integrations.web_push.vapid import Vapid
from tests.e2e.conftest import Person, Product, Visitors
from tests.e2e.steps import hears, meet, register, say
from tests.push_service import Browser, PushService, Received
from tests.waiting import until


@pytest.fixture
def service(product: Product) -> Iterator[PushService]:
    with PushService(product.now).serving() as serving:  # other stories have moved its clock
        yield serving


_SUBSCRIBES_THERE = """(browser) => {
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  let current = null;
  const allowed = () => localStorage.getItem('the permission') ?? 'default';
  Object.defineProperty(Notification, 'permission', { get: allowed });
  Notification.requestPermission = async () => {
    localStorage.setItem('the permission', 'granted');
    return allowed();
  };
  PushManager.prototype.getSubscription = async () => current;
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    current = {
      endpoint: browser.endpoint,
      options: { applicationServerKey: bytes(applicationServerKey).buffer },
      toJSON: () => ({ endpoint: browser.endpoint, keys: { p256dh: browser.p256dh, auth: browser.auth } }),
      unsubscribe: async () => { current = null; return true; },
    };
    return current;
  };
}"""


async def with_push(person: Person, browser: Browser) -> None:
    """A headless browser reaches no push service and has no permission to give: both are put in its hand."""
    await person.context.add_init_script(f"({_SUBSCRIBES_THERE})({json.dumps(browser.subscription)})")


async def hides(page: Page, *, hidden: bool) -> None:
    """As when another app is opened in front of it; a headless page is always in sight."""
    await page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, 'visibilityState', { get: () => hidden ? 'hidden' : 'visible', configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
        }""",
        hidden,
    )


_RECORDS = """() => {
  self.shown = [];
  self.registration.showNotification = async (title, options) => void self.shown.push({ title, ...options });
  Object.defineProperty(self.navigator, 'setAppBadge', { value: undefined });
}"""


async def arrives(person: Person, received: Received) -> None:
    """The push service's last step: the browser wakes the real service worker with what it decrypted."""
    scope = await person.page.evaluate("navigator.serviceWorker.ready.then(({ scope }) => scope)")
    devtools = await person.context.new_cdp_session(person.page)
    known: dict[str, str] = {}
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: known.update({one["scopeURL"]: one["registrationId"] for one in told["registrations"]}),
    )
    await devtools.send("ServiceWorker.enable")

    async def is_known() -> bool:
        return scope in known

    await until(is_known)
    message = {"origin": scope.rstrip("/"), "registrationId": known[scope], "data": received.plain.decode()}
    await devtools.send("ServiceWorker.deliverPushMessage", message)


async def test_a_message_reaches_somebody_who_looks_elsewhere(
    product: Product, visitor: Visitors, service: PushService
):
    key = config.push_key_file(product.data).read_text().strip()
    browser = service.subscribe(Vapid(key, "mailto:ops@example.com").public_key)
    ada, ben = await visitor(service_workers="allow"), await visitor()
    await with_push(ada, browser)
    await register(ada, product, "Lantern Ada")
    await register(ben, product, "Quiet Ben")
    await ada.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    ask = ada.page.get_by_role("region", name="Notifications")
    await meet(ada, ben)
    await expect(ask).to_be_hidden()  # nobody is asked on arrival
    await say(ada, "Is anybody there?")
    await hears(ben, "Is anybody there?")
    await ask.get_by_role("button", name="Tell me").click()
    await expect(ada.page.get_by_text("This device tells you when somebody writes.")).to_be_visible()
    await expect(ask).to_be_hidden()
    await ada.page.goto("/me/push")
    await expect(ada.page.get_by_text("Notifications are on in this browser.")).to_be_visible()

    await ada.page.goto("/")
    await hides(ada.page, hidden=True)
    await say(ben, "the secret of the evening")

    async def has_come() -> bool:
        assert service.refused == []
        return bool(service.received)

    await until(has_come)
    [received] = service.received
    assert "secret" not in str(received.shown)
    assert "Quiet Ben" not in str(received.shown)
    await expect(ada.page).to_have_title(re.compile(r"^\(2\) "))  # the welcome and this

    # A headless browser may show nothing, and its worker dies of a badge: the worker notes what it would show.
    [worker] = ada.context.service_workers
    await worker.evaluate(_RECORDS)
    await arrives(ada, received)

    async def is_shown() -> bool:
        return bool(await worker.evaluate("self.shown.length"))

    await until(is_shown)
    [notification] = await worker.evaluate("self.shown")
    assert (notification["title"], notification["body"]) == ("Meydan", "You have a new message.")
    assert notification["data"] == {"to": received.shown["to"], "profile": received.shown["profile"]}

    # A headless browser has no notification to click: what the worker would open is opened here.
    await hides(ada.page, hidden=False)
    await ada.page.goto(f"/from-push?to={received.shown['to']}&profile={received.shown['profile']}")
    await expect(ada.page).to_have_url(re.compile(re.escape(received.shown["to"]) + "$"))
    await hears(ada, "the secret of the evening")
    await expect(ada.page).to_have_title(re.compile(r"^\(1\) "))
