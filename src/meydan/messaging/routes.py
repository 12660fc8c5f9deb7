"""Messaging over HTTP."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, post, put
from litestar.params import Parameter
from msgspec import Meta, Struct

from meydan import tenants
from meydan.kit import http, rate_limits
from meydan.kit.database import Database, Tx
from meydan.kit.http.fast_path import FastRequest, FastRoute
from meydan.kit.identity import Identity
from meydan.kit.rate_limits import Cost
from meydan.messaging import conversations, identity_keys, messages, packages
from meydan.messaging.device_names import device_info
from meydan.messaging.frames import Message
from meydan.messaging.settings import MessagingSettings

_OWN_LIMIT = {http.READS_FREELY: "counted by the community's own limit, as on the fast path"}
_PAGES = rate_limits.Buckets("messages.pages")
_CONSUMES = rate_limits.Limit("key-packages.consume", timedelta(minutes=1), 20)
_IDENTITIES = rate_limits.Limit("identity-key.set", timedelta(hours=1), 20)
_TRANSFERS = rate_limits.Limit("identity-transfer", timedelta(minutes=1), 20)
_ADDS = rate_limits.Limit("key-packages.add", timedelta(minutes=1), 20)

Limit = Annotated[int, Parameter(ge=1, le=100)]
Seq = Annotated[int | None, Parameter(ge=0, lt=2**62)]


_send_message_request = msgspec.json.Decoder(messages.SendMessageRequest)


class _PageQuery(Struct, frozen=True, forbid_unknown_fields=True):
    after: Annotated[int, Meta(ge=0, lt=2**62)] | None = None
    after_id: UUID | None = None
    after_at: datetime | None = None
    before: Annotated[int, Meta(ge=0, lt=2**62)] | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 100


class ConversationList(Struct, frozen=True):
    items: list[conversations.Conversation]


class AddKeyPackagesRequest(Struct, frozen=True, forbid_unknown_fields=True):
    packages: Annotated[list[bytes], Meta(max_length=packages.LIMIT_PER_DEVICE)]
    replace: bool = False
    """Deletes this device's earlier packages, which a cleared browser can no longer use."""


class KeyPackageCount(Struct, frozen=True):
    remaining: int
    device_id: UUID
    """This device's id in conversations of the active profile."""
    identity_key: bytes | None
    """The public key that signs the profile's devices, once a browser has set one."""


class KeyPackageList(Struct, frozen=True):
    packages: list[packages.KeyPackage]


class ConsumeKeyPackagesRequest(Struct, frozen=True, forbid_unknown_fields=True):
    epoch: Annotated[int, Meta(ge=0, lt=2**31)]
    """The conversation's epoch as the log has it: a group is founded at it, once."""


class OfferIdentityRequest(Struct, frozen=True, forbid_unknown_fields=True):
    body: Annotated[bytes, Meta(min_length=1, max_length=identity_keys.LARGEST_TRANSFER)]


class MarkDeliveredRequest(Struct, frozen=True, forbid_unknown_fields=True):
    seq: Annotated[int, Meta(ge=0, lt=2**62)]


@put("/api/messages/key-packages")
async def add_key_packages(db: Database, me: Identity, data: AddKeyPackagesRequest) -> KeyPackageCount:
    await rate_limits.take(_ADDS, me.user_id)
    async with db.as_user(me) as tx:
        await packages.do_add(tx, data.packages, replace=data.replace)
        return await _count(tx)


@get("/api/messages/key-packages/count")
async def count_key_packages(db: Database, me: Identity) -> KeyPackageCount:
    async with db.as_user(me) as tx:
        return await _count(tx)


async def _count(tx: Tx) -> KeyPackageCount:
    return KeyPackageCount(await packages.count(tx), packages.my_device_id(tx), await identity_keys.my_identity_key(tx))


@put("/api/messages/identity-key", status_code=204)
async def set_identity_key(db: Database, me: Identity, data: identity_keys.SetIdentityKeyRequest) -> None:
    await rate_limits.take(_IDENTITIES, me.user_id)
    async with db.as_user(me) as tx:
        await identity_keys.do_set(tx, data)


@put("/api/messages/identity-transfer", status_code=204)
async def offer_identity(db: Database, me: Identity, data: OfferIdentityRequest) -> None:
    await rate_limits.take(_TRANSFERS, me.user_id)
    async with db.as_user(me) as tx:
        await identity_keys.do_offer(tx, data.body)


@get("/api/messages/identity-transfer")
async def get_offered_identity(db: Database, me: Identity) -> identity_keys.Transfer:
    await rate_limits.take(_TRANSFERS, me.user_id)
    async with db.as_user(me) as tx:
        return await identity_keys.offered(tx)


@delete("/api/messages/identity-transfer", status_code=204)
async def withdraw_identity(db: Database, me: Identity) -> None:
    async with db.as_user(me) as tx:
        await identity_keys.do_withdraw(tx)


@post("/api/messages/{conversation_id:uuid}/consume-key-packages")
async def consume_key_packages(
    db: Database, me: Identity, conversation_id: UUID, data: ConsumeKeyPackagesRequest
) -> KeyPackageList:
    await rate_limits.take(_CONSUMES, me.user_id)
    async with db.as_user(me) as tx:
        return KeyPackageList(await packages.do_consume(tx, conversation_id, data.epoch))


@get("/api/messages/conversations", opt=_OWN_LIMIT)
async def list_conversations(db: Database, me: Identity) -> ConversationList:
    await _take_page(db, me)
    async with db.as_user(me) as tx:
        items = await conversations.conversations(tx)
    return ConversationList(await conversations.with_presence(me.tenant_id, items))


@get("/api/messages/{conversation_id:uuid}", opt=_OWN_LIMIT)  # answered before the framework: _hot_page
async def list_messages(
    db: Database,
    me: Identity,
    conversation_id: UUID,
    after: Seq = None,
    after_id: UUID | None = None,
    after_at: datetime | None = None,
    before: Seq = None,
    limit: Limit = 100,
) -> messages.MessagePage:
    await _take_page(db, me)
    async with db.as_user(me) as tx:
        return await messages.page(
            tx, conversation_id, after=after, after_id=after_id, after_at=after_at, before=before, limit=limit
        )


@post("/api/messages/send")  # answered before the framework: _hot_send
async def send(db: Database, me: Identity, request: http.AnyRequest, data: messages.SendMessageRequest) -> Message:
    return await _send(db, me, request.headers.get("user-agent", ""), data)


async def _send(db: Database, me: Identity, user_agent: str, data: messages.SendMessageRequest) -> Message:
    await _take_sending(db, me, data)
    async with db.as_user(me) as tx:
        return await messages.do_send(tx, data, device_info(user_agent))


async def _take_sending(db: Database, me: Identity, data: messages.SendMessageRequest) -> None:
    """Counts a message and its bytes for the person, and the bytes for the person in this conversation.

    Sessions of one person share a limit. Members of a conversation do not: one could silence the other.

    Raises: TooManyRequests.
    """
    settings = await tenants.cached_settings(db, me.tenant_id, MessagingSettings)
    size = len(data.body) + (0 if data.welcome is None else len(data.welcome.body))
    most = settings.megabytes_per_hour * 1024 * 1024
    await rate_limits.take_all(
        me.user_id,
        Cost(rate_limits.Limit("messages.send", timedelta(minutes=1), settings.messages_per_minute)),
        Cost(rate_limits.Limit("messages.bytes", timedelta(hours=1), most), size),
        Cost(rate_limits.Limit("messages.bytes-here", timedelta(hours=1), most // 2), size, data.conversation_id),
    )


async def _take_page(db: Database, me: Identity) -> None:
    """Counts a page in this process: what a page costs must not grow by a round trip.

    Raises: TooManyRequests.
    """
    settings = await tenants.cached_settings(db, me.tenant_id, MessagingSettings)
    _PAGES.take(me.user_id, settings.pages_per_minute, settings.pages_per_minute / 60)


@put("/api/messages/{message_id:uuid}/read", status_code=204)
async def mark_read(db: Database, me: Identity, message_id: UUID) -> None:
    async with db.as_user(me) as tx:
        await messages.do_mark_read(tx, message_id)


@post("/api/messages/{conversation_id:uuid}/delivered", status_code=204)
async def mark_delivered(db: Database, me: Identity, conversation_id: UUID, data: MarkDeliveredRequest) -> None:
    async with db.as_user(me) as tx:
        await conversations.check_member(tx, conversation_id)
        await conversations.do_mark_seen(tx, conversation_id, delivered=data.seq)


async def _hot_page(request: FastRequest) -> bytes:
    conversation_id = UUID(request.tail)  # another route's word, which must cost nothing here
    query = msgspec.convert(request.query, _PageQuery, strict=False)
    await _take_page(request.db, request.me)
    async with request.db.as_user(request.me) as tx:
        page = await messages.page(
            tx,
            conversation_id,
            after=query.after,
            after_id=query.after_id,
            after_at=query.after_at,
            before=query.before,
            limit=query.limit,
        )
    return msgspec.json.encode(page)


async def _hot_send(request: FastRequest) -> bytes:
    user_agent = request.headers.get(b"user-agent", b"").decode("latin-1")
    return msgspec.json.encode(
        await _send(request.db, request.me, user_agent, _send_message_request.decode(request.body))
    )


FAST_ROUTES = [
    FastRoute("GET", "/api/messages/", 200, _hot_page),
    FastRoute("POST", "/api/messages/send", 201, _hot_send),
]

ROUTES = [
    add_key_packages,
    count_key_packages,
    consume_key_packages,
    set_identity_key,
    offer_identity,
    get_offered_identity,
    withdraw_identity,
    list_conversations,
    list_messages,
    send,
    mark_read,
    mark_delivered,
]
