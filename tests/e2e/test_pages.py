"""Every page: readable by everybody, in both languages, by day and by night, on a small phone and on a desktop."""

import re

import httpx
import pytest
from playwright.async_api import Page, Request, expect

from tests.e2e.conftest import DESKTOP, PASSWORD, PHONE, Person, Product, Visitors
from tests.e2e.looks import faults, sticks_out
from tests.e2e.steps import meet, register

DOORS = ["/", "/join", "/community", "/login", "/reset", "/terms", "/privacy"]
INSIDE = [
    "/",
    "/people",
    "/people/claims",
    "/people/blocked",
    "/messages",
    "/notifications",
    "/wallet",
    "/wallet/buy",
    "/wallet/history",
    "/wallet/payments",
    "/wallet/gifts",
    "/wallet/gifts/given",
    "/premium",
    "/me",
    "/me/profile",
    "/me/faces",
    "/me/invite",
    "/me/sign-in",
    "/me/sessions",
    "/me/appearance",
    "/me/data",
    "/no-such-street",
]
# axe meets both values of language, ground and size on every page; words that stick out are looked for in all pairs.
READ = [("tr", "night", PHONE), ("en", "day", DESKTOP)]
MEASURED = [("en", "day", PHONE), ("tr", "night", DESKTOP)]


async def put_on(page: Page, language: str, ground: str, size: dict[str, int]) -> None:
    """As a person does it: a guest at the door, a member in the settings."""
    await page.set_viewport_size({"width": size["width"], "height": size["height"]})
    await open_page(page, "/me/appearance")
    if "/login" in page.url:
        await page.evaluate(
            "([language, ground]) => {"
            " localStorage.setItem('meydan.language', language); localStorage.setItem('meydan.theme', ground) }",
            [language, ground],
        )
        await page.reload()
        return
    await page.get_by_role("radio", name={"tr": "Türkçe", "en": "English"}[language]).click()
    await expect(page.locator("html")).to_have_attribute("lang", language)
    await page.get_by_role("radio", name=re.compile({"day": "Daylight|Gündüz", "night": "Night|Gece"}[ground])).click()
    await expect(page.locator("html")).to_have_attribute("data-ground", ground)


async def open_page(page: Page, path: str) -> None:
    await page.goto(path)
    await settled(page)


async def walk_to(page: Page, path: str) -> None:
    """Inside the running client, as its links and the Back button do."""
    await page.evaluate(
        "path => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate')) }", path
    )
    await page.wait_for_function("path => location.pathname === path || location.pathname === '/login'", arg=path)
    await settled(page)


async def settled(page: Page) -> None:
    await expect(page.get_by_role("heading", level=1).first).to_be_visible()
    await expect(page.locator("[role=status] [aria-hidden=true] .bg-line")).to_have_count(0)  # no bones any more


async def check_pages(page: Page, paths: list[str]) -> None:
    """Collects the faults of all pages: one run tells everything."""
    found: list[str] = []
    for language, ground, size in READ + MEASURED:
        await put_on(page, language, ground, size)
        for path in paths:
            await walk_to(page, path)
            where = f"{path} {language} {ground} {size['width']}"
            assert await page.evaluate("document.documentElement.lang") == language
            if (language, ground, size) in READ:
                found += [f"{where}: {fault}" for fault in await faults(page)]
            if await sticks_out(page):
                found.append(f"{where}: wider than the screen")
    assert found == []


@pytest.fixture
async def member(product: Product, visitor: Visitors) -> Person:
    """Somebody who has met somebody, so that the lists are not empty."""
    one, other = await visitor(), await visitor()
    await register(one, product, "upuzun.bir.takma.ad.var")
    await register(other, product, "nehir")
    await meet(one, other)
    await other.page.goto("/people")
    await other.page.get_by_role("link", name="Open the talk").wait_for()
    return one


async def test_the_doors_are_open_to_everybody(visitor: Visitors):
    guest = await visitor()
    await guest.page.goto("/")
    await check_pages(guest.page, DOORS)


async def test_the_rooms_are_open_to_everybody(member: Person):
    await check_pages(member.page, INSIDE)


async def test_dusk_falls_on_every_page_of_the_shadow(member: Person):
    page = member.page
    await open_page(page, "/me/faces")
    await page.get_by_label("Alias", exact=True).fill("golge")
    await page.get_by_role("button", name="Make my shadow").click()
    day = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    await page.get_by_role("button", name="Become my shadow").click()
    await expect(page.get_by_role("link", name="Shadow: golge").first).to_be_visible()
    assert await page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != day
    await check_pages(page, ["/", "/people", "/me/faces"])
    await put_on(page, "en", "day", PHONE)
    await open_page(page, "/people")
    await expect(page.get_by_text("You have not met anybody yet")).to_be_visible()  # that was the other face


async def test_letters_twice_as_large_fit_a_small_phone(member: Person):
    await put_on(member.page, "tr", "day", PHONE)
    await open_page(member.page, "/messages")
    talk = await member.page.get_by_role("main").get_by_role("list").get_by_role("link").first.get_attribute("href")
    assert talk
    wide = []
    await member.page.add_style_tag(content="html { font-size: 200% }")
    for path in [*INSIDE, talk]:
        await walk_to(member.page, path)
        if await sticks_out(member.page):
            wide.append(path)
    assert wide == []


async def test_the_keyboard_reaches_everything(product: Product, visitor: Visitors):
    ada = await visitor(viewport=DESKTOP)
    await register(ada, product, "ada")
    page = ada.page
    await open_page(page, "/")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Meet someone")).to_be_focused()
    await page.keyboard.press("Tab")
    wishes = page.get_by_role("button", name=re.compile("Looking for"))
    await expect(wishes).to_be_focused()
    await page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog", name="Who would you like to meet?")
    await expect(sheet).to_be_visible()
    for _ in range(40):  # the focus goes round inside the sheet, or to the browser's own bar, never behind it
        await page.keyboard.press("Tab")
        behind = "document.activeElement !== document.body && !document.querySelector('dialog[open]').contains(document.activeElement)"
        assert not await page.evaluate(behind)
    await page.keyboard.press("Escape")
    await expect(sheet).to_be_hidden()
    await expect(wishes).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Waiting under the lamp")).to_be_visible()
    assert await faults(page) == []
    await page.reload()  # the ticket is the server's
    await expect(page.get_by_role("heading", name="Waiting under the lamp")).to_be_visible()
    await page.get_by_role("button", name="Stop waiting").click()
    await expect(page.get_by_role("button", name="Meet someone")).to_be_visible()


async def test_a_double_click_asks_once(product: Product, visitor: Visitors):
    hasty = await visitor()
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/api/auth/send-otp"):
            asked.append(request.url)

    hasty.page.on("request", note)
    await hasty.page.goto("/join")
    await hasty.page.get_by_label("Phone number").fill("+905309999901")
    await hasty.page.get_by_role("button", name="Send the code").dblclick()
    await expect(hasty.page.get_by_role("heading", name="Enter the code")).to_be_visible()
    assert len(asked) == 1
    await hasty.page.reload()  # the step one has come to is kept
    await expect(hasty.page.get_by_role("heading", name="Enter the code")).to_be_visible()
    await hasty.page.get_by_label("Code", exact=True).fill(
        "000000" if product.code_sent_to("+905309999901") != "000000" else "111111"
    )
    await expect(hasty.page.get_by_text("That is not the code we sent")).to_be_visible()


async def test_without_a_network_the_shell_stands_and_says_so(product: Product, visitor: Visitors):
    traveller = await visitor(service_workers="allow")
    await register(traveller, product, "traveller")
    page = traveller.page
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await page.reload()
    await expect(page.get_by_role("button", name="Meet someone")).to_be_visible()
    await traveller.context.set_offline(True)
    await expect(page.get_by_text("You are offline")).to_be_visible()
    await page.goto("/people")
    await expect(page.get_by_text("You are offline")).to_be_visible()
    await expect(page.get_by_text("You are still logged in")).to_be_visible()
    await traveller.context.set_offline(False)
    await expect(page.get_by_role("heading", name="People")).to_be_visible()


async def test_plain_http_from_elsewhere_is_told_in_words(visitor: Visitors):
    guest = await visitor()
    await guest.page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    await guest.page.goto("/")
    await expect(guest.page.get_by_text("This page came over plain HTTP")).to_be_visible()


async def test_a_browser_that_blocks_site_data_is_told_so(visitor: Visitors):
    guest = await visitor()
    await guest.page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, "
        "{ get() { throw new DOMException('blocked', 'SecurityError'); } })"
    )
    for path in ("/", "/login"):
        await guest.page.goto(path)
        await expect(guest.page.get_by_text("This browser blocks cookies and site data here")).to_be_visible()
        await expect(guest.page.get_by_role("heading", level=1)).to_be_visible()


async def test_a_log_out_in_one_tab_is_one_in_all(product: Product, visitor: Visitors):
    two_tabs = await visitor()
    await register(two_tabs, product, "ikisekme")
    second = await two_tabs.context.new_page()
    await second.goto("/me")
    await expect(second.get_by_role("heading", name="Me", exact=True)).to_be_visible()
    await second.get_by_role("button", name="Log out").click()
    await expect(second.get_by_role("link", name="Create account")).to_be_visible()
    await expect(two_tabs.page.get_by_role("link", name="Create account")).to_be_visible()


async def test_a_lost_answer_to_a_refresh_logs_nobody_out(product: Product, visitor: Visitors):
    phone, elsewhere = await visitor(), await visitor()
    await register(elsewhere, product, "tunelde")
    await phone.page.goto("/login")
    await phone.page.get_by_label(re.compile("Phone, e-mail or user")).fill(elsewhere.phone)
    await phone.page.get_by_label("Password", exact=True).last.fill(PASSWORD)
    await phone.page.get_by_role("button", name="Log in", exact=True).click()
    await expect(phone.page.get_by_role("button", name="Meet someone")).to_be_visible()
    cookies = {cookie["name"]: cookie["value"] for cookie in await phone.context.cookies()}
    product.move_clock(hours=0.2)
    # The server has moved on, and its answer went into the tunnel.
    async with httpx.AsyncClient(cookies=cookies, headers={"X-Meydan": "1"}) as server:
        lost = await server.post(f"{product.url}/api/auth/refresh")
    assert lost.status_code == 200
    product.move_clock(hours=3)
    await phone.page.reload()
    await expect(phone.page.get_by_role("button", name="Meet someone")).to_be_visible()
    now = {cookie["name"]: cookie["value"] for cookie in await phone.context.cookies()}
    assert now["meydan_refresh"] == lost.cookies["meydan_refresh"]


async def test_an_invitation_keeps_its_code(visitor: Visitors):
    friend = await visitor()
    await friend.page.goto("/join?invite=KEDI42")
    await friend.page.get_by_role("radio", name="User name").click()
    await friend.page.get_by_label("User name", exact=True).fill("davetli")
    await friend.page.get_by_role("button", name="Continue").click()
    await expect(friend.page.get_by_label(re.compile("Invite code"))).to_have_value("KEDI42")
