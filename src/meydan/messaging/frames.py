"""What the socket says about conversations. The profile addressed is in every frame: a person may have two."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from meydan.kit.realtime import Frame

# Literals, not enums: they come from the database as they are, twenty to a page.
MessageKind = Literal["text", "commit", "welcome", "join_request"]


class Message(Struct, frozen=True):
    """``body`` is an MLS message, base64; ``id`` is the sender's own, unique among theirs."""

    id: UUID
    conversation_id: UUID
    seq: int
    sender_profile_id: UUID
    sender_device_id: UUID
    kind: MessageKind
    epoch: int
    body: bytes
    created_at: datetime


class MessageFrame(Frame, frozen=True, tag="message"):
    profile_id: UUID
    message: Message


class Receipt(Frame, frozen=True):
    """How far the other side has received and read; with ``mine`` how far this profile has, on another device or tab."""

    profile_id: UUID
    conversation_id: UUID
    delivered_seq: int
    read_seq: int
    mine: bool
