"""Export and erasure of personal data in messaging."""

import msgspec

from meydan import messaging
from meydan.kit.database import Database
from meydan.messaging import identity_keys
from tests.messaging.conftest import Conversation
from tests.messaging.factories import listed, offer, send, text


async def test_a_person_takes_along_with_whom_and_when_not_what(db: Database, conversation: Conversation):
    await send(db, conversation.ana.me, text(conversation.id, b"kanarya"))
    await send(db, conversation.bora.me, text(conversation.id, b"kanarya"))
    async with db.as_service(conversation.ana.tenant.id) as tx:
        taken = await messaging.export_person(tx, conversation.ana.me.user_id)
    assert [row["peer_profile_id"] for row in taken["conversations"]] == [str(conversation.bora.me.profile_id)]
    assert [row["seq"] for row in taken["sent"]] == [1]
    written = msgspec.json.encode(taken).decode()
    assert "kanarya" not in written
    assert str(conversation.bora.me.user_id) not in written


async def test_who_leaves_ends_their_conversations(db: Database, conversation: Conversation):
    await send(db, conversation.ana.me, text(conversation.id))
    await offer(db, conversation.ana.me, b"package")
    async with db.as_user(conversation.ana.me) as tx:
        await identity_keys.do_offer(tx, b"sealed")
    async with db.as_service(conversation.ana.tenant.id) as tx:
        taken = await messaging.export_person(tx, conversation.ana.me.user_id)
    assert [row["profile_id"] for row in taken["identity_keys"]] == [str(conversation.ana.me.profile_id)]
    async with db.as_service(conversation.ana.tenant.id) as tx:
        await messaging.erase_person(tx, conversation.ana.me.user_id)
        assert await tx.one(int, "select count(*) from app.messages where tenant_id = $1") == 0
        for table in ("key_packages", "identity_keys", "identity_transfers"):
            assert await tx.one(int, f"select count(*) from app.{table} where tenant_id = $1") == 0
        assert (
            await tx.one(int, "select count(*) from app.message_logs where tenant_id = $1 and device_info is null") == 1
        )
    assert await listed(db, conversation.bora.me) == []
