"""Two people in a talk, each with browsers of their own: registered and matched over HTTP, because other stories do that by hand."""

import re
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
import psutil
from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.e2e.conftest import PASSWORD, PHONE, Person, Product, Visitors
from tests.e2e.steps import keep_session
from tests.waiting import PATIENCE, wait_until

_numbers = iter(range(10_000, 99_999))


class Talker:
    """Somebody with an account, perhaps several browsers, and a talk."""

    def __init__(self, product: Product, community: str, alias: str) -> None:
        self.product, self.community, self.alias = product, community, alias
        self.username = f"u{uuid4().hex[:12]}"
        self.phone = f"+90555{next(_numbers)}{uuid4().int % 100:02d}"
        self.session: dict[str, Any] = {}

    @property
    def headers(self) -> dict[str, str]:
        headers = {"X-Meydan": "1", "X-Meydan-Tenant": self.community}
        return headers | ({"Authorization": f"Bearer {self.session['access_token']}"} if self.session else {})

    def call(self, method: str, path: str, body: dict[str, object] | None = None) -> Any:
        answer = httpx.request(
            method, f"{self.product.url}/api{path}", json=body, headers=self.headers, timeout=PATIENCE
        )
        assert answer.is_success, (path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def register(self, *, found: bool) -> None:
        """``found``: with a community of its own, so that nobody else is matched there."""
        phone = self.phone
        start = {"X-Meydan": "1"} if found else self.headers
        ask = {"channel": "sms", "to": phone, "purpose": "register"}
        asked = httpx.post(f"{self.product.url}/api/auth/send-otp", json=ask, headers=start)
        assert asked.is_success
        prove = {"to": phone, "code": self.product.code_sent_to(phone), "purpose": "register"}
        proved = httpx.post(f"{self.product.url}/api/auth/verify-otp", json=prove, headers=start, cookies=asked.cookies)
        wanted = {
            "proof": proved.json()["proof"],
            "username": self.username,
            "password": PASSWORD,
            "alias": self.alias,
            "birth_date": "1990-05-17",
            "language": "en",
            "device": {"id": str(uuid4()), "name": "a script"},
        }
        if found:
            wanted["new_tenant"] = {"name": "A community", "slug": self.community}
        answer = httpx.post(f"{self.product.url}/api/auth/register", json=wanted, headers=start, timeout=PATIENCE)
        assert answer.is_success, answer.text
        self.session = answer.json()

    async def enter(self, person: Person) -> Person:
        """Log in in this browser, by the session cookie that the page will find."""
        device = str(uuid4())
        answer = await person.context.request.post(
            "/api/auth/login",
            headers={"X-Meydan": "1", "X-Meydan-Tenant": self.community},
            data={"identifier": self.username, "password": PASSWORD, "device": {"id": device, "name": "a browser"}},
        )
        assert answer.ok, await answer.text()
        await keep_session(person, device, self.community)
        person.alias = self.alias
        return person


def meet(one: Talker, other: Talker) -> str:
    """Both ask for somebody; there is nobody else. Returns the conversation.

    Neither holds a socket yet, so the worker may take one for gone between the two asks: they ask again then.
    """
    tries = count(1)

    def are_matched() -> bool:
        if one.call("GET", "/match/state")["match"]:
            return True
        if next(tries) % 30 == 0:
            for talker in (one, other):
                talker.call("POST", "/match/leave", {})
                talker.call("POST", "/match/join", {"type": "text"})
        return False

    for talker in (one, other):
        talker.call("POST", "/match/join", {"type": "text"})
    wait_until(are_matched, every=0.1)
    return str(one.call("GET", "/match/state")["match"]["conversation_id"])


class Talk:
    """One page with the talk open."""

    def __init__(self, page: Page, conversation_id: str) -> None:
        self.page, self.conversation_id = page, conversation_id

    async def open(self) -> "Talk":
        await self.page.goto(f"/messages/{self.conversation_id}")
        await expect(self.lines).to_be_visible()
        return self

    @property
    def lines(self) -> Locator:
        return self.page.get_by_role("region", name="What was said")

    @property
    def field(self) -> Locator:
        return self.page.get_by_placeholder("Write something")

    async def say(self, text: str) -> None:
        await self.field.fill(text)
        await self.page.get_by_role("button", name="Send", exact=True).click()

    async def hears(self, text: str, *, times: int = 1) -> None:
        await expect(self.lines.get_by_text(text, exact=True)).to_have_count(times)

    async def texts(self) -> list[str]:
        return await self.lines.locator("[dir=auto]").all_inner_texts()

    async def safety_number(self) -> list[str]:
        await self.page.get_by_role("button", name="Safety number").click()
        number = await self.page.get_by_test_id("safety-number").inner_text()
        await self.page.keyboard.press("Escape")
        return number.split()

    async def accept_number(self) -> None:
        await self.page.get_by_role("button", name="Look at the new number").click()
        await self.page.get_by_role("button", name="Go on with this number").click()
        await expect(self.page.get_by_role("button", name="Look at the new number")).to_have_count(0)


async def two_in_a_talk(product: Product, one: Person, other: Person) -> tuple[Talk, Talk]:
    """Two strangers, each in one browser, with the same talk open."""
    community = f"talk-{uuid4().hex[:10]}"
    ana, bora = Talker(product, community, "kediadam"), Talker(product, community, "gecekusu")
    ana.register(found=True)
    bora.register(found=False)
    conversation_id = meet(ana, bora)
    for talker, person in ((ana, one), (bora, other)):
        await talker.enter(person)
    return await Talk(one.page, conversation_id).open(), await Talk(other.page, conversation_id).open()


async def new_browser(talker: Talker, visitor: Visitors, conversation_id: str) -> Talk:
    """Logged in, and without the key of its person: the talk asks how it goes on."""
    person = await talker.enter(await visitor(viewport=PHONE))
    talk = Talk(person.page, conversation_id)
    await person.page.goto(f"/messages/{conversation_id}")
    await expect(person.page.get_by_text("This browser is new to your talks")).to_be_visible()
    return talk


async def let_in(newcomer: Talk, by: Talk) -> None:
    """With a code that another browser of the same person shows."""
    settings = await by.page.context.new_page()
    await settings.goto("/me/sessions")
    await settings.get_by_role("button", name="Let in another browser").click()
    code = settings.get_by_test_id("identity-code")
    await expect(code).to_have_text(re.compile(r"^(\w{4}-){3}\w{4}$"))
    await newcomer.page.get_by_role("button", name="I have a code").click()
    await newcomer.page.get_by_label("Code of your other browser").fill((await code.inner_text()).lower())
    await newcomer.page.get_by_role("button", name="Let this browser in").click()
    await expect(newcomer.lines).to_be_visible()
    await settings.close()


async def begin_anew(newcomer: Talk) -> None:
    await newcomer.page.get_by_role("button", name="Begin with a new key").click()
    await newcomer.page.get_by_role("button", name="Go on", exact=True).click()
    await expect(newcomer.lines).to_be_visible()


async def another_tab(context: BrowserContext, conversation_id: str) -> Talk:
    return await Talk(await context.new_page(), conversation_id).open()


def process_of(product: Product, part: str) -> psutil.Process:
    """One of the processes under ``meydan up``."""
    for process in psutil.Process(product.process.pid).children(recursive=True):
        if part in process.cmdline()[1:]:
            return process
    raise AssertionError(f"no {part} is running")
