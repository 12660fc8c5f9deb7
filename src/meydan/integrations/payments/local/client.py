"""Client of the local provider's API, with its errors as ours."""

from typing import TypeVar

import httpx
import msgspec
from msgspec import Struct

from meydan.integrations.payments.contract import ProviderRefused, ProviderUnavailable
from meydan.integrations.payments.local.account import LocalAccount
from meydan.integrations.payments.local.books import webhook_delivery

T = TypeVar("T")

_FINAL = range(400, 500)
_TRY_AGAIN = {408, 429}


class Client:
    def __init__(self, account: LocalAccount) -> None:
        self._url = f"{account.api_url}/pay/local/v1"
        self._http = webhook_delivery.client(account.certificate)
        self._http.headers["authorization"] = f"Bearer {account.api_key}"

    async def get(self, path: str, kind: type[T]) -> T:
        return await self._send("GET", path, kind)

    async def do_post(self, path: str, kind: type[T], body: Struct | None = None, *, key: str = "") -> T:
        return await self._send("POST", path, kind, body, key)

    async def close(self) -> None:
        await self._http.aclose()

    async def _send(self, method: str, path: str, kind: type[T], body: Struct | None = None, key: str = "") -> T:
        headers = {"content-type": "application/json"} | ({"idempotency-key": key} if key else {})
        content = None if body is None else msgspec.json.encode(body)
        try:
            answer = await self._http.request(method, f"{self._url}/{path}", content=content, headers=headers)
        except httpx.HTTPError as error:
            raise ProviderUnavailable(f"the local provider could not be reached: {error!r}") from error
        if answer.status_code in _FINAL and answer.status_code not in _TRY_AGAIN:
            raise ProviderRefused(f"the local provider answered {answer.status_code}: {answer.text}")
        if not answer.is_success:
            raise ProviderUnavailable(f"the local provider answered {answer.status_code}")
        return msgspec.json.decode(answer.content, type=kind)
