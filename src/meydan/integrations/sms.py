"""Text messages through Twilio's API or a compatible service."""

import httpx

from meydan.config import Sms
from meydan.integrations.message import Message, SendingFailed, Undeliverable

_TIMEOUT = httpx.Timeout(10, connect=5)
_RETRYABLE = {408, 429}


class Twilio:
    def __init__(self, settings: Sms) -> None:
        self._settings = settings
        account = settings.twilio_account_sid
        self._client = httpx.AsyncClient(
            base_url=settings.twilio_url, auth=(account, settings.twilio_auth_token), timeout=_TIMEOUT
        )
        self._path = f"/2010-04-01/Accounts/{account}/Messages.json"

    async def send(self, message: Message) -> None:
        sender = self._settings.sender
        from_ = "MessagingServiceSid" if sender.startswith("MG") else "From"
        form = {"To": message.to, from_: sender, "Body": message.body}
        try:
            answer = await self._client.post(self._path, data=form)
        except httpx.HTTPError as error:
            raise SendingFailed(f"Twilio could not be reached: {error!r}") from error
        if answer.is_success:
            return
        # The response names the phone number; only Twilio's error number is logged.
        reason = f"Twilio answered {answer.status_code} (error {_error_number(answer)})"
        if answer.is_server_error or answer.status_code in _RETRYABLE:
            raise SendingFailed(reason)
        raise Undeliverable(reason)

    async def close(self) -> None:
        await self._client.aclose()


def _error_number(answer: httpx.Response) -> int | None:
    try:
        body = answer.json()
    except ValueError:
        return None
    number = body.get("code") if isinstance(body, dict) else None
    return number if isinstance(number, int) else None
