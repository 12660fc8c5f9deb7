"""The square: the main button keeps its height, the picture follows the hour, and Back undoes one step."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.async_api import Page, expect

from tests.commands.conftest import meydan
from tests.e2e.conftest import Person, Product, Visitors
from tests.e2e.looks import faults
from tests.e2e.steps import new_phone, register
from tests.e2e.test_pages import open_page
from tests.e2e.test_wallet import wait_until_known
from tests.waiting import until

SMALL_PHONE = {"width": 360, "height": 640}

_COUNT_SHIFTS = """
window.shifted = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: 'layout-shift', buffered: true });
"""


async def member_of_a_new_community(product: Product, visitor: Visitors, slug: str) -> Person:
    meydan("tenant", "add", slug, "--name", slug, "--data", str(product.data)).check_returncode()
    host = f"{slug}.localhost:{product.url.rsplit(':', 1)[1]}"
    wait_until_known(product, host, slug)
    member = await visitor(host=f"http://{host}", viewport=SMALL_PHONE)
    await register(member, product, "uzun.bir.takma.ad")
    return member


async def open_square_with(page: Page, what: str) -> None:
    """Settings hold within seconds."""

    async def it_holds() -> bool:
        await open_page(page, "/")
        return await page.locator(what).count() > 0

    await until(it_holds, every=0.5)


async def place_of_the_button(page: Page) -> Any:
    button = page.get_by_role("button", name="Meet someone")
    await expect(button).to_be_in_viewport(ratio=1)
    return await button.bounding_box()


async def test_the_button_keeps_its_height_however_many_lamps(product: Product, visitor: Visitors):
    member = await member_of_a_new_community(product, visitor, "lamps")
    page, at = member.page, ("--data", str(product.data))
    await page.add_init_script(_COUNT_SHIFTS)
    places = {}
    for lamps in (3, 10, 50):
        meydan("tenant", "set", "lamps", "meeting.matches_per_day", str(lamps), *at).check_returncode()
        await open_square_with(page, f"[aria-label='{lamps} of {lamps} lamps are lit']")
        places[lamps] = await place_of_the_button(page)
        assert await page.evaluate("shifted") < 0.01
    assert places[3] == places[10] == places[50]
    await expect(page.get_by_text("+40")).to_be_visible()
    assert await faults(page) == []


async def test_the_picture_is_the_communitys_and_of_its_hour(product: Product, visitor: Visitors):
    member = await member_of_a_new_community(product, visitor, "liman")
    page, at = member.page, ("--data", str(product.data))
    await expect(page.locator("svg[data-scene=old_town]")).to_be_visible()
    refused = meydan("tenant", "set", "liman", "tenants.scene", "moon", *at)
    assert refused.returncode != 0
    assert "moon" in refused.stdout + refused.stderr
    meydan("tenant", "set", "liman", "tenants.scene", "harbour", *at).check_returncode()
    hour = (datetime.now(UTC) + timedelta(seconds=product._offset())).hour
    for wanted, sky in ((12, "day"), (0, "night")):
        east = (wanted - hour + 12) % 24 - 12
        meydan("tenant", "timezone", "liman", f"Etc/GMT{-east:+d}", *at).check_returncode()
        await open_square_with(page, f"svg[data-scene=harbour][data-sky={sky}]")


async def test_a_wrong_code_keeps_the_focus_and_back_undoes_one_step(product: Product, visitor: Visitors):
    guest = await visitor(viewport=SMALL_PHONE)
    page, phone = guest.page, new_phone()
    await page.goto("/")
    await page.get_by_role("link", name="Create account").click()
    await page.get_by_label("Phone number").fill(phone)
    await page.get_by_role("button", name="Send the code").click()
    code = page.get_by_label("Code", exact=True)
    await code.fill("000000" if product.code_sent_to(phone) != "000000" else "111111")
    await expect(page.get_by_text("That is not the code we sent")).to_be_visible()
    await expect(code).to_be_focused()
    await page.go_back()
    await expect(page.get_by_role("heading", name="Come to the square")).to_be_visible()
    await expect(page.get_by_label("Phone number")).to_have_value(phone)
    await page.go_back()
    await expect(page.get_by_role("link", name="Create account")).to_be_visible()


async def test_back_closes_a_sheet(product: Product, visitor: Visitors):
    member = await visitor(viewport=SMALL_PHONE)
    page = member.page
    await register(member, product, "geri")
    await page.get_by_role("link", name="People").click()
    await page.get_by_role("link", name="Square").first.click()
    wishes = page.get_by_role("button", name=re.compile("Looking for"))
    sheet = page.get_by_role("dialog", name="Who would you like to meet?")
    await wishes.click()
    await expect(sheet.get_by_role("button", name="Save")).to_be_in_viewport(ratio=1)
    await page.go_back()
    await expect(sheet).to_be_hidden()
    await expect(wishes).to_be_focused()
    await wishes.click()
    await sheet.get_by_role("button", name="Close").click()
    await expect(sheet).to_be_hidden()
    await page.wait_for_function("!history.state.meydanStep")  # closed by hand it leaves nothing to go back to
    await page.go_back()
    await expect(page.get_by_role("heading", name="People")).to_be_visible()
