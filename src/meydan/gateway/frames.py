"""The gateway's own frames and close codes, and their encoding as WebSocket frames."""

import enum
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from meydan.kit.realtime import Frame

# Ids that Valkey can read: two numbers of 64 bits. `$` alone would let a line break through.
Cursor = Annotated[str, Meta(pattern=r"^[0-9]{1,19}-[0-9]{1,19}$(?!\n)")]


class ClientFrame(Struct, frozen=True, tag_field="t", tag=str.lower):
    """A frame of the client; anything else closes the connection."""


class Hello(ClientFrame, frozen=True):
    """Sent first, within five seconds, and again with each new access token."""

    token: str
    since: Cursor | None = None


class Watch(ClientFrame, frozen=True):
    """Follow the presence of a conversation's stranger and be allowed to send "typing" there. Again with each new grant."""

    grant: str


class Unwatch(ClientFrame, frozen=True):
    conversation_id: UUID


class Typing(ClientFrame, frozen=True):
    conversation_id: UUID
    on: bool


class Looking(ClientFrame, frozen=True):
    """``on`` is true while the page is in sight: nothing is pushed to those who see it. At first it is not."""

    on: bool


class Ping(ClientFrame, frozen=True):
    """Answered by a pong. Browsers hide the protocol's own pings from pages, which cannot tell a dead socket otherwise."""


class Ready(Frame, frozen=True):
    """The answer to hello; the id is the cursor to come back with."""

    id: str
    session: UUID
    ping_after: float
    """Seconds of silence after which a client should ping; one that gets no pong connects anew."""
    takes_looking: bool = True
    """False, or absent, from a gateway that closes a connection for the frame ``looking``."""


class Pong(Frame, frozen=True):
    """The answer to a ping: the socket lives."""


class Resync(Frame, frozen=True):
    """The log no longer holds the client's cursor: load the state over HTTP and go on from this id."""

    id: str


class PresenceChanged(Frame, frozen=True, tag="presence"):
    conversation_id: UUID
    online: bool
    last_seen_at: datetime | None


class TypingChanged(Frame, frozen=True, tag="typing"):
    conversation_id: UUID
    on: bool


class GrantRejected(Frame, frozen=True):
    """The grant of a watch has expired, was revoked or belongs to another user: get a new one over HTTP."""


class Close(enum.IntEnum):
    """Close codes. After 1012, 1013 or a lost connection clients return with the cursor; after 4401 with a new token."""

    restart = 1012
    too_slow = 1013
    bad_frame = 4400
    token = 4401
    session_ended = 4403
    no_hello = 4408
    too_many = 4429


read = msgspec.json.Decoder(Hello | Watch | Unwatch | Typing | Looking | Ping).decode
to_json = msgspec.json.encode


def text_frame(payload: bytes) -> bytes:
    """Encodes an unmasked text frame (RFC 6455), written as it is to every reader."""
    length = len(payload)
    if length < 126:
        return bytes((0x81, length)) + payload
    if length < 65_536:
        return b"\x81\x7e" + length.to_bytes(2) + payload
    return b"\x81\x7f" + length.to_bytes(8) + payload
