"""Where many ask, a browser solves a puzzle and says so; the person does nothing."""

import httpx
import pytest
from playwright.async_api import expect

from tests.commands.conftest import meydan
from tests.e2e.conftest import Product, Visitors
from tests.puzzles import solved

pytestmark = pytest.mark.slow

_NOTE_PUZZLES = """
    window.saidOfPuzzles = [];
    new MutationObserver(() => {
        const bar = document.querySelector('[role=status] progress');
        if (bar) window.saidOfPuzzles.push([bar.parentElement.innerText, bar.value]);
    }).observe(document, { subtree: true, childList: true, attributes: true });
"""


@pytest.mark.parametrize(("language", "words"), [("en", "Your device is solving a puzzle"), ("tr", "Cihazın")])
async def test_the_page_solves_it_and_goes_on(product: Product, visitor: Visitors, language: str, words: str):
    slug, to = f"crowd-{language}", f"crowd-{language}@example.org"
    at = ("--data", str(product.data))
    meydan("tenant", "add", slug, "--name", "Crowd", "--language", language, *at).check_returncode()
    meydan("tenant", "set", slug, "accounts.codes_per_community_hour", "1", *at).check_returncode()
    async with httpx.AsyncClient(base_url=product.url, headers={"X-Meydan": "1", "X-Meydan-Tenant": slug}) as others:
        for number in range(4):
            ask = {"channel": "email", "to": f"other{number}-{to}", "purpose": "register"}
            answer = await others.post("/api/auth/send-otp", json=ask)
            if answer.status_code == 428:
                answer = await others.post("/api/auth/send-otp", json=ask | {"puzzle": solved(answer)})
            assert answer.status_code == 202, answer.text
    somebody = await visitor(language="en-GB" if language == "en" else "tr-TR")
    page = somebody.page
    await page.add_init_script(_NOTE_PUZZLES)
    await page.goto(f"/join?community={slug}")
    await page.get_by_text("E-mail" if language == "en" else "E-posta", exact=True).first.click()
    await page.get_by_label("E-mail address" if language == "en" else "E-posta adresi").fill(to)
    await page.keyboard.press("Enter")
    heading = "Enter the code" if language == "en" else "Kodu yaz"
    await expect(page.get_by_role("heading", name=heading)).to_be_visible()
    said = await page.evaluate("window.saidOfPuzzles")
    assert said
    assert all(text.startswith(words) for text, _ in said)
    parts = [part for _, part in said]
    assert parts == sorted(parts)
    assert parts[-1] > 0.4
