"""Somebody's coins, as they meet them: earned, bought, given, spent, and a membership that is left as easily as taken."""

import re

import httpx
from playwright.async_api import Page, Request, Route, expect

from tests.commands.conftest import meydan
from tests.e2e.conftest import DESKTOP, Product, Visitors
from tests.e2e.looks import faults, sticks_out
from tests.e2e.steps import buy_coins, give, hears, meet, pay_there, register, say
from tests.e2e.test_pages import open_page
from tests.waiting import PATIENCE, until, wait_until


async def shows_balance(page: Page, coins: str) -> None:
    await expect(page.get_by_test_id("balance")).to_have_text(coins)


async def movements(page: Page) -> list[str]:
    await open_page(page, "/wallet/history")
    rows = page.get_by_role("list", name="Movements").get_by_role("listitem")
    await expect(rows.first).to_be_visible()
    return await rows.all_inner_texts()


async def test_coins_are_earned_bought_and_given(product: Product, visitor: Visitors):
    ayse, mehmet = await visitor(), await visitor(viewport=DESKTOP, dark=True)
    await register(ayse, product, "comert")
    await register(mehmet, product, "misafir")
    page = ayse.page

    # What the day gives, once; the other tab knows at once.
    other_tab = await ayse.context.new_page()
    await open_page(other_tab, "/wallet")
    await shows_balance(other_tab, "0")
    await open_page(page, "/wallet")
    await page.get_by_role("button", name="Collect").dblclick()
    await expect(page.get_by_text("You have today's.")).to_be_visible()
    await shows_balance(page, "5")
    await shows_balance(other_tab, "5")
    await expect(other_tab.get_by_role("button", name="Collect")).to_have_count(0)

    # Money: to the pay page and back.
    await page.get_by_role("link", name="Buy coins").click()
    await expect(page.get_by_text("Your card is never seen here.")).to_be_visible()
    await buy_coins(ayse, "100")
    await expect(page.get_by_role("heading", name="100 coins are yours")).to_be_visible()
    await shows_balance(other_tab, "105")
    await page.reload()
    await expect(page.get_by_role("heading", name="100 coins are yours")).to_be_visible()
    await page.get_by_role("link", name="To my wallet").click()
    await shows_balance(page, "105")

    # A gift in the talk: it stands between the words, and the other sees it come.
    await meet(ayse, mehmet)
    await say(ayse, "İyi akşamlar")
    await hears(mehmet, "İyi akşamlar")
    await give(ayse, "Tulip", 3, "Yoldan topladım")
    for one, words in ((ayse, "You gave misafir"), (mehmet, "comert gave you")):
        said = one.page.get_by_label("What was said")
        await expect(said.get_by_text(words)).to_be_visible()
        await expect(said.get_by_text("Tulip × 3")).to_be_visible()
        await expect(said.get_by_text("Yoldan topladım")).to_be_visible()
    # Who does not see it hears it once, as it comes, and not again.
    heard = mehmet.page.get_by_text("comert gave you: Tulip × 3")
    await expect(heard).to_have_count(1)
    assert await faults(mehmet.page) == []
    await mehmet.page.reload()
    await expect(mehmet.page.get_by_label("What was said").get_by_text("comert gave you")).to_be_visible()
    await expect(heard).to_have_count(0)

    # 45 are left: a lantern is too much, and the page says by how much and where to go.
    await page.get_by_role("button", name="Give something").click()
    sheet = page.get_by_role("dialog", name="A gift for misafir")
    await expect(sheet.get_by_text("40 coins remain afterwards.")).to_be_visible()
    await sheet.get_by_role("radio", name=re.compile("^Lantern")).click()
    await expect(sheet.get_by_text("30 coins are missing")).to_be_visible()
    await expect(sheet.get_by_role("button", name=re.compile("^Give it"))).to_have_count(0)
    assert await faults(page) == []
    await sheet.get_by_role("link", name="Buy coins").click()
    await expect(page.get_by_role("heading", name="Buy coins")).to_be_visible()

    # Every coin has its reason.
    gift, purchase, daily = await movements(page)
    assert "Gift for misafir" in gift
    assert "-60" in gift
    assert "Coins bought" in purchase
    assert "+100" in purchase
    assert "Coins of the day" in daily
    assert "+5" in daily
    await open_page(page, "/wallet/gifts/given")
    await expect(page.get_by_role("list", name="Gifts I gave").get_by_text("misafir")).to_be_visible()

    # The receiver's share is earned, and becomes coins when they want it to.
    await open_page(mehmet.page, "/notifications")
    await mehmet.page.get_by_role("link", name="You got a gift: Tulip × 3").click()
    await expect(mehmet.page.get_by_role("list", name="Gifts I got").get_by_text("comert")).to_be_visible()
    await open_page(mehmet.page, "/wallet")
    await expect(mehmet.page.get_by_role("heading", name="Earned: 30 coins")).to_be_visible()
    # First it waits, as long as the community says: the coins behind it may still be taken back.
    await expect(
        mehmet.page.get_by_role("listitem").filter(has_text=re.compile(r"30 coins\s+on \w+ \d+, \d{4}"))
    ).to_be_visible()
    await expect(mehmet.page.get_by_role("button", name="Turn into coins")).to_have_count(0)
    at = ("--data", str(product.data))
    meydan("tenant", "set", "default", "wallet.earnings_holding_days", "0", *at).check_returncode()
    await mehmet.page.reload()
    await mehmet.page.get_by_role("button", name="Turn into coins").click()
    await mehmet.page.get_by_label("How many").fill("31")
    await expect(mehmet.page.get_by_text("A whole number from 1 to 30.")).to_be_visible()
    await mehmet.page.get_by_label("How many").fill("20")
    await mehmet.page.get_by_role("button", name="Get 20 coins").click()
    await shows_balance(mehmet.page, "20")
    await expect(mehmet.page.get_by_role("heading", name="Earned: 10 coins")).to_be_visible()
    turned, received = await movements(mehmet.page)
    assert "+20" in turned
    assert "20 of what you had earned" in turned
    assert "Gift from comert" in received
    assert "+30" in received
    meydan("tenant", "set", "default", "wallet.earnings_holding_days", "7", *at).check_returncode()


async def lose_the_answer(route: Route) -> None:
    await route.fetch()
    await route.abort()


async def test_a_purchase_is_made_once_however_hastily(product: Product, visitor: Visitors):
    hasty = await visitor()
    await register(hasty, product, "telasli")
    page = hasty.page
    keys: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/api/coins/purchase"):
            keys.append(request.headers["idempotency-key"])

    page.on("request", note)
    await open_page(page, "/wallet/buy")
    # The answer is lost on its way; the order is there. Trying again is the same order.
    await page.route("**/api/coins/purchase", lose_the_answer, times=1)
    await page.get_by_role("button", name=re.compile("^Pay ")).click()
    await expect(page.get_by_role("alert")).to_contain_text("We cannot reach the square just now")
    await page.get_by_role("button", name=re.compile("^Pay ")).dblclick()
    await expect(page).to_have_url(re.compile("/pay/local/"))
    assert len(keys) == 2
    assert len(set(keys)) == 1

    # Whoever turns back has bought nothing, and is told so.
    await page.get_by_role("button", name="Cancel and go back").click()
    await expect(page.get_by_role("heading", name=re.compile("did not go through|was left"))).to_be_visible()
    await page.get_by_role("link", name="Choose again").click()
    await page.get_by_role("button", name=re.compile("^Pay ")).click()
    await expect(page).to_have_url(re.compile("/pay/local/"))
    await page.get_by_label("Card number").fill("4000000000000002")
    await page.get_by_role("button", name=re.compile("^Pay ")).click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_role("button", name="Cancel and go back").click()
    await expect(page.get_by_role("heading", name="The payment did not go through")).to_be_visible()
    await open_page(page, "/wallet/payments")
    await expect(page.get_by_role("list", name="Payments").get_by_role("listitem")).to_have_count(2)
    await open_page(page, "/wallet")
    await shows_balance(page, "0")


async def test_a_membership_is_left_as_easily_as_taken(product: Product, visitor: Visitors):
    member = await visitor()
    await register(member, product, "uye")
    page = member.page
    await expect(page.get_by_text(re.compile(r"\b10\b.*of 10"))).to_be_visible()

    await open_page(page, "/premium")
    await expect(page.get_by_text("Up to 50 meetings a day")).to_be_visible()
    await expect(page.get_by_text("not here yet")).to_have_count(2)
    await page.get_by_role("radio", name="Coins", exact=True).click()
    await expect(page.get_by_text("450 coins are missing")).to_be_visible()
    await page.get_by_role("radio", name="Money", exact=True).click()
    await page.get_by_role("button", name="Pay ₺149.99 a month").click()
    await pay_there(member)
    await expect(page.get_by_role("heading", name="You are a member now")).to_be_visible()
    await open_page(page, "/")
    await expect(page.get_by_text(re.compile(r"\b50\b.*of 50"))).to_be_visible()

    await open_page(page, "/premium")
    await expect(page.get_by_test_id("membership")).to_have_text("You are a member")
    await expect(page.get_by_text(re.compile("It renews on .*, until you cancel."))).to_be_visible()
    assert await faults(page) == []
    await page.get_by_role("button", name="Cancel premium").click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel premium").click()
    await expect(page.get_by_test_id("membership")).to_contain_text("Cancelled: it stays until")
    assert await faults(page) == []
    await page.reload()
    await expect(page.get_by_test_id("membership")).to_contain_text("Cancelled: it stays until")
    await open_page(page, "/")
    await expect(page.get_by_text(re.compile(r"\b50\b.*of 50"))).to_be_visible()
    await open_page(page, "/premium")
    await page.get_by_role("button", name="Undo the cancellation").click()
    await expect(page.get_by_test_id("membership")).to_have_text("You are a member")


def wait_until_known(product: Product, host: str, slug: str) -> None:
    """A new community's address is known within seconds."""

    def is_known() -> bool:
        answer = httpx.get(f"{product.url}/api/config", headers={"Host": host}, timeout=PATIENCE)
        return bool(answer.json()["tenant"]["slug"] == slug)

    wait_until(is_known)


async def test_one_more_meeting_when_the_lamps_are_out(product: Product, visitor: Visitors):
    """In a community of its own, where a day allows no meeting at all."""
    at = ("--data", str(product.data))
    meydan("tenant", "add", "kahve", "--name", "Kahve", *at).check_returncode()
    host = f"kahve.localhost:{product.url.rsplit(':', 1)[1]}"
    wait_until_known(product, host, "kahve")
    guest = await visitor(host=f"http://{host}")
    await register(guest, product, "gececi")
    page = guest.page
    meydan("tenant", "set", "kahve", "meeting.matches_per_day", "0", *at).check_returncode()

    async def it_holds() -> bool:
        await open_page(page, "/")
        return await page.get_by_text("The lamps are out for today").count() > 0

    await until(it_holds, every=0.5)
    await expect(page.get_by_text("One more meeting costs 10 coins; you have 0 coins.")).to_be_visible()
    await expect(page.get_by_role("link", name="Members have 50 meetings a day")).to_be_visible()
    assert await faults(page) == []
    assert not await sticks_out(page)

    await buy_coins(guest, "100")
    await expect(page.get_by_role("heading", name="100 coins are yours")).to_be_visible()
    await open_page(page, "/")
    await page.get_by_role("button", name="Meet one more for 10 coins").dblclick()
    await expect(page.get_by_text("One more lamp is lit.")).to_be_visible()
    await expect(page.get_by_role("button", name="Meet someone")).to_be_visible()
    await expect(page.get_by_text(re.compile(r"\b1\b.*left"))).to_be_visible()
    spent, purchase = await movements(page)
    assert "One more meeting" in spent
    assert "-10" in spent
    assert "+100" in purchase
