"""Webhooks and accounts of providers are read as they were stored."""

import json
from typing import Any

import msgspec
import pytest

from meydan import (
    rooms,  # noqa: F401 -- registers every room's jobs and settings
)
from meydan.integrations.payments.contract import (
    WebhookEvent,
)
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.crypto import keys
from meydan.money.payments import (
    provider_accounts,
)
from tests.stored_words.older import (
    FACTS,
    TENANT,
    Moved,
    lost,
)
from tests.stored_words.twin import REAL, Twin


class _Converted(Exception):
    def __init__(self, value: object) -> None:
        self.value = value


async def test_every_webhook_that_nobody_has_read_is_understood(
    moved: Moved,
    asked: list[tuple[str, ...]],
    webhook_events: list[tuple[Twin, WebhookEvent]],
    monkeypatch: pytest.MonkeyPatch,
):
    """The real adapter converts the payload that it kept. Reading stops there, before a provider is asked."""
    await moved.do_those_called("commerce.read_notice")
    monkeypatch.undo()
    convert = msgspec.convert

    def spy(value: Any, *args: Any, **named: Any) -> Any:
        raise _Converted(convert(value, *args, **named))

    monkeypatch.setattr(msgspec, "convert", spy)
    payloads = {row["event_id"]: json.loads(row["payload"]) for row in moved.before.unread}
    assert {twin.name for twin, _ in webhook_events} == set(ProviderName)
    for twin, webhook_event in webhook_events:
        real: Any = REAL[twin.name]().provider
        with pytest.raises(_Converted) as converted:
            await real(twin.account, sandbox=True).read(webhook_event)
        missing = lost(payloads[webhook_event.event_id], converted.value.value)
        assert not missing, f"{twin.name} has lost {missing}"


async def test_every_provider_account_opens(moved: Moved, asked: list[tuple[str, ...]]):
    for tenant_id, accounts_ in FACTS["provider_accounts"].items():
        for name, values in accounts_.items():
            provider = await provider_accounts.provider_of(moved.db, int(tenant_id), ProviderName(name))
            assert isinstance(provider, Twin)
            assert not lost(values, provider.account)
    local = await provider_accounts.provider_of(moved.db, TENANT, ProviderName.local)
    assert isinstance(local, Twin)
    assert not lost(FACTS["local_account"], local.account)


def test_a_backup_of_then_knows_its_seal_key():
    assert keys.fingerprint(FACTS["seal_key"], "seal") == FACTS["backup_fingerprint"]
