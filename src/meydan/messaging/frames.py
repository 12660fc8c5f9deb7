"""Server frames of messaging. Each names the profile it addresses, because a user may have two."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from meydan.kit.realtime import Frame

# Literals, not enums: a page decodes a hundred from the database without conversion.
MessageType = Literal["text", "reaction", "commit", "welcome", "join_request"]


class Message(Struct, frozen=True):
    """``body`` is an MLS message in base64. ``id`` is chosen by the sender and unique for the sender."""

    id: UUID
    conversation_id: UUID
    seq: int
    sender_profile_id: UUID
    sender_device_id: UUID
    type: MessageType
    epoch: int
    body: bytes
    created_at: datetime


class IdentityReplaced(Frame, frozen=True):
    """A profile's identity key is another one now. Its other browsers cannot go on with the old one."""

    profile_id: UUID
    public_key: bytes


class MessageFrame(Frame, frozen=True, tag="message"):
    profile_id: UUID
    message: Message


class Receipt(Frame, frozen=True):
    """The peer's delivered and read positions; with ``mine`` this profile's own, from another device or tab."""

    profile_id: UUID
    conversation_id: UUID
    delivered_seq: int
    read_seq: int
    mine: bool
