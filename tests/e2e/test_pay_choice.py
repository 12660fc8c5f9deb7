"""What stands beside the button that costs money: through whom, what renews, what is kept; and what is heard of it."""

import json
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, expect

from tests.commands.conftest import meydan
from tests.e2e.conftest import Person, Product, Visitors
from tests.e2e.looks import faults, sticks_out
from tests.e2e.steps import buy_coins, register
from tests.e2e.test_pages import open_page
from tests.e2e.test_wallet import wait_until_known

ACCOUNTS = {
    "stripe": 'secret_key = "sk_test_madeup"\nwebhook_secret = "whsec_madeup"\n',
    "iyzico": 'api_key = "made-up"\nsecret_key = "made-up"\nemail = "kasa@cayci.example"\n',
}


@pytest.fixture
async def guest(product: Product, visitor: Visitors, tmp_path: Path) -> Person:
    """In a community that sells through two companies; neither can be reached from here."""
    at = ("--data", str(product.data))
    meydan("tenant", "add", "cayci", "--name", "Çaycı", *at).check_returncode()
    for provider, account in ACCOUNTS.items():
        file = tmp_path / f"{provider}.toml"
        file.write_text(account)
        connect = ("payments", "connect", "cayci", provider, "--from", str(file), "--sandbox", "--no-check")
        meydan(*connect, *at).check_returncode()
    host = f"cayci.localhost:{product.url.rsplit(':', 1)[1]}"
    wait_until_known(product, host, "cayci")
    guest = await visitor(host=f"http://{host}")
    await register(guest, product, "demli")
    return guest


async def test_two_companies_are_a_choice_with_open_eyes(guest: Person):
    page = guest.page
    await open_page(page, "/wallet/buy")
    choice = page.get_by_role("radiogroup", name="Pay through")
    await expect(choice.get_by_role("radio", name="Stripe")).to_be_checked()
    await expect(page.get_by_text("You pay through Stripe. Your card is never seen here.")).to_be_visible()
    await choice.get_by_role("radio", name="iyzico").click()
    await expect(page.get_by_text("You pay through iyzico. Your card is never seen here.")).to_be_visible()
    assert await faults(page) == []
    assert not await sticks_out(page)

    await open_page(page, "/premium")
    await expect(page.get_by_role("radio", name="Stripe renewed by itself")).to_be_checked()
    await expect(page.get_by_text("₺149.99 now, and again every month until you cancel.")).to_be_visible()
    await page.get_by_role("radio", name="iyzico not renewed by itself").click()
    await expect(page.get_by_text("It is not renewed by itself")).to_be_visible()
    await expect(page.get_by_text("until you cancel")).to_have_count(0)
    assert await faults(page) == []

    # While the order is on its way nothing of it can be changed, and nobody has to wait for it here.
    await page.get_by_role("button", name="Pay ₺149.99", exact=True).click()
    await expect(page.get_by_role("button", name="Opening the pay page…")).to_be_visible()
    await expect(page.get_by_role("radio", name="One year")).to_be_disabled()
    await expect(page.get_by_role("radio", name="Stripe")).to_be_disabled()
    await page.get_by_role("status").get_by_role("link", name="Payments").click()
    await expect(page.get_by_role("list", name="Payments").get_by_role("listitem")).to_contain_text("waiting")


async def pays_later(page: Page) -> None:
    """The payment is shown as if it were not decided yet, until ``page.unroute_all``."""

    async def show(route: Route) -> None:
        answer = await route.fetch()
        body = {**await answer.json(), "status": "pending"}
        await route.fulfill(response=answer, body=json.dumps(body))

    await page.route(re.compile(r"/api/payments/[0-9a-f-]{36}(/check)?$"), show)


async def test_what_becomes_of_a_payment_is_heard_and_kept_on_paper(product: Product, visitor: Visitors):
    buyer = await visitor(dark=True)
    await register(buyer, product, "makbuzlu")
    page = buyer.page
    await pays_later(page)
    await buy_coins(buyer, "100")
    await expect(page.get_by_role("heading", name="We ask whether your payment has arrived")).to_be_visible()
    await expect(page.get_by_role("heading", name="Your order")).to_be_visible()
    await expect(page.get_by_role("button", name="Print")).to_have_count(0)
    region = await page.get_by_role("status").filter(has_text="We ask whether").element_handle()
    assert region
    await page.unroute_all(behavior="wait")
    await expect(page.get_by_role("heading", name="100 coins are yours")).to_be_visible()
    # Screen readers speak up only when what changes stands in a region that was there before.
    assert "100 coins are yours" in (await region.text_content() or "")

    await expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
    ink = "getComputedStyle(document.querySelector('h1')).color"
    by_night = await page.evaluate(ink)
    await page.emulate_media(media="print")
    assert await page.evaluate(ink) != by_night
    for name in ("Places", "To my wallet", "Print", "Back"):
        await expect(page.get_by_role("navigation", name=name)).to_have_count(0)
        await expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)
        await expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)


async def test_without_a_network_nothing_is_ordered_and_the_choice_is_kept(product: Product, visitor: Visitors):
    traveller = await visitor()
    await register(traveller, product, "yolcu")
    page = traveller.page
    await open_page(page, "/wallet/buy")
    await page.get_by_role("radio", name=re.compile("^550")).click()
    await traveller.context.set_offline(True)
    await page.get_by_role("button", name="Pay ₺249.99 for 550 coins").click()
    await expect(page.get_by_role("alert")).to_contain_text("We cannot reach the square just now")
    await traveller.context.set_offline(False)
    await page.get_by_role("button", name="Pay ₺249.99 for 550 coins").click()
    await expect(page).to_have_url(re.compile("/pay/local/"))
    # The browser's own way back: the page is as it was, and can be used.
    await page.go_back()
    await expect(page.get_by_role("button", name=re.compile("^Pay "))).to_be_enabled()
    await open_page(page, "/wallet/payments")
    await expect(page.get_by_role("list", name="Payments").get_by_role("listitem")).to_have_count(1)
