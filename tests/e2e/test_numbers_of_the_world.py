"""Numbers as the world writes them, on the pages: phones of another country, prices in another money."""

import asyncpg
import pytest
from playwright.async_api import expect

from meydan.config import load_settings
from tests.commands.conftest import meydan
from tests.e2e.conftest import Product, Visitors
from tests.e2e.test_money import owner_of

pytestmark = pytest.mark.slow


async def test_a_number_without_a_country_code_is_of_the_communitys_country(product: Product, visitor: Visitors):
    data = ("--data", str(product.data))
    meydan("tenant", "add", "karachi", "--name", "Karachi", "--timezone", "Asia/Karachi", *data).check_returncode()
    meydan("tenant", "set", "karachi", "accounts.default_region", "PK", *data).check_returncode()
    somebody = await visitor()
    page = somebody.page
    await page.goto("/join?community=karachi")
    await expect(page.get_by_text("this country: Pakistan")).to_be_visible()
    await page.get_by_label("Phone number").fill("\u202a０332 765\u00a04321\u202c")
    await page.get_by_role("button", name="Send the code").click()
    await expect(page.get_by_text("+923327654321")).to_be_visible()
    await page.get_by_label("Code", exact=True).fill(product.code_sent_to("+923327654321"))
    await expect(page.get_by_role("heading", name="How you are known here")).to_be_visible()


async def test_a_typed_price_in_forint_is_what_it_says(product: Product, visitor: Visitors):
    owner = await owner_of(product, visitor, "owner-forint")
    connection = await asyncpg.connect(load_settings(product.data).database.owner_url)
    try:
        await connection.execute(
            "insert into app.coin_packages (tenant_id, coins, price, currency, active, position)"
            " select id, 777, 250000, 'HUF', false, 90 from app.tenants where slug = 'default'"
        )
        page = owner.page
        await page.goto("/staff/shop")
        await expect(page.get_by_text("Ft 2,500.00")).to_be_visible()
        await page.get_by_role("button", name="Change 777 coins").click()
        price = page.get_by_role("dialog").get_by_label("Price (HUF)")
        await expect(price).to_have_value("2,500.00")
        await price.fill("1990")
        await page.get_by_role("dialog").get_by_role("button", name="Save").click()
        await expect(page.get_by_text("Ft 1,990.00")).to_be_visible()
        assert await connection.fetchval("select price from app.coin_packages where coins = 777") == 199_000
    finally:
        await connection.execute("delete from app.coin_packages where coins = 777")
        await connection.close()
