"""Who may come in: a community waits until it is approved, and a phone number's new owner is freed."""

from uuid import uuid4

import asyncpg
import httpx
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from meydan.config import load_settings
from tests.e2e.conftest import PASSWORD, Product, Visitors
from tests.e2e.talking import Talker, meet
from tests.e2e.test_money import owner_of
from tests.waiting import wait_until


async def let_it_wait(product: Product, slug: str) -> None:
    """As if the operator wanted to approve communities: these stories share a product in which anybody may start one."""
    connection = await asyncpg.connect(load_settings(product.data).database.owner_url)
    try:
        await connection.execute("update app.tenants set status = 'pending' where slug = $1", slug)
    finally:
        await connection.close()


async def is_accessible(page: Page) -> bool:
    return [fault["id"] for fault in (await Axe().run(page)).response["violations"]] == []


async def test_a_community_is_approved_and_its_owner_frees_a_number(product: Product, visitor: Visitors) -> None:
    slug = f"wait-{uuid4().hex[:10]}"
    founder, leaver, other = (Talker(product, slug, alias) for alias in ("kurucu", "giden", "kalan"))
    founder.register(found=True)
    for talker in (leaver, other):
        talker.register(found=False)
    meet(leaver, other)
    leaver.call("POST", "/users/erase", {"password": PASSWORD})
    await let_it_wait(product, slug)

    chief = (await owner_of(product, visitor, "chief")).page
    await chief.get_by_role("link", name="Communities").click()
    card = chief.get_by_role("listitem").filter(has_text=slug)
    await expect(card).to_contain_text("kurucu")
    assert await is_accessible(chief)
    await card.get_by_role("button", name="Approve").click()
    await chief.get_by_label("Why").fill("we know them")
    await chief.get_by_role("dialog").get_by_role("button", name="Approve").dblclick()
    await expect(card).to_have_count(0)

    def is_open() -> bool:
        headers = {"X-Meydan-Tenant": slug}
        return httpx.get(f"{product.url}/api/config", headers=headers).status_code == 200

    wait_until(is_open)
    page = (await founder.enter(await visitor())).page
    await page.goto("/notifications")
    await expect(page.get_by_text("Your community is open")).to_be_visible()
    await page.goto("/staff/contacts")
    await expect(page.get_by_role("link", name="Communities")).to_have_count(0)
    field = page.get_by_label("Phone number or e-mail address")
    await field.fill(leaver.phone)
    await page.get_by_role("button", name="Look").click()
    await expect(page.get_by_text("People who are not met again")).to_be_visible()
    assert await is_accessible(page)
    await page.get_by_role("button", name="Free it").click()
    await page.get_by_label("Why").fill("showed us the new contract")
    await page.get_by_role("dialog").get_by_role("button", name="Free it").dblclick()
    await expect(page.get_by_text("It is free.")).to_be_visible()
    for contact in (leaver.phone, other.phone):
        await field.fill(contact)
        await page.get_by_role("button", name="Look").click()
        await expect(page.get_by_text("Nothing to free")).to_be_visible()
