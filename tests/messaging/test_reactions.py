"""Reactions lie in the log like texts. They are no writing, no news and nothing unread."""

from datetime import timedelta

import asyncpg
import pytest

from meydan import messaging
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.kit.events import listen
from meydan.messaging import messages
from tests.messaging.conftest import Conversation
from tests.messaging.factories import commit, listed, reaction, read, send, text


async def test_both_people_receive_a_reaction_in_its_place(db: Database, conversation: Conversation):
    await send(db, conversation.ana.me, text(conversation.id))
    sent = await send(db, conversation.bora.me, reaction(conversation.id))
    for person in (conversation.ana, conversation.bora):
        assert [entry.type for entry in await read(db, person.me, conversation.id)] == ["text", "reaction"]
    assert sent.seq == 2
    for person in (conversation.ana, conversation.bora):
        rows = await db.relay.fetch(
            "select payload::jsonb as frame from app.outbox where tenant_id = $1 and user_id = $2",
            person.tenant.id,
            person.me.user_id,
        )
        assert [row["frame"]["message"]["type"] for row in rows] == ["text", "reaction"]


async def test_reactions_are_not_unread_and_announce_nothing(db: Database, conversation: Conversation):
    heard: list[messaging.MessageSent] = []

    @listen(messaging.MessageSent)
    async def hear(_tx: object, event: messaging.MessageSent) -> None:
        heard.append(event)

    sent = await send(db, conversation.ana.me, text(conversation.id))
    for _ in range(5):
        await send(db, conversation.ana.me, reaction(conversation.id))
    assert (await listed(db, conversation.bora.me))[0].unread == 1
    assert [event.message_id for event in heard if event.conversation_id == conversation.id] == [sent.id]


async def test_who_only_reacted_has_not_written(db: Database, conversation: Conversation):
    later = clock.now() + timedelta(hours=1)
    await send(db, conversation.bora.me, reaction(conversation.id))
    async with db.as_user(conversation.ana.me) as tx:
        assert not await messaging.has_written(tx, conversation.id, conversation.bora.me.profile_id, later)
    await send(db, conversation.bora.me, text(conversation.id))
    async with db.as_user(conversation.ana.me) as tx:
        assert await messaging.has_written(tx, conversation.id, conversation.bora.me.profile_id, later)


async def test_a_reaction_has_no_room_for_a_talk(db: Database, conversation: Conversation):
    await send(db, conversation.ana.me, reaction(conversation.id, bytes(messages.LARGEST_REACTION)))
    with pytest.raises(messages.MessageTooLarge):
        await send(db, conversation.ana.me, reaction(conversation.id, bytes(messages.LARGEST_REACTION + 1)))
    with pytest.raises(asyncpg.CheckViolationError):  # whoever comes past the check finds the table's
        async with db.as_user(conversation.ana.me) as tx:
            await tx.run(
                "select app.send_message($1, $2, uuidv7(), uuidv7(), 'reaction', 0, $3, null, null, null, null)",
                conversation.id,
                bytes(messages.LARGEST_REACTION + 1),
            )


async def test_a_reaction_of_an_old_epoch_is_refused(db: Database, conversation: Conversation):
    await send(db, conversation.ana.me, commit(conversation.id, epoch=0))
    with pytest.raises(messages.StaleEpoch):
        await send(db, conversation.bora.me, reaction(conversation.id))
    await send(db, conversation.bora.me, reaction(conversation.id, epoch=1))


async def test_a_kind_stands_for_an_id_once(db: Database, conversation: Conversation):
    """A sender cannot first react and later call the same entry writing."""
    sent = reaction(conversation.id)
    await send(db, conversation.ana.me, sent)
    with pytest.raises(messages.MessageIdTaken):
        await send(db, conversation.ana.me, text(conversation.id, sent.body, id=sent.id))
