"""Steps of users in stories about messaging."""

from datetime import timedelta
from uuid import UUID, uuid4

from meydan import messaging
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.kit.identity import Identity
from meydan.messaging import conversations, messages
from meydan.messaging.frames import Message


async def open_between(db: Database, opener: Identity, other: Identity, *, hours: float = 24) -> UUID:
    async with db.as_service(opener.tenant_id) as tx:
        opened = await messaging.do_open(
            tx,
            members=[(opener.user_id, opener.profile_id), (other.user_id, other.profile_id)],
            opener=opener.profile_id,
            expires_at=clock.now() + timedelta(hours=hours),
            match_id=uuid4(),
        )
    return opened.id


def text(
    conversation_id: UUID, body: bytes = b"sealed", *, id: UUID | None = None, epoch: int = 0
) -> messages.SendMessageRequest:
    return messages.SendMessageRequest(id or uuid4(), conversation_id, "text", epoch, body)


def commit(conversation_id: UUID, *, epoch: int, welcome: bytes | None = None) -> messages.SendMessageRequest:
    letter = None if welcome is None else messages.Welcome(uuid4(), welcome)
    return messages.SendMessageRequest(uuid4(), conversation_id, "commit", epoch, b"commit", letter)


async def send(db: Database, me: Identity, new: messages.SendMessageRequest) -> Message:
    async with db.as_user(me) as tx:
        return await messages.do_send(tx, new, "Firefox on Linux")


async def read(db: Database, me: Identity, conversation_id: UUID, **page: int) -> list[Message]:
    async with db.as_user(me) as tx:
        return (await messages.page(tx, conversation_id, **page)).items


async def listed(db: Database, me: Identity) -> list[conversations.Conversation]:
    async with db.as_user(me) as tx:
        return await conversations.conversations(tx)
