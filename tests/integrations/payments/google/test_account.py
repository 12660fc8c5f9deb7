"""The account at Google: who may tell us, who lets us ask, and the library that does both."""

import asyncio
import sys
from uuid import uuid4

import msgspec
import pytest

from meydan.integrations.payments.contract import (
    Paid,
    ProviderRefused,
    SignatureInvalid,
)
from meydan.integrations.payments.google import signatures
from meydan.integrations.payments.google.account import GoogleAccount
from meydan.integrations.payments.google.adapter import GoogleProvider
from tests.integrations.payments.google.reading import of
from tests.integrations.payments.harnesses.google import account_at
from tests.integrations.payments.servers.google import PlayStore
from tests.waiting import patience


async def test_the_same_notice_twice_has_one_id(google: GoogleProvider, store: PlayStore):
    token = store.buy(account=uuid4())
    first, again = [await google.verify(store.told[0]) for _ in range(2)]
    assert first == again
    assert first.payload == {"token": token, "kind": "product"}
    assert await google.read(first) == await google.read(again)


BODY = b'{"message": {"data": "e30=", "messageId": "1"}, "subscription": "s"}'


async def test_googles_keys_are_fetched_once_and_when_they_change(
    google: GoogleProvider, store: PlayStore, monkeypatch: pytest.MonkeyPatch
):
    def fetched() -> int:
        return [asked.path for asked in store.asked].count("/certs")

    test = {"testNotification": {"version": "1.0"}}
    for _ in range(3):
        await google.verify(store.tell(test))
    assert fetched() == 1
    for _ in range(3):  # nobody makes us ask by making keys up
        with pytest.raises(SignatureInvalid):
            await google.verify(store.push(BODY, kid="made up"))
    assert fetched() == 1
    monkeypatch.setattr(signatures, "_FETCH_AGAIN", -1)
    store.push_key = "b"
    await google.verify(store.tell(test))
    assert fetched() == 2


async def test_without_googles_keys_nothing_is_believed(store: PlayStore):
    google = GoogleProvider(
        msgspec.structs.replace(account_at(store), certificates_url=f"{store.url}/nothing"), sandbox=False
    )
    with pytest.raises(SignatureInvalid):
        await google.verify(store.tell({"testNotification": {"version": "1.0"}}))


# Asking.


async def test_an_access_token_serves_until_google_forgets_it(google: GoogleProvider, store: PlayStore):
    token = store.buy()
    for _ in range(3):
        await google.receipt(token)
    assert [asked.path for asked in store.asked].count("/token") == 1
    store.access_tokens.clear()
    assert of(Paid, await google.receipt(token)).amount == 14999
    assert [asked.path for asked in store.asked].count("/token") == 2


@pytest.mark.parametrize("json_text", ["", "{}", "[]", '{"client_email": "a", "private_key": "b", "token_uri": "c"}'])
def test_a_file_that_is_no_key_is_told_when_it_is_set(json_text: str):
    values = {"service_account_json": json_text, "package_name": "p", "push_audience": "a", "push_email": "e"}
    with pytest.raises(msgspec.ValidationError, match="not the file of a service account's key"):
        msgspec.convert(values, GoogleAccount)


async def test_a_missing_library_is_told_in_words_when_it_is_used(store: PlayStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "meydan.integrations.payments.google.client", None)
    monkeypatch.setitem(sys.modules, "google.auth", None)
    google = GoogleProvider(account_at(store), sandbox=False)
    with pytest.raises(ProviderRefused, match=r"pip install 'meydan\[google-play\]'"):
        await google.receipt("token")
    with pytest.raises(ProviderRefused, match=r"pip install 'meydan\[google-play\]'"):
        await google.verify(store.push(BODY))
    await google.close()


async def test_googles_library_is_loaded_where_it_is_used():
    looked = "import sys, meydan.integrations.payments.google.adapter; sys.exit(any(name.startswith('google') for name in sys.modules))"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", looked)
    async with patience("the end of a program that only imports"):
        assert await process.wait() == 0
