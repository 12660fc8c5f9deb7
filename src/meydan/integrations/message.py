"""Text messages and e-mails to a user's own phone or mailbox, the senders' protocol, and its errors."""

from enum import StrEnum
from typing import Protocol

from msgspec import Struct


class Channel(StrEnum):
    sms = "sms"
    email = "email"


class Message(Struct, frozen=True):
    to: str
    """A phone number or an e-mail address, as the channel says."""
    body: str
    subject: str = ""
    """For e-mail only."""
    code: str | None = None
    """The one-time code in the body, which the local outbox shows separately."""


class Undeliverable(Exception):
    """Permanent failure: the recipient does not exist, or the service refuses it."""


class SendingFailed(Exception):
    """Temporary failure: the service is down, slow or busy."""


class Sender(Protocol):
    """An adapter of a service that delivers messages of one channel."""

    async def send(self, message: Message) -> None:
        """Sends the message.

        Raises: Undeliverable, SendingFailed."""
