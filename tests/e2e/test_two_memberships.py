"""Two tabs, two plans, both paid: one membership, the other's money back, and words for it."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import Person, Product, Visitors
from tests.e2e.looks import faults, sticks_out
from tests.e2e.steps import pay_there, register
from tests.waiting import PATIENCE

PAY_PAGE = re.compile(r"/pay/local/")


async def open_pay_page(page: Page, plan: str) -> str:
    """Its address; nothing is paid yet."""
    await page.goto("/premium")
    await page.get_by_role("radio", name=re.compile(plan)).click()
    await page.get_by_role("button", name=re.compile("^Pay ")).click()
    await page.wait_for_url(PAY_PAGE)
    return page.url


async def seen(person: Person, look: Callable[[Page], Awaitable[None]]) -> None:
    await look(person.page)
    assert await faults(person.page) == []
    assert not await sticks_out(person.page)


@pytest.mark.slow
async def test_two_pages_that_are_both_paid_are_one_membership(product: Product, visitor: Visitors) -> None:
    member = await visitor()
    await register(member, product, "twotabs")
    page = member.page
    month = await open_pay_page(page, "One month")
    assert await open_pay_page(page, "One month") == month, "the same order while its page is open"
    year = await open_pay_page(page, "One year")
    assert year != month
    await pay_there(member)
    await expect(page.get_by_role("heading", name="You are a member now")).to_be_visible()
    await page.goto(month)
    await pay_there(member)

    async def goes_back(page: Page) -> None:
        await expect(page.get_by_role("main")).to_contain_text(
            re.compile("It was a second payment for one membership|You have a membership already")
        )
        went_back = page.get_by_role("heading", name=re.compile("went back to you"))
        await expect(went_back).to_be_visible(timeout=PATIENCE * 1000)

    await seen(member, goes_back)
    await page.goto("/notifications")
    await expect(page.get_by_text("You paid for a membership twice")).to_be_visible()
    await page.goto("/premium")
    await expect(page.get_by_test_id("membership")).to_have_text("You are a member")
    await expect(page.get_by_role("main")).to_contain_text("One year")
    await page.get_by_role("button", name="Cancel premium").click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel premium").click()

    async def another_plan(page: Page) -> None:
        await expect(page.get_by_role("heading", name="Choose another plan")).to_be_visible()
        await expect(page.get_by_role("main")).to_contain_text("It starts at once")

    await seen(member, another_plan)
