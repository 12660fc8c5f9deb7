"""Two browsers answer, react, follow a link and copy: all of it inside the encrypted talk."""

import re

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, expect

from tests.e2e.conftest import DESKTOP, PHONE, Product, Visitors
from tests.e2e.talking import Talk, two_in_a_talk


async def act_on(talk: Talk, words: str, item: str) -> None:
    """Opens a message's menu by the keyboard and chooses an item of it."""
    button = _line(talk, words).get_by_role("button", name="What to do with this message")
    await button.focus()
    await talk.page.keyboard.press("Enter")
    await talk.page.get_by_role("menu").get_by_text(item, exact=True).click()
    await expect(talk.page.get_by_role("menu")).to_have_count(0)


def _line(talk: Talk, words: str) -> Locator:
    """A message with its menu and what stands under it."""
    return talk.lines.locator("[tabindex='-1']").filter(has=talk.page.locator("[dir=auto]", has_text=words))


async def test_two_answer_react_link_and_copy(product: Product, visitor: Visitors):
    ana, bora = await two_in_a_talk(
        product, await visitor(viewport=PHONE, has_touch=True), await visitor(viewport=DESKTOP, dark=True)
    )
    await bora.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await expect(bora.field).to_be_focused()  # there is a keyboard
    await expect(ana.field).not_to_be_focused()
    await ana.say("which lamp do you mean")
    await bora.hears("which lamp do you mean")

    await act_on(bora, "which lamp", "Reply")
    await expect(bora.field).to_be_focused()
    await bora.page.keyboard.type("the one by the fountain")
    await bora.page.keyboard.press("Enter")
    answer = _line(ana, "by the fountain")
    await expect(answer.get_by_role("button", name="In answer to")).to_contain_text("which lamp do you mean")
    await answer.get_by_role("button", name="In answer to").click()
    await expect(ana.lines.locator(":focus")).to_contain_text("which lamp do you mean")

    await act_on(bora, "which lamp", "👍")
    mark = _line(ana, "which lamp").get_by_role("group", name="Reactions").get_by_role("button")
    await expect(mark).to_have_attribute("aria-label", "👍 from gecekusu")
    await mark.click()  # joins in
    theirs = _line(bora, "which lamp").get_by_role("group", name="Reactions").get_by_role("button")
    await expect(theirs).to_have_attribute("aria-label", "👍 from both of you")
    await act_on(bora, "which lamp", "😂")
    await expect(_line(ana, "which lamp").get_by_role("button", name="😂 from gecekusu")).to_be_visible()
    await _line(bora, "which lamp").get_by_role("button", name="😂 from you").click()
    await expect(_line(ana, "which lamp").get_by_role("button", name="😂")).to_have_count(0)
    await expect(mark).to_have_attribute("aria-label", "👍 from you")
    await ana.page.goto("/messages")
    await expect(ana.page.get_by_text("the one by the fountain")).to_be_visible()  # reactions are no last words

    await ana.open()
    await bora.say("see https://lamp.example/a?b=1, and javascript:alert(1)")
    link = ana.lines.get_by_role("link")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await link.click()
    question = ana.page.get_by_role("dialog", name="Go to lamp.example?")
    await expect(question.get_by_role("link")).to_have_attribute("href", "https://lamp.example/a?b=1")
    await ana.page.keyboard.press("Escape")

    await act_on(bora, "javascript:", "Copy")
    await expect(bora.page.get_by_text("Copied.")).to_be_visible()
    copied = await bora.page.evaluate("navigator.clipboard.readText()")
    assert copied == "see https://lamp.example/a?b=1, and javascript:alert(1)"
    await expect(ana.page.get_by_text(re.compile("hours left$"))).to_be_visible()
    for talk in (ana, bora):
        faults = (await Axe().run(talk.page)).response["violations"]
        assert [fault["id"] for fault in faults] == []


async def test_a_long_press_opens_the_menu(product: Product, visitor: Visitors):
    ana, bora = await two_in_a_talk(
        product, await visitor(viewport=PHONE, has_touch=True, is_mobile=True), await visitor(viewport=DESKTOP)
    )
    await bora.say("press me")
    await ana.hears("press me")
    box = await _line(ana, "press me").locator("[dir=auto]").bounding_box()
    assert box is not None
    touch = await ana.page.context.new_cdp_session(ana.page)
    point = {"x": box["x"] + 5, "y": box["y"] + 5}
    await touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    menu = ana.page.get_by_role("menu")
    await expect(menu).to_be_visible()
    await touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await expect(menu).to_be_visible()
    for item in [*await menu.get_by_role("menuitem").all(), *await menu.get_by_role("menuitemradio").all()]:
        size = await item.bounding_box()
        assert size is not None and min(size["width"], size["height"]) >= 44
    await menu.get_by_role("menuitemradio", name="❤️").tap()
    await expect(_line(bora, "press me").get_by_role("button", name="❤️ from kediadam")).to_be_visible()
