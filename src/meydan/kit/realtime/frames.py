"""Server frames and the names of their channels and keys. A room declares its frames beside the code that sends them."""

import re
from uuid import UUID

import msgspec
from msgspec import Struct


def _tag(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


class Frame(Struct, frozen=True, tag_field="t", tag=_tag):
    """A frame of the server. ``class MatchMade(Frame, frozen=True)`` is sent as ``{"t":"match_made",…}``.

    The channel's log puts the id in front."""


def encode(frame: Frame) -> str:
    """Encodes with the tag first, so that the log can put the id before it."""
    return msgspec.json.encode(frame).decode()


def channel_of_user(tenant_id: int, user_id: UUID) -> str:
    return f"t{tenant_id}.u.{user_id}"


def channel_of_profile(tenant_id: int, profile_id: UUID) -> str:
    return f"t{tenant_id}.p.{profile_id}"


def looking_channel(channel: str) -> str:
    """The channel of a user's or profile's pages in sight: a person behind them sees what comes."""
    return f"{channel}.looking"


def log_key(channel: str) -> str:
    return f"log:{{{channel}}}"


def seen_key(channel: str, event_id: UUID) -> str:
    return f"seen:{{{channel}}}:{event_id}"


def pubsub_channel(channel: str) -> str:
    return f"ch:{{{channel}}}"


def presence_key(channel: str) -> str:
    return f"presence:{{{channel}}}"
