"""A person adds a passkey at this machine's own name, and comes back with it; at a bare address the page says why not."""

import re
from collections.abc import Iterable

from playwright.async_api import CDPSession, expect

from tests.e2e.conftest import PASSWORD, Person, Product, Visitors
from tests.e2e.looks import faults
from tests.e2e.steps import register

INSIDE = re.compile("^(Meet someone|Biriyle tanış)$")


async def with_authenticator(person: Person) -> CDPSession:
    """A phone's own: it keeps passkeys, and its holder always shows their face."""
    devtools = await person.context.new_cdp_session(person.page)
    await devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        **dict.fromkeys(
            ("hasResidentKey", "hasUserVerification", "isUserVerified", "automaticPresenceSimulation"), True
        ),
    }
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools


async def add_passkey(person: Person, words: Iterable[str]) -> None:
    begin, password, go_on, added = words
    page = person.page
    await page.goto("/me/sign-in")
    await page.get_by_role("button", name=begin, exact=True).click()
    sheet = page.get_by_role("dialog")
    await sheet.get_by_label(password, exact=True).fill(PASSWORD)
    await sheet.get_by_role("button", name=go_on).click()
    await expect(page.get_by_text(added)).to_be_visible()
    await expect(sheet).to_be_hidden()


async def test_a_passkey_is_added_and_opens_the_account(product: Product, visitor: Visitors) -> None:
    named = product.url.replace("127.0.0.1", "localhost")
    ana = await visitor(host=named)
    await with_authenticator(ana)
    await register(ana, product, "anahtar")
    page = ana.page
    await add_passkey(ana, ("Add a passkey", "Your password", "Continue", "The passkey was added."))
    await page.get_by_role("button", name=re.compile("^Rename ")).click()
    await page.get_by_label("Name", exact=True).fill("Ana's phone")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_role("list", name="Passkeys")).to_contain_text("Ana's phone")
    assert await faults(page) == []

    await page.goto("/me")
    await page.get_by_role("button", name="Log out", exact=True).click()
    await page.goto("/login")
    await page.get_by_role("button", name="Log in with a passkey").dblclick()
    await expect(page.get_by_role("button", name=INSIDE)).to_be_visible()
    await page.goto("/me/sign-in")
    await page.get_by_role("button", name="Remove Ana's phone").click()
    assert await faults(page) == []
    await page.get_by_role("dialog").get_by_label("Your password").fill(PASSWORD)
    await page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    await expect(page.get_by_text("The passkey opens nothing any more.")).to_be_visible()
    await expect(page.get_by_role("list", name="Passkeys")).to_be_hidden()

    await page.goto("/me")
    await page.get_by_role("button", name="Log out", exact=True).click()
    await page.goto("/login")
    await page.get_by_role("button", name="Log in with a passkey").click()
    await expect(page.get_by_role("alert")).to_contain_text("This passkey opens no account here.")

    await page.goto(f"{product.url}/login")
    await expect(page.get_by_role("button", name="Log in", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="Log in with a passkey")).to_be_hidden()
    await page.get_by_role("link", name=named).click()
    await expect(page.get_by_role("button", name="Log in with a passkey")).to_be_visible()
