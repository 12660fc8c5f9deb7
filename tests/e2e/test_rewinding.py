"""A talk's log loses even its founding under two open browsers: the talk goes on, and both are told."""

from uuid import UUID, uuid4

import asyncpg
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from meydan.config import load_settings
from tests.e2e.conftest import DESKTOP, PHONE, Product, Visitors
from tests.e2e.talking import Talk, Talker, meet

TOLD = "The server went back to an earlier time."


async def empty_log(product: Product, conversation_id: str) -> None:
    """As the owner: no login of the running product may take an entry out of a log. One-time keys go as well."""
    of_talk = "where conversation_id = $1"
    statements = (
        f"delete from app.message_logs {of_talk}",
        f"delete from app.messages {of_talk}",
        f"update app.conversation_members set delivered_seq = 0, read_seq = 0 {of_talk}",
        "update app.conversations set last_seq = 0, epoch = 0 where id = $1",
        f"delete from app.key_packages where profile_id in (select profile_id from app.conversation_members {of_talk})",
    )
    connection = await asyncpg.connect(load_settings(product.data).database.owner_url)
    try:
        async with connection.transaction():
            for statement in statements:
                await connection.execute(statement, UUID(conversation_id))
    finally:
        await connection.close()


async def test_a_talk_goes_on_after_its_log_was_emptied(product: Product, visitor: Visitors):
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
    await empty_log(product, conversation_id)
    for talk in (ana, bora):
        await talk.page.reload()
        await expect(talk.lines.get_by_text(TOLD)).to_have_count(1)
    await ana.say("from the beginning")
    await bora.hears("from the beginning")
    for talk in (ana, bora):
        await expect(talk.lines.get_by_text("waiting to be sent")).to_have_count(0)
        assert sorted(await talk.texts()) == sorted(["before", "to you, too", "from the beginning"])
        assert [fault["id"] for fault in (await Axe().run(talk.page)).response["violations"]] == []
    assert await ana.safety_number() == await bora.safety_number()
