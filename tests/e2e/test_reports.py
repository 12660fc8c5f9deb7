"""Somebody is reported: they meet nobody new, read why on the square, and meet again once staff dismiss it."""

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from tests.commands.conftest import meydan
from tests.e2e.conftest import DESKTOP, Product, Visitors
from tests.e2e.steps import hears, meet, register, say
from tests.e2e.test_money import employ


def _set_limit(product: Product, reporters: int) -> None:
    key = "moderation.suspend_after_reporters"
    meydan("tenant", "set", "default", key, str(reporters), "--data", str(product.data)).check_returncode()


@pytest.fixture
def one_reporter_is_enough(product: Product) -> Iterator[None]:
    _set_limit(product, 1)
    yield
    _set_limit(product, 10)


@pytest.mark.usefixtures("one_reporter_is_enough")
async def test_reports_suspend_and_staff_let_meet_again(product: Product, visitor: Visitors) -> None:
    ada, ben, cem = await visitor(), await visitor(), await visitor()
    await register(ada, product, "ada-reports")
    product.move_clock(hours=8 * 24)  # an account of a week weighs fully
    await register(ben, product, "ben-reported")
    moderator = await visitor(viewport=DESKTOP)
    await register(moderator, product, "moderator")
    employ(product, moderator, "moderator")

    await meet(ada, ben)
    await say(ada, "hello")
    await hears(ben, "hello")
    await say(ben, "you are stupid")
    await hears(ada, "you are stupid")
    await ada.page.get_by_role("button", name="Report ben-reported").click()
    await ada.page.get_by_role("radio", name="Insults or harassment").check()
    await ada.page.get_by_label("In your words").fill("called me stupid")
    await ada.page.get_by_role("button", name="Send the report").click()
    await expect(ada.page.get_by_text("Your report is noted")).to_be_visible()

    await ben.page.goto("/")
    await expect(ben.page.get_by_text("You meet nobody new until")).to_be_visible()
    await expect(ben.page.get_by_role("button", name="Meet someone")).to_have_count(0)
    await ben.page.get_by_role("link", name="Back to the talk").click()
    await say(ben, "I can still talk")
    await hears(ada, "I can still talk")
    await ben.page.goto("/notifications")
    await expect(ben.page.get_by_text("You meet nobody new until")).to_be_visible()

    staff = moderator.page
    await staff.goto("/notifications")
    await staff.get_by_role("link", name="Reports are waiting for you").click()
    case = staff.get_by_role("listitem").filter(has=staff.get_by_role("button", name="Dismiss the reports"))
    await expect(case).to_contain_text("called me stupid")
    await expect(case).to_contain_text(re.compile("ben-reported.*1 person reported · weight 1 of 1", re.DOTALL))
    await expect(case).not_to_contain_text("ada-reports")
    await ben.page.goto("/")
    await case.get_by_role("button", name="Dismiss the reports").click()
    await staff.get_by_label("Why").fill("an argument, no more")
    await staff.get_by_role("button", name="Dismiss them").dblclick()
    await expect(staff.get_by_text("Nobody is suspended")).to_be_visible()
    await staff.get_by_role("radio", name="Decided").click()
    await expect(staff.get_by_text("an argument, no more")).to_be_visible()
    await staff.goto("/staff")
    await expect(staff.get_by_text("These pages are for those who run this square")).to_be_visible()

    await expect(ben.page.get_by_text("You meet nobody new until")).to_have_count(0)  # without a reload
    await ben.page.get_by_role("link", name="Back to the talk").click()
    await ben.page.get_by_role("button", name="Leave the talk").click()
    await ben.page.get_by_role("button", name="Leave", exact=True).click()
    await register(cem, product, "cem-newcomer")
    await meet(ben, cem)
