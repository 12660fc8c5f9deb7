"""Those who run the square say who they are and write its terms; whoever registers afterwards has them beside the form."""

import re

from playwright.async_api import expect

from tests.e2e.conftest import Product, Visitors
from tests.e2e.steps import register
from tests.e2e.test_money import employ


async def test_terms_are_published_and_stand_beside_the_form(product: Product, visitor: Visitors) -> None:
    admin, guest = await visitor(), await visitor()
    await register(admin, product, "kural")
    employ(product, admin, "admin")
    page = admin.page
    await page.goto("/staff/legal")
    await expect(page.get_by_text("People cannot see yet who runs this community")).to_be_visible()
    await page.get_by_label("Name of the person or company").fill("Kedi Ltd.")
    await page.get_by_label("E-mail address or page").fill("kedi@example.org")
    await page.get_by_role("button", name="Save").click()
    preview = page.get_by_role("region", name="As people see it")
    await expect(preview.get_by_text("Kedi Ltd.")).to_be_visible()
    written = "## Be kind\n\nNothing else. <b onclick='alert(1)'>Really.</b> ![](https://evil.example/eye.png)"
    await page.get_by_label("Text", exact=True).fill(written)
    await expect(preview.get_by_role("heading", name="Be kind")).to_be_visible()
    await page.get_by_role("button", name="Publish").dblclick()
    await expect(page.get_by_text(re.compile(r"Version \d+, by kural"))).to_be_visible()

    await guest.page.goto("/")
    await guest.page.get_by_role("link", name="Terms of use").click()
    await expect(guest.page.get_by_text(re.compile(r"Version \d+, "))).to_be_visible()
    await expect(guest.page.get_by_role("heading", name="Be kind")).to_be_visible()
    await expect(guest.page.get_by_text("<b onclick='alert(1)'>Really.</b>")).to_be_visible()
    assert await guest.page.locator("main img, main [onclick]").count() == 0
    await guest.page.goto("/join")
    await guest.page.get_by_role("radio", name="User name").click()
    await guest.page.get_by_label("User name", exact=True).fill("kuralli")
    await guest.page.get_by_role("button", name="Continue").click()
    async with guest.context.expect_page() as opened:
        await guest.page.get_by_role("link", name="privacy notice").click()
    notice = await opened.value
    await expect(notice.get_by_text("kedi@example.org")).to_be_visible()
