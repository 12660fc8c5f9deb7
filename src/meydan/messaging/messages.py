"""The log of a conversation: ciphertext in order, written once however often it is sent."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from meydan.kit import realtime
from meydan.kit.database import Tx
from meydan.kit.errors import NotFound, Refused
from meydan.kit.events import Event, publish
from meydan.messaging import conversations, packages
from meydan.messaging.frames import Message, MessageFrame

LARGEST = 64 * 1024


SentKind = Literal["text", "commit", "join_request"]
"""What a device sends by itself: a welcome travels with its commit."""


class MessagePage(Struct, frozen=True):
    items: list[Message]
    next: int | None
    """The ``after`` (or ``before``) of the next page."""


class Welcome(Struct, frozen=True, forbid_unknown_fields=True):
    id: UUID
    body: bytes


class NewMessage(Struct, frozen=True, forbid_unknown_fields=True):
    id: UUID
    """Made by the client (UUIDv7): sending again under the same id counts once."""
    conversation_id: UUID
    kind: SentKind
    epoch: int
    body: bytes
    welcome: Welcome | None = None
    """Lets devices in that the commit adds."""
    connection_type: str | None = None


class MessageSent(Event, frozen=True):
    """A text was written; what it says nobody here knows."""

    conversation_id: UUID
    message_id: UUID
    sender_profile_id: UUID
    receiver_user_id: UUID
    receiver_profile_id: UUID


class StaleEpoch(Refused):
    """The message is not in the log and, sealed for this epoch, never will be."""

    code, status, title = "stale_epoch", 409, "The group has moved on: read the log and try again."


class ConversationClosed(Refused):
    code, status, title = "conversation_closed", 409, "This conversation has ended."


class MessageIdTaken(Refused):
    code, status, title = "message_id_taken", 409, "You have sent something else under this id."


class MessageTooLarge(Refused):
    code, status, title = "message_too_large", 413, "A message has at most 64 KB."


class MessageMalformed(Refused):
    code, status, title = (
        "message_malformed",
        422,
        "A message has a body, an epoch of its group, and a welcome only with a commit.",
    )


class _Outcome(Struct, frozen=True):
    """A place and a time when the message is in the log; the peer when it has just come there."""

    outcome: str
    seq: int | None
    created_at: datetime | None
    current_epoch: int | None
    peer_user_id: UUID | None
    peer_profile_id: UUID | None


async def do_send(tx: Tx, new: NewMessage, device_info: str | None) -> Message:
    """Add to the log, once for each id, and tell both people's devices.

    Raises NotFound, StaleEpoch, ConversationClosed, MessageIdTaken, MessageTooLarge, MessageMalformed.
    """
    _check_form(new)
    device = packages.my_device(tx)
    done = await tx.one(
        _Outcome,
        """
        select outcome, seq, created_at, current_epoch, peer_user_id, peer_profile_id
        from app.send_message($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """,
        new.conversation_id,
        new.id,
        device,
        new.kind,
        new.epoch,
        new.body,
        new.welcome and new.welcome.id,
        new.welcome and new.welcome.body,
        device_info,
        new.connection_type,
    )
    if done.seq is None or done.created_at is None:
        raise _refusal(done)
    message = Message(
        id=new.id,
        conversation_id=new.conversation_id,
        seq=done.seq,
        sender_profile_id=tx.me.profile_id,
        sender_device_id=device,
        kind=new.kind,
        epoch=new.epoch,
        body=new.body,
        created_at=done.created_at,
    )
    if done.peer_user_id is not None and done.peer_profile_id is not None:  # new, not sent again
        await _tell(tx, message, new.welcome, done.peer_user_id, done.peer_profile_id)
    return message


async def page(
    tx: Tx, conversation_id: UUID, *, after: int | None = None, before: int | None = None, limit: int = 100
) -> MessagePage:
    """Forward from ``after`` (the beginning), or backward from ``before``; always in the log's order. Raises NotFound."""
    backward = before is not None and after is None
    order = "desc" if backward else "asc"
    items = await tx.all(
        Message,
        f"""
        select id, conversation_id, seq, sender_profile_id, sender_device_id, kind, epoch, body, created_at
        from app.messages where tenant_id = $1 and conversation_id = $2 and seq > $3 and seq < $4
        order by seq {order} limit $5
        """,
        conversation_id,
        after or 0,
        before if before is not None else 2**62,
        limit,
    )
    if not items:
        await conversations.check_member(tx, conversation_id)
    following = items[-1].seq if len(items) == limit else None
    return MessagePage(items[::-1] if backward else items, following)


async def do_read_up_to(tx: Tx, message_id: UUID) -> None:
    """Everything up to this message of the other side is read. Raises NotFound."""
    found = await tx.one(
        _Place,
        "select conversation_id, seq from app.messages where tenant_id = $1 and sender_profile_id <> $2 and id = $3",
        tx.me.profile_id,
        message_id,
    )
    await conversations.do_mark_seen(tx, found.conversation_id, read=found.seq)


async def wrote(tx: Tx, conversation_id: UUID, profile_id: UUID, before: datetime) -> bool:
    """Whether this profile wrote a text before then. A person may ask about conversations of their own."""
    return await tx.one(bool, "select app.wrote($1, $2, $3, $4)", conversation_id, profile_id, before)


async def do_delete_expired(tx: Tx) -> int:
    """Ciphertext goes when its conversation's time is up; that something was said stays. Returns how many conversations."""
    ended = await tx.all(
        UUID,
        """
        update app.conversations set closed_at = coalesce(closed_at, expires_at), purged_at = app.now()
        where tenant_id = $1 and id in (
          select id from app.conversations where tenant_id = $1 and purged_at is null and expires_at <= app.now()
          order by expires_at limit 500 for update skip locked
        ) returning id
        """,
    )
    if ended:
        await tx.run("delete from app.messages where tenant_id = $1 and conversation_id = any($2::uuid[])", ended)
        for conversation_id in ended:
            await realtime.do_revoke(tx, conversation_id)
    return len(ended)


class _Place(Struct, frozen=True):
    conversation_id: UUID
    seq: int


def _check_form(new: NewMessage) -> None:
    bodies = [new.body] if new.welcome is None else [new.body, new.welcome.body]
    if any(len(body) > LARGEST for body in bodies):
        raise MessageTooLarge
    welcome_alone = new.welcome is not None and (new.kind != "commit" or new.welcome.id == new.id)
    if not all(bodies) or welcome_alone or not 0 <= new.epoch < 2**31 or len(new.connection_type or "") > 40:
        raise MessageMalformed


def _refusal(done: _Outcome) -> Refused:
    match done.outcome:
        case "stale":
            return StaleEpoch(epoch=done.current_epoch)
        case "closed":
            return ConversationClosed()
        case "taken":
            return MessageIdTaken()
        case _:
            return NotFound()


async def _tell(tx: Tx, message: Message, welcome: Welcome | None, peer_user_id: UUID, peer_profile_id: UUID) -> None:
    told = [message]
    if welcome is not None:
        told.append(_welcome_after(message, welcome))
    for one in told:
        await realtime.send_frame(tx, peer_user_id, MessageFrame(peer_profile_id, one))
        await realtime.send_frame(tx, tx.me.user_id, MessageFrame(tx.me.profile_id, one))
    if message.kind == "text":
        await publish(
            tx,
            MessageSent(
                conversation_id=message.conversation_id,
                message_id=message.id,
                sender_profile_id=message.sender_profile_id,
                receiver_user_id=peer_user_id,
                receiver_profile_id=peer_profile_id,
            ),
        )


def _welcome_after(message: Message, welcome: Welcome) -> Message:
    return Message(
        id=welcome.id,
        conversation_id=message.conversation_id,
        seq=message.seq + 1,
        sender_profile_id=message.sender_profile_id,
        sender_device_id=message.sender_device_id,
        kind="welcome",
        epoch=message.epoch + 1,
        body=welcome.body,
        created_at=message.created_at,
    )
