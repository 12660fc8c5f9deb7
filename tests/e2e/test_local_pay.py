"""The local pay page in Chromium: every look of it, with the card typed by hand and the bank asking."""

import tomllib
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import expect

from meydan.integrations.payments.local import signatures
from meydan.kit.crypto.keys import Keys
from meydan.kit.runtime import runtime
from tests.e2e.conftest import DESKTOP, PHONE, Product, Visitors
from tests.e2e.looks import faults, sticks_out

ACCOUNT = 987_654  # of a merchant that is none of our communities


def api_key(product: Product) -> str:
    """Of the running product; this process keeps its own keys."""
    secrets = tomllib.loads((product.data / "secrets.toml").read_text())["secrets"]
    with runtime.using(Keys(**secrets, contact_key="")):
        return signatures.api_keys(ACCOUNT)[0]


def checkout(product: Product, language: str = "en", period: str | None = "month") -> str:
    """The address of a page where 49.90 lira are to be paid."""
    order = {
        "reference": str(uuid4()),
        "kind": "premium" if period else "coins",
        "title": "Premium, çok uzun bir adla ki satıra sığmasın" if language == "tr" else "Premium",
        "amount": 124_990,
        "currency": "TRY",
        "period": period,
        "buyer": str(uuid4()),
        "language": language,
        "return_url": f"{product.url}/api/health",
        "webhook_url": f"{product.url}/api/health",
    }
    headers = {"Authorization": f"Bearer {api_key(product)}", "Idempotency-Key": str(uuid4())}
    answer = httpx.post(f"{product.url}/pay/local/v1/checkouts", json=order, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["url"])


@pytest.mark.parametrize("language", ["tr", "en"])
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [PHONE, DESKTOP])
async def test_it_is_well_made_in_every_look(
    product: Product, visitor: Visitors, language: str, dark: bool, size: dict[str, int]
):
    guest = await visitor(viewport=size, dark=dark)
    page = guest.page
    await page.goto(checkout(product, language))
    found = await faults(page)
    await page.get_by_role("textbox").fill("4000 0000 0000 0002")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_be_visible()
    found += await faults(page)
    assert not await sticks_out(page)
    await page.get_by_role("link", name="4000 0025 0000 3155").click()
    await expect(page.get_by_role("textbox")).to_have_value("4000002500003155")
    await page.get_by_role("button").first.click()
    await expect(page.get_by_role("button", name={"tr": "Onayla", "en": "Approve"}[language])).to_be_visible()
    found += await faults(page)
    assert not await sticks_out(page)
    await page.get_by_role("button", name={"tr": "Onayla", "en": "Approve"}[language]).click()
    await page.wait_for_url("**/api/health")
    await page.goto("/pay/local")
    await expect(page.get_by_role("button", name="Renew now").first).to_be_visible()
    found += await faults(page)
    assert not await sticks_out(page)
    assert found == []


async def test_its_owner_refunds_disputes_and_fails_a_renewal(product: Product, visitor: Visitors):
    guest = await visitor(viewport=DESKTOP)
    page = guest.page
    await page.goto(checkout(product))
    await page.get_by_label("Card number").fill("4242 4242 4242 4242")
    await page.get_by_role("button", name="Pay ₺1,249.90").click()
    await page.wait_for_url("**/api/health")
    await page.goto("/pay/local")
    newest = page.locator(".rows").first.locator(".row").first
    await newest.get_by_label("Amount to refund").fill("990")
    await newest.get_by_role("button", name="Refund", exact=True).click()
    await expect(newest).to_contain_text("₺9.90 refunded")
    await newest.get_by_role("button", name="Dispute").click()
    await expect(newest).to_contain_text("dispute opened")
    await newest.get_by_role("button", name="Dispute lost").click()
    await expect(newest).to_contain_text("dispute lost")
    subscription = page.locator(".rows").nth(1).locator(".row").first
    await subscription.get_by_role("button", name="Fail the renewal").click()
    await expect(subscription).to_contain_text("past_due")


async def test_who_leaves_goes_back_without_paying(product: Product, visitor: Visitors):
    guest = await visitor()
    address = checkout(product, period=None)
    await guest.page.goto(address)
    await guest.page.get_by_role("link", name="Türkçe").click()
    await guest.page.get_by_role("button", name="Vazgeç ve geri dön").click()
    await guest.page.wait_for_url("**/api/health")
