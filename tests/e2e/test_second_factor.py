"""An owner sets up two-step login and requires it of the team: an admin is led to set it up, and loses the phone."""

import re
from datetime import timedelta

import pyotp
from playwright.async_api import Page, expect

from tests.e2e.conftest import DESKTOP, PASSWORD, PHONE, Person, Product, Visitors
from tests.e2e.looks import faults
from tests.e2e.steps import register
from tests.e2e.test_money import employ

_STEP = timedelta(seconds=30)


class Phone:
    """An authenticator. Time goes on to the next step before each code, because none is taken twice."""

    def __init__(self, product: Product, key: str) -> None:
        self._product, self._totp = product, pyotp.TOTP(key.replace(" ", ""))

    def code(self) -> str:
        self._product.move_clock(hours=_STEP / timedelta(hours=1))
        return self._totp.at(self._product.now())


async def set_up(page: Page, product: Product) -> tuple[Phone, list[str]]:
    """On the page of logging in. Ends with the recovery codes kept."""
    await page.get_by_role("button", name="Set it up").click()
    await page.get_by_label("Your password").fill(PASSWORD)
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("img", name="QR code with your key")).to_be_visible()
    phone = Phone(product, await page.get_by_test_id("authenticator-key").inner_text())
    assert await faults(page) == []
    await page.get_by_label("Code from your app").fill(phone.code())
    codes = page.get_by_role("list", name="Your recovery codes").get_by_role("listitem")
    await expect(codes).to_have_count(10)
    kept = await codes.all_inner_texts()
    assert await faults(page) == []
    await page.get_by_role("button", name="I have kept them").click()
    await expect(page.get_by_text("10 recovery codes left")).to_be_visible()
    return phone, kept


async def log_in(person: Person) -> None:
    """As far as the password goes."""
    page = person.page
    await page.goto("/login")
    await page.get_by_label("Phone, e-mail or user name").fill(person.phone)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Log in", exact=True).click()
    await expect(page.get_by_role("heading", name="The second step")).to_be_visible()


async def log_out(page: Page) -> None:
    await page.goto("/me")
    await page.get_by_role("button", name="Log out", exact=True).click()
    await expect(page.get_by_role("link", name="Log in").first).to_be_visible()


async def test_two_steps_are_set_up_used_and_required(product: Product, visitor: Visitors) -> None:
    owner, admin = await visitor(viewport=PHONE, dark=True), await visitor(viewport=DESKTOP)
    await register(owner, product, "owner-of-two")
    await register(admin, product, "admin-of-one")
    employ(product, owner, "owner")
    employ(product, admin, "admin")

    page = owner.page
    await page.goto("/me/sign-in")
    phone, recovery_codes = await set_up(page, product)
    await log_out(page)
    await log_in(owner)
    await page.reload()  # the second step is kept
    await page.get_by_label("Code from your app").fill("000000")
    await expect(page.get_by_text("That is not the code your app shows now")).to_be_visible()
    assert await faults(page) == []
    await page.get_by_label("Code from your app").fill(phone.code())
    await expect(page.get_by_role("button", name="Meet someone")).to_be_visible()

    await log_out(page)
    await log_in(owner)
    await page.get_by_role("button", name="I do not have the app at hand").click()
    await page.get_by_label("Recovery code").fill(recovery_codes[0].replace("-", " ").upper())
    await page.get_by_role("button", name="Log in", exact=True).click()
    await expect(page.get_by_role("button", name="Meet someone")).to_be_visible()

    await page.goto("/staff/team")
    await expect(page.get_by_role("listitem").filter(has_text="admin-of-one")).to_contain_text("password alone")
    await page.get_by_role("button", name="Require it").click()
    await page.get_by_role("dialog").get_by_role("button", name="Require it").dblclick()
    await expect(page.get_by_text("only for those who logged in with two steps")).to_be_visible()
    try:
        other = admin.page
        await other.goto("/staff")
        await expect(other.get_by_text("These pages ask for two-step log-in")).to_be_visible()
        await other.get_by_role("link", name="Set it up").click()
        await expect(other.get_by_text("Your role needs it")).to_be_visible()
        await set_up(other, product)
        await other.goto("/staff/team")
        await expect(other.get_by_role("listitem").filter(has_text="admin-of-one")).to_contain_text("two steps")
    finally:
        await page.goto("/staff/team")
        await page.get_by_role("button", name="Do not require it any more").click()
        await page.get_by_role("button", name="Do not require it", exact=True).click()
        await expect(page.get_by_text("open with a password alone")).to_be_visible()

    await page.goto("/staff/people?name=admin-of-one")
    await page.get_by_role("link", name=re.compile("admin-of-one")).click()
    await page.get_by_role("button", name="They lost it: remove").click()
    await page.get_by_label("Why").fill("a drowned phone, she called")
    await page.get_by_role("button", name="Remove it").dblclick()
    await expect(page.get_by_text("Their two-step log-in is removed")).to_be_visible()
    await expect(page.get_by_role("button", name="They lost it: remove")).to_have_count(0)
    await admin.page.goto("/staff/team")
    await expect(admin.page.get_by_role("heading", name="Welcome back")).to_be_visible()  # the session has ended
