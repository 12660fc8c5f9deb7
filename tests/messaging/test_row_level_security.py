"""Row-level security of messaging: users read and change rows with the database's own logins."""

from uuid import uuid4

import asyncpg
import pytest

from meydan import tenants
from meydan.kit.database import Database
from meydan.kit.identity import Identity
from meydan.messaging import identity_keys
from tests.factories import make_person
from tests.messaging.conftest import Conversation
from tests.messaging.factories import offer, send, text

TABLES = [
    "conversations",
    "conversation_members",
    "messages",
    "message_logs",
    "key_packages",
    "identity_keys",
    "identity_transfers",
]


async def visible(db: Database, me: Identity, table: str) -> int:
    async with db.as_user(me) as tx:
        return await tx.one(int, f"select count(tenant_id) from app.{table} where tenant_id > $1 - 1000000")


@pytest.fixture
async def lively(db: Database, conversation: Conversation) -> Conversation:
    await send(db, conversation.ana.me, text(conversation.id))
    await offer(db, conversation.ana.me, b"package")
    async with db.as_user(conversation.ana.me) as tx:
        await identity_keys.do_offer(tx, b"sealed")
    return conversation


async def test_each_sees_what_is_theirs(db: Database, lively: Conversation):
    assert [await visible(db, lively.ana.me, table) for table in TABLES] == [1, 1, 1, 1, 1, 1, 1]
    assert [await visible(db, lively.bora.me, table) for table in TABLES] == [1, 1, 1, 0, 0, 0, 0]


async def test_outsiders_other_faces_and_other_communities_see_nothing(
    db: Database, lively: Conversation, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    outsider, foreigner = await make_person(db, tenant), await make_person(db, other_tenant)
    for me in (outsider.me, foreigner.me, lively.shadows[1].me):
        assert [await visible(db, me, table) for table in TABLES] == [0, 0, 0, 0, 0, 0, 0]
    # Of one's own other face nothing but the bare log of having written, which belongs to the person.
    assert [await visible(db, lively.shadows[0].me, table) for table in TABLES] == [0, 0, 0, 1, 0, 0, 0]


async def test_the_other_ones_user_is_nowhere_to_be_read(db: Database, lively: Conversation):
    for table, column in (
        ("conversation_members", "user_id"),
        ("message_logs", "sender_user_id"),
        ("message_logs", "receiver_user_id"),
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_user(lively.ana.me) as tx:
                await tx.run(f"select {column} from app.{table} where tenant_id = $1")


@pytest.mark.parametrize(
    "statement",
    [
        "insert into app.conversations (tenant_id, match_id, opener_profile_id, expires_at) values ($1, uuidv7(), uuidv7(), app.now())",
        "update app.conversations set expires_at = app.now() + interval '9 days' where tenant_id = $1",
        "delete from app.conversations where tenant_id = $1",
        "insert into app.conversation_members (tenant_id, conversation_id, profile_id, user_id) values ($1, uuidv7(), uuidv7(), uuidv7())",
        "update app.conversation_members set read_seq = 0 where tenant_id = $1",
        (
            "insert into app.messages (tenant_id, conversation_id, seq, id, sender_profile_id, sender_device_id, kind, epoch, body) "
            "values ($1, uuidv7(), 1, uuidv7(), uuidv7(), uuidv7(), 'text', 0, 'x')"
        ),
        "update app.messages set body = 'x' where tenant_id = $1",
        "delete from app.messages where tenant_id = $1",
        (
            "insert into app.message_logs (tenant_id, conversation_id, seq, match_id, kind, sender_user_id, receiver_user_id) "
            "values ($1, uuidv7(), 1, uuidv7(), 'text', uuidv7(), uuidv7())"
        ),
        "update app.message_logs set sent_at = app.now() where tenant_id = $1",
        "delete from app.message_logs where tenant_id = $1",
        "update app.key_packages set body = 'x' where tenant_id = $1",
        "update app.identity_keys set profile_id = uuidv7() where tenant_id = $1",
        "delete from app.identity_keys where tenant_id = $1",
    ],
)
async def test_people_change_nothing_past_the_functions(db: Database, lively: Conversation, statement: str):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.as_user(lively.ana.me) as tx:
            await tx.run(statement)


async def test_key_packages_are_added_and_removed_by_their_own_face_only(
    db: Database, lively: Conversation, tenant: tenants.Tenant
):
    bora = lively.bora.me
    add = "insert into app.key_packages (tenant_id, user_id, profile_id, device_id, body) values ($1, $2, $3, $4, 'x')"
    for user_id, profile_id in (
        (lively.ana.me.user_id, lively.ana.me.profile_id),
        (bora.user_id, lively.shadows[1].me.profile_id),
        (lively.ana.me.user_id, bora.profile_id),
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.as_user(bora) as tx:
                await tx.run(add, user_id, profile_id, uuid4())
    for me in (bora, lively.shadows[0].me):
        async with db.as_user(me) as tx:
            await tx.run("delete from app.key_packages where tenant_id = $1")
    async with db.as_service(tenant.id) as tx:
        assert await tx.one(int, "select count(*) from app.key_packages where tenant_id = $1") == 1


async def test_functions_ask_for_the_tenant_too(db: Database, lively: Conversation, other_tenant: tenants.Tenant):
    """Saying another tenant's number inside a function reaches nobody there."""
    foreigner = await make_person(db, other_tenant)
    async with db.as_user(foreigner.me) as tx:
        found = (
            "select outcome from app.send_message($1, $2, uuidv7(), uuidv7(), 'text', 0, 'x', null, null, null, null)"
        )
        assert await tx.connection.fetchval(found, lively.ana.me.tenant_id, lively.id) == "not_found"
        found = "select outcome from app.consume_key_packages($1, $2, uuidv7(), 0, 20)"
        assert await tx.connection.fetchval(found, lively.ana.me.tenant_id, lively.id) == "not_found"
        for statement in (
            "select app.close_conversation($1, $2)",
            "select app.has_written($1, $2, app.profile_id(), app.now())",
            "select exists (select from app.mark_seen($1, $2, 1, 1))",
        ):
            assert await tx.connection.fetchval(statement, lively.ana.me.tenant_id, lively.id) is False, statement
        assert await tx.connection.fetchval("select count(*) from app.my_peers($1)", lively.ana.me.tenant_id) == 0


async def test_a_person_opens_conversations_for_themselves_alone(
    db: Database, conversation: Conversation, tenant: tenants.Tenant
):
    third = await make_person(db, tenant)
    with pytest.raises(asyncpg.RaiseError):
        async with db.as_user(third.me) as tx:
            await tx.run(
                "select app.open_conversation($1, uuidv7(), $2, $3, $4, app.now())",
                conversation.ana.me.profile_id,
                [conversation.ana.me.user_id, conversation.bora.me.user_id],
                [conversation.ana.me.profile_id, conversation.bora.me.profile_id],
            )
