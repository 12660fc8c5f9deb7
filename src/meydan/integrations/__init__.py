"""Adapters of external services: text messages, e-mail, payments, push services.

Each has a local twin that really works. Push services have none: they want no account, and a browser brings its own.

async with integrations.opened(settings) as adapters: ...   # once, in each process that sends or lists its channels
await integrations.current().sender(Channel.sms).send(Message(to, body))
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import parseaddr

from msgspec import Struct, field, structs

from meydan.config import Environment, Settings
from meydan.integrations.local_outbox import LocalOutbox, LocalSender
from meydan.integrations.mail import Smtp
from meydan.integrations.message import Channel, Message, Sender, SendingFailed, Undeliverable
from meydan.integrations.payments.local.endpoint import LocalPayments
from meydan.integrations.sms import Twilio
from meydan.integrations.web_push import PushSender
from meydan.integrations.web_push.vapid import Vapid
from meydan.kit.http.guarded_client import GuardedClient
from meydan.kit.runtime import runtime

__all__ = [
    "Adapters",
    "Channel",
    "LocalOutbox",
    "LocalPayments",
    "Message",
    "PushSender",
    "Sender",
    "SendingFailed",
    "Undeliverable",
    "current",
    "opened",
]


class Adapters(Struct, frozen=True):
    """Part of the runtime: the senders of this process, and its local twins."""

    senders: dict[Channel, Sender]
    """Senders of the channels configured here."""
    local_outbox: LocalOutbox | None
    """Set when a channel sends to the local outbox instead of a real service."""
    local_payments: LocalPayments | None = None
    """Set where coins can be sold without an account at a provider."""
    push: PushSender | None = None
    """Set where the installation has a push key."""
    public_url: str = ""
    """The product's URL from outside, without a trailing slash; this machine's own URL if none is set."""
    sms_cost_cents: int = 5
    sms_daily_budget_cents: int = 2_000
    sms_countries: list[str] = field(default_factory=list)
    """Countries opened for text messages; empty: each community's own."""

    def sender(self, channel: Channel) -> Sender:
        """The channel's sender.

        Raises: KeyError (the channel is not in ``channels``)."""
        return self.senders[channel]

    @property
    def channels(self) -> set[Channel]:
        return set(self.senders)


def current() -> Adapters:
    return runtime.get(Adapters)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Adapters]:
    """Opens the configured adapters. Other channels use the local outbox, never in production."""
    outbox = LocalOutbox(settings.local_outbox)
    senders: dict[Channel, Sender] = {}
    if settings.environment is not Environment.production:
        senders = {channel: outbox.sender(channel) for channel in Channel}
    twilio = Twilio(settings.sms) if settings.sms.twilio_account_sid else None
    if twilio is not None:
        senders[Channel.sms] = twilio
    if settings.mail.host:
        senders[Channel.email] = Smtp(settings.mail)
    is_local = any(isinstance(sender, LocalSender) for sender in senders.values())
    adapters = Adapters(
        senders=senders,
        local_outbox=outbox if is_local else None,
        local_payments=LocalPayments.found(settings),
        public_url=settings.public_url,
        sms_cost_cents=settings.sms.cost_cents if twilio else 0,
        sms_daily_budget_cents=settings.sms.daily_budget_cents,
        sms_countries=settings.sms.countries,
    )
    # A push service on this machine is a test's: only a request of this machine may name it (notifications.push).
    is_development = settings.environment is not Environment.production
    async with GuardedClient.opened(allows_loopback=is_development) as client:
        if settings.secrets.push_key:
            adapters = structs.replace(adapters, push=PushSender(client, _vapid(settings)))
        try:
            with runtime.using(adapters):
                yield adapters
        finally:
            if twilio is not None:
                await twilio.close()


def _vapid(settings: Settings) -> Vapid:
    """Names the operator to push services: by the product's URL, or where that is not public, by the mail's sender."""
    url = settings.public_url
    return Vapid(
        settings.secrets.push_key, url if url.startswith("https://") else f"mailto:{parseaddr(settings.mail.sender)[1]}"
    )
