"""The list of conversations, how far each side has come, and whispering."""

from uuid import uuid4

from meydan import messaging, tenants
from meydan.kit.crypto import keys
from meydan.kit.database import Database
from meydan.kit.errors import NotFound
from meydan.kit.realtime import read_grant
from meydan.messaging import conversations, messages
from tests.conftest import MovableClock
from tests.factories import make_person
from tests.messaging.conftest import Conversation
from tests.messaging.factories import listed, open_between, send, text


async def test_each_side_sees_the_other(db: Database, conversation: Conversation):
    mine, theirs = (await listed(db, conversation.ana.me))[0], (await listed(db, conversation.bora.me))[0]
    assert (mine.id, mine.opener, mine.peer.alias) == (conversation.id, True, conversation.bora.alias)
    assert (theirs.id, theirs.opener, theirs.peer.alias) == (conversation.id, False, conversation.ana.alias)
    assert (mine.me_profile_id, mine.peer.id) == (theirs.peer.id, theirs.me_profile_id)
    assert mine.closed_at is None


async def test_the_newest_conversation_comes_first_and_other_faces_have_their_own(
    db: Database, conversation: Conversation, tenant: tenants.Tenant
):
    later = await open_between(db, (await make_person(db, tenant)).me, conversation.ana.me)
    assert [one.id for one in await listed(db, conversation.ana.me)] == [later, conversation.id]
    assert await listed(db, conversation.shadows[0].me) == []


async def test_unread_delivered_and_read(db: Database, conversation: Conversation):
    sent = [await send(db, conversation.ana.me, text(conversation.id)) for _ in range(3)]
    theirs = (await listed(db, conversation.bora.me))[0]
    assert (theirs.unread, theirs.last_seq, theirs.read_seq) == (3, 3, 0)
    async with db.as_user(conversation.bora.me) as tx:
        await conversations.do_mark_seen(tx, conversation.id, delivered=3)
    mine = (await listed(db, conversation.ana.me))[0]
    assert (mine.peer_delivered_seq, mine.peer_read_seq, mine.unread) == (3, 0, 0)
    async with db.as_user(conversation.bora.me) as tx:
        await messages.do_mark_read(tx, sent[1].id)
    mine = (await listed(db, conversation.ana.me))[0]
    assert (mine.peer_delivered_seq, mine.peer_read_seq) == (3, 2)
    assert (await listed(db, conversation.bora.me))[0].unread == 1


async def test_nobody_goes_back_or_ahead_of_the_log(db: Database, conversation: Conversation):
    await send(db, conversation.ana.me, text(conversation.id))
    async with db.as_user(conversation.bora.me) as tx:
        await conversations.do_mark_seen(tx, conversation.id, delivered=2**50, read=2**50)
        await conversations.do_mark_seen(tx, conversation.id, delivered=0, read=0)
    mine = (await listed(db, conversation.ana.me))[0]
    assert (mine.peer_delivered_seq, mine.peer_read_seq) == (1, 1)


async def test_a_receipt_is_told_to_both_once(db: Database, conversation: Conversation):
    await send(db, conversation.ana.me, text(conversation.id))
    for _ in range(2):
        async with db.as_user(conversation.bora.me) as tx:
            await conversations.do_mark_seen(tx, conversation.id, delivered=1)
    rows = await db.relay.fetch(
        "select user_id, payload from app.outbox where tenant_id = $1", conversation.ana.tenant.id
    )
    receipts = {row["user_id"]: row["payload"] for row in rows if '"t":"receipt"' in row["payload"]}
    assert len([row for row in rows if '"t":"receipt"' in row["payload"]]) == 2
    assert '"mine":false' in receipts[conversation.ana.me.user_id]
    assert '"mine":true' in receipts[conversation.bora.me.user_id]


async def test_one_reads_only_what_the_other_side_wrote(
    db: Database, conversation: Conversation, tenant: tenants.Tenant
):
    own = await send(db, conversation.ana.me, text(conversation.id))
    stranger = await make_person(db, tenant)
    for me, message_id in ((conversation.ana.me, own.id), (stranger.me, own.id), (conversation.bora.me, uuid4())):
        try:
            async with db.as_user(me) as tx:
                await messages.do_mark_read(tx, message_id)
        except NotFound:
            continue
        raise AssertionError("marked as read")


async def test_a_grant_names_both_and_no_ended_conversation_has_one(db: Database, conversation: Conversation):
    mine = (await listed(db, conversation.ana.me))[0]
    assert mine.grant is not None
    grant = read_grant(mine.grant, keys.current().token_keyring)
    assert (grant.conversation_id, grant.me_profile_id) == (conversation.id, conversation.ana.me.profile_id)
    assert (grant.peer_profile_id, grant.peer_user_id) == (
        conversation.bora.me.profile_id,
        conversation.bora.me.user_id,
    )
    async with db.as_user(conversation.bora.me) as tx:
        await messaging.do_close(tx, conversation.id)
    ended = (await listed(db, conversation.ana.me))[0]
    assert ended.closed_at is not None
    assert (ended.grant, ended.grant_expires_at) == (None, None)


async def test_a_conversation_leaves_the_list_with_its_messages(
    db: Database, conversation: Conversation, moving_clock: MovableClock
):
    moving_clock.forward(hours=25)
    assert (await listed(db, conversation.ana.me))[0].closed_at is not None
    async with db.as_service(conversation.ana.tenant.id) as tx:
        await messaging.do_delete_expired(tx)
    assert await listed(db, conversation.ana.me) == []
