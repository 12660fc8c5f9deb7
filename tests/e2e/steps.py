"""What people do with their hands, in words; the English pages."""

import re
from collections.abc import Mapping
from itertools import count
from typing import Any
from uuid import uuid4

from playwright.async_api import Page, expect

from tests.e2e.conftest import PASSWORD, Person, Product

_numbers = count(1)
_cards = count(1)


def new_phone() -> str:
    return f"+9053020{next(_numbers):05d}"


async def register(person: Person, product: Product, alias: str, language: str = "en") -> None:
    """Come in by phone over HTTP, where registering is not the story. Ends on the square."""
    phone, device = new_phone(), str(uuid4())
    await _post(person, "send-otp", {"channel": "sms", "to": phone, "purpose": "register"})
    prove = {"to": phone, "code": product.code_sent_to(phone), "purpose": "register"}
    proof = (await _post(person, "verify-otp", prove))["proof"]
    wanted = {
        "proof": proof,
        "password": PASSWORD,
        "alias": alias,
        "birth_date": "1990-05-17",
        "language": language,
        "device": {"id": device, "name": "a browser"},
    }
    session = await _post(person, "register", wanted)
    await keep_session(person, device, session["me"]["tenant"]["slug"])
    await person.page.goto("/")
    await expect(person.page.get_by_role("button", name=re.compile("^(Meet someone|Biriyle tanış)$"))).to_be_visible()
    person.phone, person.alias = phone, alias


_FETCH = """async ([path, body]) => {
  const headers = { 'Content-Type': 'application/json', 'X-Meydan': '1' };
  const answer = await fetch('/api/auth/' + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.status === 202 ? null : answer.json();
}"""


async def _post(person: Person, path: str, body: Mapping[str, object]) -> Any:
    """From the browser's context, which keeps the session's cookie."""
    if person.host is not None:  # names below localhost lead here in a browser, and not on every machine
        if person.page.url == "about:blank":
            await person.page.goto("/")
        return await person.page.evaluate(_FETCH, [path, dict(body)])
    answer = await person.context.request.post(f"/api/auth/{path}", headers={"X-Meydan": "1"}, data=dict(body))
    assert answer.ok, await answer.text()
    return await answer.json() if answer.status != 202 else None


async def keep_session(person: Person, device: str, tenant: str) -> None:
    """Leaves behind what the pages leave behind after a login, once: a log out stays one."""
    await person.context.add_init_script(
        f"localStorage.getItem('meydan.device') || (localStorage.setItem('meydan.device', '{device}'),"
        f" localStorage.setItem('meydan.tenant', '{tenant}'), localStorage.setItem('meydan.signed_in', '1'))"
    )


async def register_by_hand(person: Person, product: Product, alias: str) -> None:
    """The same with the pages for it."""
    page, phone = person.page, new_phone()
    await page.goto("/join")
    await page.get_by_label("Phone number").fill(phone)
    await page.get_by_role("button", name="Send the code").click()
    await expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()
    await page.get_by_label("Code", exact=True).fill(product.code_sent_to(phone))
    await expect(page.get_by_role("heading", name="How you are known here")).to_be_visible()
    await tell_about_oneself(page, alias)
    await page.get_by_role("button", name="Enter the square").click()
    await expect(page.get_by_role("button", name="Meet someone")).to_be_visible()
    person.phone, person.alias = phone, alias


async def tell_about_oneself(page: Page, alias: str) -> None:
    await page.get_by_label("Alias", exact=True).fill(alias)
    await page.get_by_label("Day", exact=True).fill("17")
    await page.get_by_label("Month", exact=True).select_option("5")
    await page.get_by_label("Year", exact=True).fill("1990")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)


async def meet(one: Person, other: Person) -> None:
    """Both press the button; ends with both in the talk."""
    await one.page.goto("/")
    await one.page.get_by_role("button", name="Meet someone").click()
    await expect(one.page.get_by_role("heading", name="Waiting under the lamp")).to_be_visible()
    await other.page.goto("/")
    await other.page.get_by_role("button", name="Meet someone").click()
    await expect(one.page.get_by_label(f"Talk with {other.alias}")).to_be_visible()
    await expect(other.page.get_by_label(f"Talk with {one.alias}")).to_be_visible()


async def say(person: Person, words: str) -> None:
    await person.page.get_by_label(re.compile("^Message to")).fill(words)
    await person.page.get_by_role("button", name="Send", exact=True).click()


async def hears(person: Person, words: str) -> None:
    await expect(person.page.get_by_label("What was said").get_by_text(words, exact=True)).to_have_count(1)


def new_card() -> str:
    """Nobody else's, and valid: one card behind several people is suspicious, and rightly so."""
    digits = f"42222222222{next(_cards):04d}"
    twice = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[::-2])
    return digits + str(-(twice + sum(int(digit) for digit in digits[-2::-2])) % 10)


async def buy_coins(person: Person, coins: str, card: str | None = None) -> None:
    """From the wallet to the pay page and back; ``coins`` as the page writes them. Ends on the receipt."""
    page = person.page
    await page.goto("/wallet/buy")
    await page.get_by_role("radio", name=re.compile(rf"^{coins}\b")).click()
    await page.get_by_role("button", name=re.compile("^Pay ")).click()
    await pay_there(person, card)


async def pay_there(person: Person, card: str | None = None) -> None:
    """On the local pay page; ends back at the community."""
    await expect(person.page).to_have_url(re.compile("/pay/local/"))
    await person.page.get_by_label("Card number").fill(card or new_card())
    await person.page.get_by_role("button", name=re.compile("^Pay ")).click()
    await expect(person.page).to_have_url(re.compile("/wallet/payments/"))


async def give(person: Person, gift: str, quantity: int = 1, note: str = "") -> None:
    """In the talk that is open."""
    page = person.page
    await page.get_by_role("button", name="Give something").click()
    sheet = page.get_by_role("dialog", name=re.compile("^A gift for"))
    await sheet.get_by_role("radio", name=re.compile(f"^{gift}")).click()
    for _ in range(quantity - 1):
        await sheet.get_by_role("button", name="One more").click()
    await sheet.get_by_label("Add a few words").fill(note)
    await sheet.get_by_role("button", name=re.compile("^Give it for")).click()
    await expect(sheet).to_be_hidden()
