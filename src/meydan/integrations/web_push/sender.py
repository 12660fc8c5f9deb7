"""Sends one encrypted message to one browser's push service, and reads what the service answers (RFC 8030)."""

from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus

from msgspec import Struct

from meydan.integrations.web_push.encryption import BrowserKeys, encrypt, padded
from meydan.integrations.web_push.vapid import Vapid
from meydan.kit.http.guarded_client import GuardedClient, Unreachable, UrlRefused

_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
_LONGEST_WAIT = timedelta(hours=6)


class Urgency(StrEnum):
    low = "low"
    normal = "normal"
    high = "high"


class PushMessage(Struct, frozen=True):
    endpoint: str
    keys: BrowserKeys
    text: bytes
    """JSON of at most 1024 bytes."""
    ttl: timedelta
    """Time that the service keeps it for a browser that is away."""
    urgency: Urgency
    topic: str
    """At most 32 signs. A newer message takes the place of one of the same topic that waits."""


class PushTargetGone(Exception):
    """The subscription has ended: nothing will ever arrive there."""


class PushRefused(Exception):
    """The service takes neither this message nor a repetition of it."""


class PushDelayed(Exception):
    """Temporary failure. ``retry_after`` is the service's own wish."""

    def __init__(self, reason: str, retry_after: timedelta = timedelta()) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class PushSender:
    """Part of the adapters where the installation has a push key."""

    def __init__(self, client: GuardedClient, vapid: Vapid) -> None:
        self._client, self._vapid = client, vapid
        self.public_key = vapid.public_key

    def check_endpoint(self, endpoint: str) -> None:
        """Checks the URL that a browser gave.

        Raises: UrlRefused."""
        self._client.check(endpoint)

    async def send(self, message: PushMessage) -> None:
        """Raises: PushTargetGone, PushRefused, PushDelayed."""
        headers = {
            "Authorization": self._vapid.header(message.endpoint),
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(max(0, int(message.ttl.total_seconds()))),
            "Urgency": message.urgency.value,
            "Topic": message.topic,
        }
        body = encrypt(padded(message.text), message.keys)
        try:
            answer = await self._client.post(message.endpoint, body, headers)
        except UrlRefused as error:
            # Its name leads elsewhere now. A name server may be wrong for a while, so the subscription stays.
            raise PushRefused("the endpoint leads to no public address") from error
        except Unreachable as error:
            raise PushDelayed(f"the push service could not be reached: {error}") from error
        if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return
        reason = f"the push service answered {answer.status}"
        if answer.status in _GONE:
            raise PushTargetGone(reason)
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise PushDelayed(reason, _retry_after(answer.headers.get("retry-after", "")))
        raise PushRefused(reason)


def _retry_after(value: str) -> timedelta:
    """The header's seconds. A date is rare, and its clock is another's: the usual wait is taken then."""
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        return timedelta()
    return min(timedelta(seconds=int(value)), _LONGEST_WAIT)
