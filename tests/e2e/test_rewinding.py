"""The server is restored to an earlier time under two open browsers: the talk goes on, and both are told."""

from uuid import UUID, uuid4

import asyncpg
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from meydan.config import load_settings
from tests.e2e.conftest import DESKTOP, PHONE, Product, Visitors
from tests.e2e.talking import Talk, Talker, meet

TOLD = "The server went back to an earlier time."


async def change(product: Product, *statements: str, conversation_id: str) -> None:
    """As the owner: no login of the running product may take an entry out of a log."""
    connection = await asyncpg.connect(load_settings(product.data).database.owner_url)
    try:
        async with connection.transaction():
            for statement in statements:
                await connection.execute(statement, UUID(conversation_id))
    finally:
        await connection.close()


async def go_back(product: Product, talk: Talk, length: int) -> None:
    """Leaves the talk, and the one-time keys, as `meydan restore` leaves them."""
    of_talk = "where conversation_id = $1"
    await change(
        product,
        f"delete from app.message_logs {of_talk} and seq > {length}",
        f"delete from app.messages {of_talk} and seq > {length}",
        f"update app.conversation_members set delivered_seq = least(delivered_seq, {length}), "
        f"read_seq = least(read_seq, {length}) {of_talk}",
        f"update app.conversations set last_seq = {length}, epoch = (select count(*) from app.messages {of_talk} "
        "and kind = 'commit') where id = $1",
        f"delete from app.key_packages where profile_id in (select profile_id from app.conversation_members {of_talk})",
        conversation_id=talk.conversation_id,
    )


async def test_a_talk_goes_on_after_its_log_went_back(product: Product, visitor: Visitors):
    """First texts are lost, then the whole group, then the talk itself."""
    community = f"talk-{uuid4().hex[:10]}"
    people = [Talker(product, community, "kediadam"), Talker(product, community, "gecekusu")]
    for talker in people:
        talker.register(found=talker is people[0])
    conversation_id = meet(*people)
    browsers = [
        await talker.enter(await visitor(viewport=viewport))
        for talker, viewport in zip(people, (PHONE, DESKTOP), strict=True)
    ]
    ana, bora = [await Talk(browser.page, conversation_id).open() for browser in browsers]
    await ana.say("before")
    await bora.hears("before")
    await bora.say("to you, too")
    await ana.hears("to you, too")
    length = len(people[0].call("GET", f"/messages/{conversation_id}")["items"])
    await ana.say("lost by the server")
    await bora.hears("lost by the server")

    await go_back(product, ana, length)
    for talk in (ana, bora):
        await talk.page.reload()
        await expect(talk.lines.get_by_text(TOLD)).to_have_count(1)
        await talk.hears("lost by the server")
    await expect(ana.lines.get_by_text("waiting to be sent")).to_have_count(0)
    await bora.say("go on")
    await ana.hears("go on")
    assert await ana.texts() == await bora.texts() == ["before", "to you, too", "lost by the server", "go on"]
    for talk in (ana, bora):
        assert [fault["id"] for fault in (await Axe().run(talk.page)).response["violations"]] == []

    await go_back(product, ana, 0)
    for talk in (ana, bora):
        await talk.page.reload()
        await expect(talk.lines.get_by_text(TOLD)).to_have_count(2)
    await ana.say("from the beginning")
    await bora.hears("from the beginning")
    for talk in (ana, bora):
        await expect(talk.lines.get_by_text("waiting to be sent")).to_have_count(0)
        assert sorted(await talk.texts()) == sorted(
            [
                "before",
                "to you, too",
                "lost by the server",
                "go on",
                "from the beginning",
            ]
        )
    assert await ana.safety_number() == await bora.safety_number()

    await change(
        product,
        *(f"delete from app.{table} where conversation_id = $1" for table in ("message_logs", "messages")),
        "delete from app.conversation_members where conversation_id = $1",
        "delete from app.conversations where id = $1",
        conversation_id=conversation_id,
    )
    await ana.page.reload()
    await expect(ana.page.get_by_text("The server lost this talk")).to_be_visible()
    await expect(ana.page.get_by_text("from the beginning")).to_be_visible()
    assert [fault["id"] for fault in (await Axe().run(ana.page)).response["violations"]] == []
    await ana.page.goto("/messages")
    await expect(ana.page.get_by_role("link", name="A talk that the server lost")).to_be_visible()
