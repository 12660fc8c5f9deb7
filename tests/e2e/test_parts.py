"""Every part of the kit in its states, as all eyes see it: the page of parts, which the product itself does not have."""

from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, Page, expect

from meydan import web_client
from tests.e2e import looks
from tests.e2e.looks import Look
from tests.e2e.parts_page import PartsPage, serve_parts
from tests.waiting import PATIENCE

READ = Look("tr", "night", 360)
CONTRASTED = [Look("tr", "day", 360), Look("tr", "dusk", 360), Look("tr", "dusk-night", 360)]
LARGE = Look("tr", "night", 360, text=200)
MEASURED = [Look("en", "day", 360), Look("en", "day", 360, text=200), Look("en", "day", 1280, text=200)]


@pytest.fixture(scope="module")
def parts() -> Iterator[PartsPage]:
    with serve_parts() as page:
        yield page


async def test_every_part_can_be_read_by_everybody(browser: Browser, parts: PartsPage):
    context = await browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(PATIENCE * 1000)
    page = await context.new_page()
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(f"error: {error}"))
    page.on("console", lambda said: found.append(f"console: {said.text[:300]}") if said.type == "error" else None)
    await parts.show(page, READ)
    found += await _faults(page, READ, "all")
    for look in CONTRASTED:
        await parts.put_on(page, look)
        found += [f"{look}: {fault}" for fault in await looks.faults(page, only=["color-contrast"])]
    await parts.put_on(page, LARGE)
    found += await _measured(page, LARGE, "all")
    async for state in parts.states(page, READ):
        found += await _faults(page, READ, state)
        await parts.put_on(page, LARGE)
        found += await _measured(page, LARGE, state)
    await parts.show(page, MEASURED[0])
    for look in MEASURED:
        await parts.put_on(page, look)
        found += await _measured(page, look, "all")
    await context.close()
    assert found == []


async def _faults(page: Page, look: Look, state: str) -> list[str]:
    menu = await page.get_by_role("menu").count()  # the page behind one is hidden from screen readers
    found = await looks.faults(page, within="[role=menu]" if menu else "html")
    return await _measured(page, look, state) + [f"{look} {state}: {fault}" for fault in found]


async def _measured(page: Page, look: Look, state: str) -> list[str]:
    found = [f"{look} {state}: cut off: {text}" for text in await looks.cut_off(page)]
    return [*found, f"{look} {state}: wider than the screen"] if await looks.sticks_out(page) else found


def test_the_product_has_no_page_of_parts():
    files = [file for file in web_client.STATIC.rglob("*") if file.suffix in {".html", ".js"}]
    assert files
    assert not [file.name for file in files if "muvaffakiyetsiz" in file.read_text() or "parts" in file.name]


async def test_a_fault_would_be_found(browser: Browser, parts: PartsPage):
    page = await browser.new_page()
    await parts.show(page, MEASURED[0])
    await page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend',"
        ' \'<div style="overflow: hidden; width: 3rem; white-space: nowrap">a word that is cut</div>'
        '<div style="width: 500px; color: #999; background: #aaa">pale</div>\')'
    )
    assert await looks.cut_off(page) == ["a word that is cut"]
    assert await looks.sticks_out(page)
    assert [fault for fault in await looks.faults(page, only=["color-contrast"]) if "pale" in fault]
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await page.close()
