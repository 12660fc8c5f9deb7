"""What comes after a purchase: refunds, disputes, renewals, doubts, and those who run the community looking at all of it."""

import re

import pytest
from playwright.async_api import expect

from tests.commands.conftest import meydan
from tests.e2e.conftest import DESKTOP, Person, Product, Visitors
from tests.e2e.steps import buy_coins, pay_there, register
from tests.e2e.test_pages import faults, sticks_out

STAFF_PAGES = [
    "/staff",
    "/staff/payments",
    "/staff/transactions",
    "/staff/fraud",
    "/staff/reconciliation",
    "/staff/shop",
]


async def owner_of(product: Product, visitor: Visitors, alias: str) -> Person:
    owner = await visitor(viewport=DESKTOP)
    await register(owner, product, alias)
    meydan("tenant", "staff", "default", owner.phone, "--role", "owner", "--data", str(product.data)).check_returncode()
    await owner.page.goto("/me")
    await owner.page.get_by_role("link", name="Running the square").click()
    await expect(owner.page.get_by_role("heading", name="Revenue")).to_be_visible()
    return owner


async def has_coins(person: Person, coins: str) -> None:
    await person.page.goto("/wallet")
    await expect(person.page.get_by_role("main")).to_contain_text(re.compile(rf"Your coins\D*{coins}(?!\d)"))


async def at_the_provider(person: Person, button: str) -> None:
    """The newest row of the provider's own books that has this button."""
    page = await person.context.new_page()
    await page.goto("/pay/local")
    await page.get_by_role("button", name=button, exact=True).first.click()
    await page.wait_for_load_state()
    await page.close()


@pytest.mark.slow
async def test_a_refund_takes_back_what_was_bought_and_the_rest_is_owed(product: Product, visitor: Visitors) -> None:
    owner = await owner_of(product, visitor, "owner-refund")
    buyer = await visitor()
    await register(buyer, product, "spender")
    await buy_coins(buyer, "550")
    await expect(buyer.page.get_by_role("heading", name=re.compile("550"))).to_be_visible()

    await buyer.page.goto("/premium")
    await buyer.page.get_by_role("radio", name="Coins", exact=True).click()
    await buyer.page.get_by_role("button", name=re.compile("^Pay 450 coins")).click()
    await expect(buyer.page.get_by_text("You are a member now.")).to_be_visible()
    await has_coins(buyer, "100")

    page = owner.page
    await page.get_by_role("navigation", name="Running the square").get_by_role("link", name="Payments").click()
    await page.get_by_role("row").filter(has_text="spender").get_by_role("link").click()
    await page.get_by_role("button", name="Refund", exact=True).click()
    sheet = page.get_by_role("dialog")
    await sheet.get_by_role("button", name="Refund").click()
    await expect(sheet.get_by_text("Write a few words")).to_be_visible()
    await sheet.get_by_label("Why").fill("Bought by mistake")
    await sheet.get_by_role("button", name="Refund").click()
    await expect(page.get_by_text("The provider is being asked.").first).to_be_visible()
    await expect(page.get_by_role("main")).to_contain_text("450 owed")

    await buyer.page.goto("/wallet")
    await expect(buyer.page.get_by_role("main")).to_contain_text("450")
    assert await faults(buyer.page) == []
    await buyer.page.goto("/notifications")
    await expect(buyer.page.get_by_role("main")).to_contain_text("450")


@pytest.mark.slow
async def test_a_dispute_takes_back_at_once_and_winning_it_gives_back(product: Product, visitor: Visitors) -> None:
    buyer = await visitor()
    await register(buyer, product, "disputer")
    await buy_coins(buyer, "1,200")
    await expect(buyer.page.get_by_role("heading", name=re.compile("1,200"))).to_be_visible()
    receipt = buyer.page.url
    await at_the_provider(buyer, "Dispute")
    await expect(buyer.page.get_by_text("Your bank is asked to take this payment back")).to_be_visible()
    await has_coins(buyer, "0")
    await at_the_provider(buyer, "Dispute won")
    await has_coins(buyer, "1,200")
    await buyer.page.goto(receipt)
    await expect(buyer.page.get_by_role("heading", name=re.compile("1,200"))).to_be_visible()


@pytest.mark.slow
async def test_a_membership_renews_fails_to_and_is_kept_for_the_days_of_grace(
    product: Product, visitor: Visitors
) -> None:
    member = await visitor()
    await register(member, product, "member")
    page = member.page
    await page.goto("/premium")
    await page.get_by_role("button", name=re.compile("^Pay ")).click()
    await pay_there(member)
    await page.goto("/wallet/payments")
    await expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(1)
    await at_the_provider(member, "Renew now")
    await expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(2)
    await at_the_provider(member, "Fail the renewal")
    await page.goto("/notifications")
    await expect(page.get_by_role("main")).to_contain_text(re.compile("grace|renew", re.IGNORECASE))
    await page.goto("/premium")
    await expect(page.get_by_role("main")).to_contain_text("could not be renewed")


@pytest.mark.slow
async def test_a_doubtful_purchase_waits_until_staff_let_it_through(product: Product, visitor: Visitors) -> None:
    owner = await owner_of(product, visitor, "owner-doubt")
    meydan(
        "tenant", "set", "default", "fraud.large_purchase", '{"TRY": 90000}', "--data", str(product.data)
    ).check_returncode()
    meydan("tenant", "set", "default", "fraud.new_device_points", "70", "--data", str(product.data)).check_returncode()
    try:
        buyer = await visitor()
        await register(buyer, product, "newcomer")
        await buy_coins(buyer, "2,600")
        await expect(buyer.page.get_by_text("Paid. We take a look before we hand it over")).to_be_visible()
        page = owner.page
        await page.get_by_role("navigation", name="Running the square").get_by_role("link", name="Fraud").click()
        case = page.get_by_role("main").get_by_role("listitem").filter(has_text="newcomer").first
        await expect(case).to_contain_text("A large purchase from a new device")
        assert await faults(page) == []
        await case.get_by_role("button", name="Let it through").click()
        await page.get_by_role("dialog").get_by_label("Why").fill("They wrote to us")
        await page.get_by_role("dialog").get_by_role("button", name="Let it through").click()
        await expect(page.get_by_text("Decided.")).to_be_visible()
        await has_coins(buyer, "2,600")
    finally:
        meydan(
            "tenant", "set", "default", "fraud.new_device_points", "30", "--data", str(product.data)
        ).check_returncode()


@pytest.mark.slow
async def test_those_who_run_the_square_see_the_books(product: Product, visitor: Visitors) -> None:
    owner = await owner_of(product, visitor, "owner-books")
    page = owner.page
    buyer = await visitor()
    await register(buyer, product, "customer")
    await buy_coins(buyer, "100")
    await expect(buyer.page.get_by_role("heading", name=re.compile("100"))).to_be_visible()

    await page.goto("/staff/reconciliation")
    await page.get_by_role("button", name="Compare now").click()
    await expect(page.get_by_role("table", name="Comparisons")).to_contain_text("everything was compared")
    await expect(page.get_by_text("Nothing differs")).to_be_visible()

    for bonus, shown in ("5", "105"), ("0", "100"):
        await page.goto("/staff/shop")
        await page.get_by_role("button", name="Change 100 coins").click()
        await page.get_by_role("dialog").get_by_label("Coins on top").fill(bonus)
        await page.get_by_role("dialog").get_by_role("button", name="Save").click()
        await expect(page.get_by_text("Saved.")).to_be_visible()
        await buyer.page.goto("/wallet/buy")
        await expect(buyer.page.get_by_role("radio", name=re.compile(f"^{shown}\\b"))).to_be_visible()

    for path in STAFF_PAGES:
        await page.goto(path)
        await expect(
            page.get_by_role("main").get_by_role("table").or_(page.get_by_text("Nothing")).first
        ).to_be_attached()
        assert await faults(page) == [], path
    await page.set_viewport_size({"width": 360, "height": 740})
    for path in STAFF_PAGES:
        await page.goto(path)
        await expect(page.get_by_role("navigation", name="Running the square")).to_be_visible()
        assert not await sticks_out(page), path


async def test_members_find_no_door_to_the_books(product: Product, visitor: Visitors) -> None:
    member = await visitor()
    await register(member, product, "curious")
    await member.page.goto("/me")
    await expect(member.page.get_by_role("main").get_by_role("link", name="Wallet")).to_be_visible()
    await expect(member.page.get_by_role("link", name="Running the square")).to_have_count(0)
    await member.page.goto("/staff/payments")
    await expect(member.page.get_by_text("These pages are for those who run this square")).to_be_visible()
