"""A restored log that ends before a client's cursor, or holds another entry there, says so; nobody else notices."""

from collections.abc import Sequence
from urllib.parse import quote
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest
from litestar import Litestar

from meydan import messaging
from meydan.kit.database import Database, DatabaseSettings
from meydan.kit.errors import NotFound
from meydan.messaging import messages
from meydan.messaging.frames import Message
from tests.conftest import MovableClock
from tests.factories import make_person
from tests.messaging.conftest import Conversation
from tests.messaging.factories import listed, read, send, text
from tests.messaging.test_fast_path import doors


@pytest.fixture
def owner_url(database_settings: DatabaseSettings) -> str:
    return database_settings.owner_url


async def say(db: Database, conversation: Conversation, count: int) -> list[Message]:
    return [await send(db, conversation.ana.me, text(conversation.id)) for _ in range(count)]


async def rewind(owner_url: str, conversation_id: UUID, length: int) -> None:
    """Leaves the database as a backup that was made after so many entries."""
    owner = await asyncpg.connect(owner_url)
    try:
        for table in ("messages", "message_logs"):
            later = f"delete from app.{table} where conversation_id = $1 and seq > $2"
            await owner.execute(later, conversation_id, length)
        await owner.execute("update app.conversations set last_seq = $2 where id = $1", conversation_id, length)
    finally:
        await owner.close()


async def after(db: Database, conversation: Conversation, last: Message, *, limit: int = 100) -> Sequence[int]:
    async with db.as_user(conversation.bora.me) as tx:
        page = await messages.page(
            tx, conversation.id, after=last.seq, after_id=last.id, after_at=last.created_at, limit=limit
        )
    return [message.seq for message in page.items]


async def test_a_client_that_has_read_this_log_notices_nothing(db: Database, conversation: Conversation):
    said = await say(db, conversation, 5)
    assert await after(db, conversation, said[4]) == []
    assert await after(db, conversation, said[1]) == [3, 4, 5]
    async with db.as_user(conversation.bora.me) as tx:
        first = await messages.page(tx, conversation.id, after=2, after_id=said[1].id, limit=2)
        last = await messages.page(tx, conversation.id, after=first.next, after_id=first.items[-1].id, limit=2)
        begin = await messages.page(tx, conversation.id, after=0, after_id=uuid4(), limit=2)
    assert ([message.seq for message in first.items], first.next) == ([3, 4], 4)
    assert ([message.seq for message in last.items], last.next) == ([5], None)
    assert [message.seq for message in begin.items] == [1, 2]


async def test_a_cursor_beyond_the_end_is_refused(db: Database, conversation: Conversation, owner_url: str):
    said = await say(db, conversation, 4)
    await rewind(owner_url, conversation.id, 2)
    assert [message.seq for message in await read(db, conversation.bora.me, conversation.id)] == [1, 2]
    assert await after(db, conversation, said[1]) == []
    with pytest.raises(messages.LogRewound):
        await after(db, conversation, said[3])
    with pytest.raises(messages.LogRewound):
        await read(db, conversation.bora.me, conversation.id, after=4)
    assert await read(db, conversation.bora.me, conversation.id, after=2) == []


async def test_another_entry_at_the_cursor_is_refused(db: Database, conversation: Conversation, owner_url: str):
    """The log has grown again, to the cursor and past it."""
    said = await say(db, conversation, 3)
    await rewind(owner_url, conversation.id, 2)
    again = await say(db, conversation, 1)
    for _ in range(2):
        with pytest.raises(messages.LogRewound):
            await after(db, conversation, said[2])
        await say(db, conversation, 1)
    assert await after(db, conversation, again[0]) == [4, 5]


async def test_an_entry_that_was_sent_again_is_another_one(
    db: Database, conversation: Conversation, owner_url: str, moving_clock: MovableClock
):
    """Its id and its number are those of before: only its time tells that what stood around it may be lost."""
    await say(db, conversation, 1)
    again = text(conversation.id)
    lost = await send(db, conversation.ana.me, again)
    await rewind(owner_url, conversation.id, 1)
    moving_clock.forward(hours=1)
    found = await send(db, conversation.ana.me, again)
    assert (found.id, found.seq) == (lost.id, lost.seq)
    with pytest.raises(messages.LogRewound):
        await after(db, conversation, lost)
    assert await after(db, conversation, found) == []


async def test_a_conversation_that_has_ended_is_no_rewind(db: Database, conversation: Conversation, owner_url: str):
    said = await say(db, conversation, 4)
    await rewind(owner_url, conversation.id, 2)
    async with db.as_user(conversation.ana.me) as tx:
        await messaging.do_close(tx, conversation.id)
    assert await after(db, conversation, said[3]) == []
    assert await read(db, conversation.bora.me, conversation.id, after=9) == []


async def test_a_purged_conversation_is_no_rewind(db: Database, conversation: Conversation, moving_clock: MovableClock):
    said = await say(db, conversation, 2)
    moving_clock.forward(hours=24, seconds=1)
    assert await after(db, conversation, said[1]) == []
    async with db.as_service(conversation.ana.me.tenant_id) as tx:
        assert await messages.do_delete_expired(tx) == 1
    assert await after(db, conversation, said[1]) == []


async def test_a_conversation_that_the_backup_did_not_have_is_not_found(db: Database, conversation: Conversation):
    """The same answer as to somebody who asks about other people's."""
    [said] = await say(db, conversation, 1)
    async with db.as_user(conversation.bora.me) as tx:
        with pytest.raises(NotFound):
            await messages.page(tx, uuid4(), after=1, after_id=said.id)
    stranger = await make_person(db, conversation.ana.tenant)
    async with db.as_user(stranger.me) as tx:
        with pytest.raises(NotFound):
            await messages.page(tx, conversation.id, after=1, after_id=said.id)


async def test_the_list_names_the_last_entry(db: Database, conversation: Conversation):
    [before] = await listed(db, conversation.bora.me)
    assert (before.last_seq, before.last_id, before.last_at) == (0, None, None)
    said = await say(db, conversation, 3)
    [now] = await listed(db, conversation.bora.me)
    assert (now.last_seq, now.last_id, now.last_at) == (3, said[2].id, said[2].created_at)


def at(entry: Message) -> str:
    """As the client reads it in JSON, and hands it back."""
    return quote(str(msgspec.to_builtins(entry.created_at)))


async def test_both_doors_tell_it(app: Litestar, db: Database, conversation: Conversation, owner_url: str):
    said = await say(db, conversation, 3)
    hot, ordinary, counting = doors(app, conversation.ana)
    async with hot, ordinary:
        for entry, expected in ((said[0], [2, 3]), (said[2], [])):
            address = f"/api/messages/{conversation.id}?after={entry.seq}&after_id={entry.id}&after_at={at(entry)}"
            page = await hot.get(address)
            assert [message["seq"] for message in page.json()["items"]] == expected
            assert page.json() == (await ordinary.get(address)).json()
        assert counting.asked == 0
        await rewind(owner_url, conversation.id, 2)
        for door in (hot, ordinary):
            refused = await door.get(address)
            assert (refused.status_code, refused.json()["code"]) == (409, "log_rewound")
        assert (await hot.get(f"/api/messages/{conversation.id}?after=1&after_id=me")).status_code == 400
