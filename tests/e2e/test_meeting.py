"""Two people meet; a silent match is given back; who is blocked is gone; another community sees nothing of it."""

import re

from playwright.async_api import Route, expect

from tests.e2e.conftest import DESKTOP, Product, Visitors
from tests.e2e.steps import hears, meet, register, register_by_hand, say, tell_about_oneself


async def test_two_strangers_meet_and_talk(product: Product, visitor: Visitors):
    ayse = await visitor(reduced_motion="no-preference", service_workers="allow")
    mehmet = await visitor(viewport=DESKTOP, dark=True, reduced_motion="no-preference", service_workers="allow")
    await register_by_hand(ayse, product, "ayse")
    await register_by_hand(mehmet, product, "mehmet")
    await meet(ayse, mehmet)
    await say(ayse, "İyi akşamlar")
    await hears(mehmet, "İyi akşamlar")
    await say(mehmet, "Sana da")
    await hears(ayse, "Sana da")

    await ayse.page.get_by_role("button", name="Leave the talk").click()
    await ayse.page.get_by_role("button", name="Leave", exact=True).click()
    await expect(mehmet.page.get_by_text("This talk is over")).to_be_visible()
    await ayse.page.goto("/people")
    await expect(ayse.page.get_by_role("list", name="Meetings").get_by_text("mehmet")).to_be_visible()


async def test_a_silent_stranger_costs_nothing(product: Product, visitor: Visitors):
    product.move_clock_to(9)  # noon in Istanbul: rights are of a day, and this takes hours
    deniz, silent = await visitor(), await visitor()
    await register(deniz, product, "deniz")
    await register(silent, product, "silent")
    await meet(deniz, silent)
    await say(deniz, "Is anybody there?")
    await hears(silent, "Is anybody there?")
    await deniz.page.goto("/")
    await expect(deniz.page.get_by_text(re.compile(r"\b9\b.*of 10"))).to_be_visible()

    product.move_clock(hours=2.1)
    await deniz.page.goto("/people")
    await deniz.page.get_by_role("button", name="Ask for my meeting back").click()
    await deniz.page.goto("/people/claims")
    # The worker's own schedule decides, each minute.
    await expect(deniz.page.get_by_text("given back")).to_be_visible()
    await deniz.page.goto("/")
    await expect(deniz.page.get_by_text(re.compile(r"\b10\b.*of 10"))).to_be_visible()


async def test_two_who_speak_other_languages_meet_when_both_ask_for_anybody(product: Product, visitor: Visitors):
    one, other = await visitor(), await visitor(language="tr-TR")
    await register(one, product, "islander")
    await register(other, product, "adali", language="tr")
    await expect(one.page.get_by_text("anybody, in English")).to_be_visible()
    await one.page.get_by_role("button", name="Meet someone").click()
    await expect(one.page.get_by_role("heading", name="Waiting under the lamp")).to_be_visible()
    await other.page.get_by_role("button", name="Biriyle tanış").click()
    await expect(one.page.get_by_text("Nobody who speaks your language waits just now")).to_be_visible()
    await one.page.get_by_role("button", name="Meet anybody").click()
    await other.page.get_by_role("button", name="Kim olursa tanışayım").click()
    await expect(one.page.get_by_label("Talk with adali")).to_be_visible()


async def test_the_waiting_goes_on_in_the_corner_while_one_looks_elsewhere(product: Product, visitor: Visitors):
    one, other = await visitor(), await visitor(viewport=DESKTOP)
    await register(one, product, "wanderer")
    await register(other, product, "newcomer")
    await one.page.get_by_role("button", name="Meet someone").click()
    await expect(one.page.get_by_role("heading", name="Waiting under the lamp")).to_be_visible()
    corner = one.page.get_by_role("region", name="Your waiting")
    await expect(corner).to_be_hidden()
    await one.page.get_by_role("link", name="People").click()
    await corner.get_by_role("link", name="Waiting under the lamp").click()
    await expect(one.page.get_by_role("heading", name="Waiting under the lamp")).to_be_visible()
    await one.page.get_by_role("link", name="Messages").click()
    await expect(corner.get_by_role("timer")).to_be_visible()
    await corner.get_by_role("button", name="Stop waiting").click()
    await expect(corner).to_be_hidden()

    await one.page.get_by_role("link", name="Square", exact=True).click()
    await one.page.get_by_role("button", name="Meet someone").click()
    await expect(one.page.get_by_role("heading", name="Waiting under the lamp")).to_be_visible()
    await one.page.get_by_role("link", name="People").click()
    await other.page.get_by_role("button", name="Meet someone").click()
    await corner.get_by_role("link", name="To the talk").click()
    await expect(one.page.get_by_label("Talk with newcomer")).to_be_visible()
    await expect(corner).to_be_hidden()


async def test_who_is_blocked_is_not_met_again(product: Product, visitor: Visitors):
    one, other = await visitor(), await visitor()
    await register(one, product, "lale")
    await register(other, product, "rude")
    await meet(one, other)
    await one.page.goto("/people")
    await one.page.get_by_role("button", name="More about rude").click()
    await one.page.get_by_role("button", name="Block").click()
    await one.page.get_by_role("button", name="Block", exact=True).click()
    await expect(other.page.get_by_text("This talk is over")).to_be_visible()
    await one.page.goto("/people/blocked")
    await expect(one.page.get_by_role("list", name="Blocked people").get_by_text("rude")).to_be_visible()
    for person in (one, other):
        await person.page.goto("/")
        await person.page.get_by_role("button", name="Meet someone").click()
        await expect(person.page.get_by_role("heading", name="Waiting under the lamp")).to_be_visible()
    await one.page.wait_for_timeout(2500)
    for person in (one, other):
        await expect(person.page.get_by_role("heading", name="Waiting under the lamp")).to_be_visible()
        await person.page.get_by_role("button", name="Stop waiting").click()
        await expect(person.page.get_by_role("button", name="Meet someone")).to_be_visible()


async def test_whoever_has_blocked_three_people_still_gets_away_from_a_face(product: Product, visitor: Visitors):
    one, other = await visitor(), await visitor()
    await register(one, product, "fourth")
    await register(other, product, "pushy")
    await meet(one, other)

    async def three_already(route: Route) -> None:
        if route.request.method == "POST" and (route.request.post_data_json or {}).get("scope") == "person":
            refusal = {"code": "block_limit_reached", "status": 429, "title": "", "retry_after": 3600}
            await route.fulfill(status=429, json=refusal, content_type="application/problem+json")
        else:
            await route.continue_()

    await one.page.route("**/api/blocks", three_already)
    await one.page.goto("/people")
    await one.page.get_by_role("button", name="More about pushy").click()
    await one.page.get_by_role("button", name="Block").click()
    await one.page.get_by_role("button", name="Block", exact=True).click()
    await expect(one.page.get_by_text("You have blocked three people today")).to_be_visible()
    await one.page.get_by_role("button", name="Block this face").click()
    await expect(other.page.get_by_text("This talk is over")).to_be_visible()
    await one.page.goto("/people/blocked")
    await expect(one.page.get_by_role("list", name="Blocked people").get_by_text("only this face")).to_be_visible()


async def test_another_community_sees_nothing(product: Product, visitor: Visitors):
    """Its own square at its own address: no stranger from next door, no common waiting."""
    founder = await visitor()
    page = founder.page
    await page.goto("/community")
    await page.get_by_text("User name").click()
    await page.get_by_label("User name").last.fill("founder")
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_label("Name of the community").fill("Night owls")
    await tell_about_oneself(page, "founder")
    await page.get_by_role("button", name="Open the community").click()
    await expect(page.locator("text=Night owls >> visible=true").first).to_be_visible()
    here = await visitor()
    await register(here, product, "neighbour")
    await here.page.get_by_role("button", name="Meet someone").click()
    await expect(here.page.get_by_role("heading", name="Waiting under the lamp")).to_be_visible()

    port = product.url.rsplit(":", 1)[1]
    there = await visitor(host=f"http://night-owls.localhost:{port}")
    await there.page.goto("/")
    await expect(there.page.locator("text=Night owls >> visible=true").first).to_be_visible()
    await register_by_hand(there, product, "owl")
    await there.page.get_by_role("button", name="Meet someone").click()
    await expect(there.page.get_by_role("heading", name="Waiting under the lamp")).to_be_visible()
    await there.page.wait_for_timeout(2500)
    for person in (here, there):
        await expect(person.page.get_by_role("heading", name="Waiting under the lamp")).to_be_visible()
    await here.page.get_by_role("button", name="Stop waiting").click()
