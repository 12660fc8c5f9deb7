"""A message is in the log once, in order, for its two users, until it expires."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from meydan import messaging, tenants
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.kit.errors import NotFound
from meydan.kit.events import listen
from meydan.kit.jobs import registry
from meydan.messaging import conversations, messages
from tests.conftest import MovableClock
from tests.factories import make_person, make_shadow
from tests.messaging.conftest import Conversation
from tests.messaging.factories import commit, open_between, read, send, text


async def test_both_read_what_either_wrote_in_one_order(db: Database, conversation: Conversation):
    for number in range(6):
        who = conversation.ana if number % 2 else conversation.bora
        await send(db, who.me, text(conversation.id, f"{number}".encode()))
    logs = [await read(db, person.me, conversation.id) for person in (conversation.ana, conversation.bora)]
    assert logs[0] == logs[1]
    assert [message.seq for message in logs[0]] == [1, 2, 3, 4, 5, 6]
    assert [message.body for message in logs[0]] == [b"0", b"1", b"2", b"3", b"4", b"5"]


async def test_pages_lead_forward_and_back(db: Database, conversation: Conversation):
    for number in range(1, 8):
        await send(db, conversation.ana.me, text(conversation.id, f"{number}".encode()))
    async with db.as_user(conversation.bora.me) as tx:
        first = await messages.page(tx, conversation.id, limit=3)
        second = await messages.page(tx, conversation.id, after=first.next, limit=3)
        last = await messages.page(tx, conversation.id, after=second.next, limit=3)
        newest = await messages.page(tx, conversation.id, before=8, limit=3)
        older = await messages.page(tx, conversation.id, before=newest.items[0].seq, limit=10)
    assert [m.seq for m in first.items + second.items + last.items] == [1, 2, 3, 4, 5, 6, 7]
    assert last.next is None
    assert [m.seq for m in newest.items] == [5, 6, 7]
    assert [m.seq for m in older.items] == [1, 2, 3, 4]


async def test_sending_again_counts_once_and_answers_the_same(db: Database, conversation: Conversation):
    new = text(conversation.id)
    answers = await asyncio.gather(*(send(db, conversation.ana.me, new) for _ in range(8)))
    assert len({(answer.seq, answer.created_at) for answer in answers}) == 1
    assert [message.id for message in await read(db, conversation.bora.me, conversation.id)] == [new.id]


async def test_an_id_stands_for_one_message(db: Database, conversation: Conversation):
    new = text(conversation.id)
    await send(db, conversation.ana.me, new)
    with pytest.raises(messages.MessageIdTaken):
        await send(db, conversation.ana.me, text(conversation.id, b"something else", id=new.id))


async def test_somebody_elses_id_tells_nothing(db: Database, conversation: Conversation, tenant: tenants.Tenant):
    """An id that another person used behaves like any new one, in this conversation and in every other."""
    new = text(conversation.id)
    await send(db, conversation.ana.me, new)
    mine = await send(db, conversation.bora.me, text(conversation.id, b"mine", id=new.id))
    assert mine.seq == 2
    stranger, friend = await make_person(db, tenant), await make_person(db, tenant)
    elsewhere = await open_between(db, stranger.me, friend.me)
    assert (await send(db, stranger.me, text(elsewhere, id=new.id))).seq == 1


async def test_many_at_once_leave_no_gap(db: Database, conversation: Conversation):
    sent = await asyncio.gather(
        *(
            send(db, (conversation.ana if n % 2 else conversation.bora).me, text(conversation.id, f"{n}".encode()))
            for n in range(40)
        )
    )
    assert sorted(message.seq for message in sent) == list(range(1, 41))


async def test_one_of_two_commits_wins_and_texts_keep_to_the_epoch(db: Database, conversation: Conversation):
    tries = [commit(conversation.id, epoch=0, welcome=b"come in"), commit(conversation.id, epoch=0, welcome=b"come in")]
    answers = await asyncio.gather(
        send(db, conversation.ana.me, tries[0]), send(db, conversation.bora.me, tries[1]), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, messages.StaleEpoch)]
    assert len(refused) == 1
    assert refused[0].extra == {"epoch": 1}
    log = await read(db, conversation.ana.me, conversation.id)
    assert [(m.seq, m.type, m.epoch) for m in log] == [(1, "commit", 0), (2, "welcome", 1)]
    with pytest.raises(messages.StaleEpoch):
        await send(db, conversation.ana.me, text(conversation.id, epoch=0))
    assert (await send(db, conversation.ana.me, text(conversation.id, epoch=1))).seq == 3


async def test_a_welcome_has_an_id_of_its_own(db: Database, conversation: Conversation):
    said = await send(db, conversation.ana.me, text(conversation.id))
    again = messages.SendMessageRequest(
        uuid4(), conversation.id, "commit", 0, b"commit", messages.Welcome(said.id, b"welcome")
    )
    with pytest.raises(messages.MessageIdTaken):
        await send(db, conversation.ana.me, again)
    assert [message.seq for message in await read(db, conversation.ana.me, conversation.id)] == [1]


async def test_what_was_taken_is_known_after_the_group_moved_on(db: Database, conversation: Conversation):
    """The answer was lost, a commit came in between: sending the same again must not look stale."""
    new = text(conversation.id, epoch=0)
    taken = await send(db, conversation.ana.me, new)
    await send(db, conversation.bora.me, commit(conversation.id, epoch=0))
    assert await send(db, conversation.ana.me, new) == taken


async def test_a_closed_conversation_takes_nothing_and_keeps_what_was_said(db: Database, conversation: Conversation):
    first = text(conversation.id)
    await send(db, conversation.ana.me, first)
    async with db.as_user(conversation.bora.me) as tx:
        assert await messaging.do_close(tx, conversation.id)
        assert not await messaging.do_close(tx, conversation.id)
    with pytest.raises(messaging.ConversationClosed):
        await send(db, conversation.ana.me, text(conversation.id))
    assert (await send(db, conversation.ana.me, first)).seq == 1
    assert len(await read(db, conversation.ana.me, conversation.id)) == 1


async def test_a_block_ends_it_even_before_anybody_tidied_up(db: Database, conversation: Conversation):
    async with db.as_service(conversation.ana.me.tenant_id) as tx:
        await tx.run(
            "insert into app.blocks (tenant_id, blocker_user_id, blocker_profile_id, blocked_user_id, blocked_profile_id) "
            "values ($1, $2, $3, $4, $5)",
            conversation.ana.me.user_id,
            conversation.ana.me.profile_id,
            conversation.bora.me.user_id,
            conversation.bora.me.profile_id,
        )
    for person in (conversation.ana, conversation.bora):
        with pytest.raises(messaging.ConversationClosed):
            await send(db, person.me, text(conversation.id))


async def test_ciphertext_goes_when_its_time_is_up_and_the_log_stays(
    db: Database, conversation: Conversation, tenant: tenants.Tenant, moving_clock: MovableClock
):
    await send(db, conversation.ana.me, text(conversation.id))
    longer = await open_between(db, conversation.ana.me, (await make_person(db, tenant)).me, hours=48)
    await send(db, conversation.ana.me, text(longer))
    moving_clock.forward(hours=24, seconds=1)
    with pytest.raises(messaging.ConversationClosed):
        await send(db, conversation.ana.me, text(conversation.id))
    async with db.as_service(tenant.id) as tx:
        assert await messaging.do_delete_expired(tx) == 1
        assert await messaging.do_delete_expired(tx) == 0
        assert await tx.all(str, "select conversation_id::text from app.messages where tenant_id = $1") == [str(longer)]
        assert await tx.one(int, "select count(*) from app.message_logs where tenant_id = $1") == 2
        closed = "select closed_at is not null from app.conversations where tenant_id = $1 and id = $2"
        assert await tx.one(bool, closed, conversation.id)


def test_the_worker_knows_what_to_delete():
    scheduled = {name for name, _, _ in registry.SCHEDULES}
    assert "meydan.messaging.tasks.delete_expired_messages" in scheduled
    assert "meydan.messaging.tasks.purge_old_key_packages" in scheduled


async def test_only_a_text_counts_as_writing(db: Database, conversation: Conversation):
    await send(db, conversation.bora.me, commit(conversation.id, epoch=0))
    async with db.as_service(conversation.ana.me.tenant_id) as tx:
        assert not await messaging.has_written(tx, conversation.id, conversation.bora.me.profile_id, clock.now())
    await send(db, conversation.bora.me, text(conversation.id, epoch=1))
    later = clock.now()
    async with db.as_service(conversation.ana.me.tenant_id) as tx:
        assert await messaging.has_written(tx, conversation.id, conversation.bora.me.profile_id, later)
        assert not await messaging.has_written(tx, conversation.id, conversation.ana.me.profile_id, later)
    async with db.as_user(conversation.ana.me) as tx:
        assert await messaging.has_written(tx, conversation.id, conversation.bora.me.profile_id, later)
    async with db.as_user((await make_person(db, conversation.ana.tenant)).me) as tx:
        assert not await messaging.has_written(tx, conversation.id, conversation.bora.me.profile_id, later)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"body": b""}, messages.MessageMalformed),
        ({"body": b"x" * (64 * 1024 + 1)}, messages.MessageTooLarge),
        ({"epoch": -1}, messages.MessageMalformed),
        ({"epoch": 2**40}, messages.MessageMalformed),
        ({"welcome": messages.Welcome(uuid4(), b"w")}, messages.MessageMalformed),
        ({"connection_type": "x" * 41}, messages.MessageMalformed),
    ],
)
async def test_what_has_the_wrong_form_is_refused(
    db: Database, conversation: Conversation, change: dict[str, object], error: type[Exception]
):
    values = {
        "id": uuid4(),
        "conversation_id": conversation.id,
        "type": "text",
        "epoch": 0,
        "body": b"x",
    } | change
    with pytest.raises(error):
        await send(db, conversation.ana.me, messages.SendMessageRequest(**values))  # type: ignore[arg-type]


async def test_the_log_says_who_when_and_from_what_never_what(db: Database, conversation: Conversation):
    await send(db, conversation.ana.me, text(conversation.id, b"kanarya"))
    async with db.as_user(conversation.bora.me) as tx:
        await conversations.do_mark_seen(tx, conversation.id, delivered=1)
    async with db.as_service(conversation.ana.me.tenant_id) as tx:
        row = await tx.connection.fetchrow(
            "select * from app.message_logs where tenant_id = $1 and conversation_id = $2",
            tx.tenant_id,
            conversation.id,
        )
    assert (row["sender_user_id"], row["receiver_user_id"]) == (
        conversation.ana.me.user_id,
        conversation.bora.me.user_id,
    )
    assert row["device_info"] == "Firefox on Linux"
    assert row["delivered_at"] is not None
    assert b"kanarya" not in repr(dict(row)).encode()


async def test_a_text_is_told_to_the_rooms_above_once(db: Database, conversation: Conversation):
    heard: list[messaging.MessageSent] = []

    @listen(messaging.MessageSent)
    async def hear(_tx: object, event: messaging.MessageSent) -> None:
        heard.append(event)

    new = text(conversation.id)
    await send(db, conversation.ana.me, new)
    await send(db, conversation.ana.me, new)
    mine = [event for event in heard if event.conversation_id == conversation.id]
    assert [(event.message_id, event.receiver_user_id) for event in mine] == [(new.id, conversation.bora.me.user_id)]


async def test_both_people_are_told_by_their_profiles(db: Database, conversation: Conversation, postgres_url: str):
    del postgres_url
    new = text(conversation.id)
    await send(db, conversation.ana.me, new)
    rows = await db.relay.fetch(
        "select user_id, payload from app.outbox where tenant_id = $1", conversation.ana.me.tenant_id
    )
    told = {row["user_id"]: row["payload"] for row in rows if str(new.id) in row["payload"]}
    assert set(told) == {conversation.ana.me.user_id, conversation.bora.me.user_id}
    assert str(conversation.bora.me.profile_id) in told[conversation.bora.me.user_id]
    for payload in told.values():
        assert str(conversation.ana.me.user_id) not in payload
        assert str(conversation.bora.me.user_id) not in payload
        assert str(conversation.ana.me.client_device_id) not in payload


async def test_nobody_else_sends_or_reads(
    db: Database, conversation: Conversation, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    await send(db, conversation.ana.me, text(conversation.id))
    outsider, foreigner = await make_person(db, tenant), await make_person(db, other_tenant)
    for me in (outsider.me, foreigner.me, *(shadow.me for shadow in conversation.shadows)):
        with pytest.raises(NotFound):
            await send(db, me, text(conversation.id))
        with pytest.raises(NotFound):
            await read(db, me, conversation.id)
        async with db.as_user(me) as tx:
            assert not await messaging.do_close(tx, conversation.id)


async def test_a_conversation_is_between_two_people_of_one_community(
    db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    ana, foreigner = await make_person(db, tenant), await make_person(db, other_tenant)
    for other in ((await make_shadow(db, ana)).me, foreigner.me):
        with pytest.raises(asyncpg.RaiseError):
            await open_between(db, ana.me, other)
