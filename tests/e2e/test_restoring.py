"""A backup is restored under two open browsers: the talk goes on, and both are told what the server has lost."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.commands.conftest import meydan
from tests.e2e.conftest import DESKTOP, PASSWORD, PHONE, Product, Visitors, start_product, stop_product
from tests.e2e.talking import Talk, Talker, let_in, meet, new_browser

TOLD = "The server went back to an earlier time."


@pytest.fixture
def product() -> Iterator[Product]:
    """One of its own: it is stopped, emptied and filled again."""
    folder = Path(tempfile.mkdtemp(prefix="meydan-restored-"))
    folder.chmod(0o755)
    running = start_product(folder)
    yield running
    stop_product(running)
    shutil.rmtree(folder, ignore_errors=True)


def back_up(product: Product, name: str) -> Path:
    file = product.data.parent / name
    meydan("backup", str(file), "--with-secrets", "--data", str(product.data)).check_returncode()
    return file


def restore(product: Product, file: Path) -> None:
    """Fills a new folder in the old one's place; the contact key is the only thing that no backup holds."""
    stop_product(product)
    before = product.data.with_name(f"before-{file.name}")
    product.data.rename(before)
    product.data.mkdir()
    product.data.chmod(before.stat().st_mode)
    shutil.copy(before / "contact.key", product.data / "contact.key")
    restored = meydan("restore", str(file), "--data", str(product.data))
    assert restored.returncode == 0, restored.stderr
    product.process = start_product(product.data.parent, urlsplit(product.url).port).process


async def come_back(page: Page, talker: Talker, path: str) -> None:
    """Every session has ended: the page leads to the door, and from there back to where it was."""
    await page.goto(path)
    await page.get_by_label(re.compile("Phone, e-mail or user")).fill(talker.username)
    await page.get_by_label("Password", exact=True).last.fill(PASSWORD)
    await page.get_by_role("button", name="Log in", exact=True).click()
    await expect(page).to_have_url(re.compile(f"{path}$"))


async def is_accessible(page: Page) -> bool:
    return [fault["id"] for fault in (await Axe().run(page)).response["violations"]] == []


async def test_a_talk_goes_on_after_a_restore(product: Product, visitor: Visitors):
    """Texts and a commit are lost first, then the whole talk."""
    community = f"talk-{uuid4().hex[:10]}"
    people = [Talker(product, community, "kediadam"), Talker(product, community, "gecekusu")]
    for talker in people:
        talker.register(found=talker is people[0])
    before_the_talk = back_up(product, "before.backup")
    conversation_id = meet(*people)
    path = f"/messages/{conversation_id}"
    browsers = [
        await talker.enter(await visitor(viewport=viewport))
        for talker, viewport in zip(people, (PHONE, DESKTOP), strict=True)
    ]
    ana, bora = [await Talk(browser.page, conversation_id).open() for browser in browsers]
    await ana.say("before")
    await bora.hears("before")
    await bora.say("to you, too")
    await ana.hears("to you, too")
    in_the_talk = back_up(product, "talk.backup")
    laptop = await new_browser(people[1], visitor, conversation_id)
    await let_in(laptop, bora)
    # Said before this, it would be older than the laptop's part of the talk.
    await expect(ana.lines.get_by_text("is here with another device")).to_have_count(1)
    await ana.say("lost by the server")
    for talk in (bora, laptop):
        await talk.hears("lost by the server")

    restore(product, in_the_talk)
    for talk, talker in ((ana, people[0]), (bora, people[1])):
        await come_back(talk.page, talker, path)
        await expect(talk.lines.get_by_text(TOLD)).to_have_count(1)
        await talk.hears("lost by the server")
    await expect(ana.lines.get_by_text("waiting to be sent")).to_have_count(0)
    await bora.say("go on")
    await ana.hears("go on")
    for talk in (ana, bora):
        assert sorted(await talk.texts()) == sorted(["before", "to you, too", "lost by the server", "go on"])
        assert await is_accessible(talk.page)
    assert await ana.safety_number() == await bora.safety_number()

    restore(product, before_the_talk)
    await come_back(ana.page, people[0], path)
    await expect(ana.page.get_by_text("The server lost this talk")).to_be_visible()
    await expect(ana.page.get_by_text("go on", exact=True)).to_be_visible()
    assert await is_accessible(ana.page)
    await ana.page.goto("/messages")
    await expect(ana.page.get_by_role("link", name="A talk that the server lost")).to_be_visible()
