"""What is sent to one person outside of the product, and how sending may fail."""

from enum import StrEnum
from typing import Protocol

from msgspec import Struct


class Channel(StrEnum):
    sms = "sms"
    email = "email"


class Message(Struct, frozen=True):
    to: str
    body: str
    subject: str = ""
    """An e-mail's; a text has none."""
    code: str | None = None
    """The one-time code in the body: the local outbox shows it by itself."""


class Undeliverable(Exception):
    """It will never arrive: the address does not exist, or the service refuses it."""


class SendingFailed(Exception):
    """It may work in a moment: the service is down, slow or busy."""


class Sender(Protocol):
    async def send(self, message: Message) -> None:
        """Raises Undeliverable, SendingFailed."""
