"""What comes after a purchase: refunds, disputes, renewals, doubts, and those who run the community looking at all of it."""

import csv
import re
import sqlite3
from contextlib import closing

import pytest
from playwright.async_api import Page, expect

from tests.commands.conftest import meydan
from tests.e2e.conftest import DESKTOP, Person, Product, Visitors
from tests.e2e.looks import faults, sticks_out
from tests.e2e.steps import buy_coins, pay_there, register
from tests.e2e.test_pages import walk_to

STAFF_PAGES = [
    "/staff",
    "/staff/payments",
    "/staff/transactions",
    "/staff/people",
    "/staff/reports",
    "/staff/fraud",
    "/staff/fraud/rules",
    "/staff/reconciliation",
    "/staff/shop",
    "/staff/legal",
    "/staff/team",
]


async def owner_of(product: Product, visitor: Visitors, alias: str) -> Person:
    owner = await visitor(viewport=DESKTOP)
    await register(owner, product, alias)
    employ(product, owner, "owner")
    await owner.page.goto("/me")
    await owner.page.get_by_role("link", name="Running the square").click()
    await expect(owner.page.get_by_role("heading", name="Revenue")).to_be_visible()
    return owner


def employ(product: Product, person: Person, role: str) -> None:
    meydan("tenant", "staff", "default", person.phone, "--role", role, "--data", str(product.data)).check_returncode()


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
    await page.get_by_role("row").filter(has_text="spender").get_by_role("link").first.click()
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
    page = owner.page
    await page.get_by_role("navigation", name="Running the square").get_by_role("link", name="Fraud").click()
    await page.get_by_role("link", name="The rules").click()
    rule = (
        page.get_by_role("main")
        .locator("form > div")
        .filter(has=page.get_by_role("heading", name="A large purchase from a new device"))
    )
    await rule.get_by_label("Large from: TRY").fill("900")
    await rule.get_by_label("Points").fill("7000")
    await page.get_by_role("button", name="Save").click()
    await expect(rule).to_contain_text("Write a whole number from 0 to 1,000.")
    await rule.get_by_label("Points").fill("70")
    await expect(rule).to_contain_text("By itself: it waits until you decide.")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("The rules have been changed.")).to_be_visible()
    try:
        buyer = await visitor(viewport=DESKTOP)
        await register(buyer, product, "newcomer")
        employ(product, buyer, "admin")  # of the staff, and not above the rules
        await buy_coins(buyer, "2,600")
        await expect(buyer.page.get_by_text("Paid. We take a look before you get it")).to_be_visible()
        await buyer.page.goto("/staff/fraud")
        case = buyer.page.get_by_role("main").get_by_role("listitem").filter(has_text="newcomer").first
        await expect(case).to_contain_text("Somebody else who runs this square decides.")
        await expect(case.get_by_role("button")).to_have_count(0)
        await page.get_by_role("link", name="Doubtful purchases").click()
        case = page.get_by_role("main").get_by_role("listitem").filter(has_text="newcomer").first
        await expect(case).to_contain_text("A large purchase from a new device")
        assert await faults(page) == []
        await case.get_by_role("button", name="Let it through").click()
        await page.get_by_role("dialog").get_by_label("Why").fill("They wrote to us")
        await page.get_by_role("dialog").get_by_role("button", name="Let it through").click()
        await expect(page.get_by_text("Decided.")).to_be_visible()
        await has_coins(buyer, "2,600")
    finally:
        for key, usual in ("new_device_points", "30"), ("large_purchase", '{"TRY": 200000, "*": 5000}'):
            meydan("tenant", "set", "default", f"fraud.{key}", usual, "--data", str(product.data)).check_returncode()


@pytest.mark.slow
async def test_a_wrong_amount_is_given_anyway_and_coins_are_moved_by_hand(product: Product, visitor: Visitors) -> None:
    owner = await owner_of(product, visitor, "owner-hands")
    buyer = await visitor()
    await register(buyer, product, "shortchanged")
    await buyer.page.goto("/wallet/buy")
    await buyer.page.get_by_role("radio", name=re.compile(r"^100\b")).click()
    await buyer.page.get_by_role("button", name=re.compile("^Pay ")).click()
    await expect(buyer.page).to_have_url(re.compile("/pay/local/"))
    with closing(sqlite3.connect(product.data / "pay.sqlite3", isolation_level=None)) as books:
        books.execute(
            "update objects set body = cast(json_set(body, '$.order.amount', 1000) as blob) where id = ?",
            (buyer.page.url.rsplit("/", 1)[1],),
        )
    await buyer.page.reload()
    await pay_there(buyer)
    await expect(buyer.page.get_by_text("Paid. We take a look before you get it")).to_be_visible()

    page = owner.page
    await page.goto("/staff/payments")
    await page.get_by_role("row").filter(has_text="shortchanged").get_by_role("link").first.click()
    await expect(page.get_by_role("main")).to_contain_text("A different amount arrived")
    await expect(page.get_by_role("button", name="Refund", exact=True)).to_be_visible()
    assert await faults(page) == []
    await page.get_by_role("button", name="Give it anyway").click()
    sheet = page.get_by_role("dialog")
    await sheet.get_by_label("Why").fill("The price was ours to get right")
    await sheet.get_by_role("button", name="Give it anyway").click()
    await expect(page.get_by_role("main")).to_contain_text("The price was ours to get right")
    await has_coins(buyer, "100")

    await page.get_by_role("main").get_by_role("link", name=re.compile("^shortchanged")).click()
    await expect(page.get_by_role("heading", name="One member's money")).to_be_visible()
    for direction, coins in ("Give", "50"), ("Take", "20"):
        await page.get_by_role("button", name="Give or take coins").click()
        await sheet.get_by_role("radio", name=direction).click()
        await sheet.get_by_label("How many coins").fill(coins)
        await sheet.get_by_label("Why").fill(f"{direction} and be glad")
        await sheet.get_by_role("button", name=f"{direction} coins").click()
        await expect(sheet).to_be_hidden()
    await has_coins(buyer, "130")
    await page.get_by_role("button", name="Freeze the wallet").click()
    await sheet.get_by_label("Why").fill("Please write to us")
    await sheet.get_by_role("button", name="Freeze the wallet").click()
    await expect(page.get_by_text("This wallet is frozen")).to_be_visible()
    assert await faults(page) == []
    await buyer.page.goto("/wallet")
    await expect(buyer.page.get_by_role("main")).to_contain_text("Please write to us")
    await page.get_by_role("link", name="Find somebody else").click()
    await page.get_by_label("Name").fill("SHORTCH")
    await page.get_by_role("main").get_by_role("link", name=re.compile("^shortchanged")).click()
    await page.get_by_role("button", name="Thaw the wallet").click()
    await expect(page.get_by_text("This wallet is frozen")).to_be_hidden()
    await buyer.page.goto("/wallet/history")
    await expect(buyer.page.get_by_role("main")).to_contain_text("Take and be glad")
    await page.set_viewport_size({"width": 360, "height": 740})
    assert not await sticks_out(page)


async def find_and_take_payments(page: Page) -> None:
    """Narrows and sorts the list of payments, goes back, and saves what is listed as a file."""
    await page.goto("/staff/payments?sort=nonsense&from=2026-02-30&status=toString")
    buyer = page.get_by_role("row").filter(has_text="customer")
    await expect(buyer).to_be_visible()
    await page.get_by_role("button", name="Today").click()
    await expect(page).to_have_url(re.compile("from=.*until="))
    amount = page.get_by_role("columnheader", name="Amount")
    await amount.get_by_role("button").click()
    await expect(amount).to_have_attribute("aria-sort", "descending")
    await page.get_by_label("State").select_option("failed")
    await expect(buyer).to_be_hidden()
    await page.go_back()
    await expect(buyer).to_be_visible()
    await expect(amount).to_have_attribute("aria-sort", "descending")
    await page.reload()
    await expect(page.get_by_role("button", name="Today")).to_have_attribute("aria-pressed", "true")
    await page.get_by_label("Name", exact=True).fill("CUST")
    await expect(page).to_have_url(re.compile("name=CUST"))
    await expect(buyer).to_be_visible()
    async with page.expect_download() as saving:
        await page.get_by_role("button", name="Save as a file").click()
    saved = await saving.value
    assert re.fullmatch(r"payments-\d{4}-\d\d-\d\d\.csv", saved.suggested_filename)
    [line] = csv.DictReader((await saved.path()).read_text("utf-8-sig").splitlines())
    assert (line["alias"], line["coins"], line["status"]) == ("customer", "100", "paid")


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
        await page.get_by_role("dialog").get_by_label("Bonus coins").fill(bonus)
        await page.get_by_role("dialog").get_by_role("button", name="Save").click()
        await expect(page.get_by_text("Saved.")).to_be_visible()
        await buyer.page.goto("/wallet/buy")
        await expect(buyer.page.get_by_role("radio", name=re.compile(f"^{shown}\\b"))).to_be_visible()

    await find_and_take_payments(page)
    for path in STAFF_PAGES:
        await walk_to(page, path)
        assert await faults(page) == [], path
    await page.set_viewport_size({"width": 360, "height": 740})
    for path in STAFF_PAGES:
        await walk_to(page, path)
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
