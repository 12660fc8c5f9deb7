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


async def test_the_page_solves_it_and_goes_on(product: Product, visitor: Visitors):
    slug, to = "crowd", "crowd@example.org"
    at = ("--data", str(product.data))
    meydan("tenant", "add", slug, "--name", "Crowd", "--language", "tr", *at).check_returncode()
    meydan("tenant", "set", slug, "accounts.codes_per_community_hour", "1", *at).check_returncode()
    async with httpx.AsyncClient(base_url=product.url, headers={"X-Meydan": "1", "X-Meydan-Tenant": slug}) as others:
        for number in range(4):
            ask = {"channel": "email", "to": f"other{number}-{to}", "purpose": "register"}
            answer = await others.post("/api/auth/send-otp", json=ask)
            if answer.status_code == 428:
                answer = await others.post("/api/auth/send-otp", json=ask | {"puzzle": solved(answer)})
            assert answer.status_code == 202, answer.text
    page = (await visitor(language="tr-TR")).page
    await page.add_init_script(_NOTE_PUZZLES)
    await page.goto(f"/join?community={slug}")
    await page.get_by_text("E-posta", exact=True).first.click()
    await page.get_by_label("E-posta adresi").fill(to)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Kodu gir")).to_be_visible()
    said = await page.evaluate("window.saidOfPuzzles")
    assert said
    assert all(text.startswith("Cihazın") for text, _ in said)
    parts = [part for _, part in said]
    assert parts == sorted(parts)
    assert parts[-1] > 0.4
