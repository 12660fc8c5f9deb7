"""Steps of users in stories about messaging."""

import hashlib
from datetime import timedelta
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from meydan import messaging
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.kit.identity import Identity
from meydan.messaging import conversations, identity_keys, messages, packages
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


def reaction(conversation_id: UUID, body: bytes = b"sealed", *, epoch: int = 0) -> messages.SendMessageRequest:
    return messages.SendMessageRequest(uuid4(), conversation_id, "reaction", epoch, body)


def commit(conversation_id: UUID, *, epoch: int, welcome: bytes | None = None) -> messages.SendMessageRequest:
    letter = None if welcome is None else messages.Welcome(uuid4(), welcome)
    return messages.SendMessageRequest(uuid4(), conversation_id, "commit", epoch, b"commit", letter)


async def send(db: Database, me: Identity, new: messages.SendMessageRequest) -> Message:
    async with db.as_user(me) as tx:
        return await messages.do_send(tx, new, "Firefox on Linux")


async def read(
    db: Database, me: Identity, conversation_id: UUID, *, after: int | None = None, limit: int = 100
) -> list[Message]:
    async with db.as_user(me) as tx:
        return (await messages.page(tx, conversation_id, after=after, limit=limit)).items


async def listed(db: Database, me: Identity) -> list[conversations.Conversation]:
    async with db.as_user(me) as tx:
        return await conversations.conversations(tx)


def identity_of(profile_id: UUID) -> Ed25519PrivateKey:
    """The identity key that a profile's browsers share in these stories."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(profile_id.bytes).digest())


def key_package(me: Identity, name: bytes, *, signed_by: Ed25519PrivateKey | None = None) -> bytes:
    """A key package as far as the server reads it; ``name`` stands where the one-time key would."""
    identity = signed_by or identity_of(me.profile_id)
    device = packages.conversation_device_id(me.profile_id, me.client_device_id)
    leaf_key = hashlib.sha256(name).digest()
    signature = identity.sign(identity_keys.signed_bytes(me.profile_id, device, leaf_key))
    credential = me.profile_id.bytes + device.bytes + identity.public_key().public_bytes_raw() + signature
    vectors = _vector(name) + _vector(b"leaf") + _vector(leaf_key)
    return bytes((0, 1, 0, 5, 0, 1, 0, 1)) + vectors + bytes((0, 1)) + _vector(credential) + b"the rest"


def name_of(package: bytes) -> bytes:
    """The name given to ``key_package``."""
    start = 8 + (1 << (package[8] >> 6))
    length = int.from_bytes(package[8:start]) & (1 << (8 * (start - 8) - 2)) - 1
    return package[start : start + length]


def _vector(data: bytes) -> bytes:
    return (bytes((len(data),)) if len(data) < 64 else (0x4000 | len(data)).to_bytes(2)) + data


async def set_identity(db: Database, me: Identity) -> None:
    public_key = identity_of(me.profile_id).public_key().public_bytes_raw()
    async with db.as_user(me) as tx:
        await identity_keys.do_set(tx, identity_keys.SetIdentityKeyRequest(public_key))


async def offer(db: Database, me: Identity, *names: bytes, fresh: bool = False) -> int:
    """Key packages with these names, after the profile's first browser has set its identity key."""
    await set_identity(db, me)
    async with db.as_user(me) as tx:
        return await packages.do_add(tx, [key_package(me, name) for name in names], replace=fresh)


async def claim(db: Database, me: Identity, conversation_id: UUID, epoch: int = 0) -> set[bytes]:
    async with db.as_user(me) as tx:
        return {name_of(package.package) for package in await packages.do_consume(tx, conversation_id, epoch)}
