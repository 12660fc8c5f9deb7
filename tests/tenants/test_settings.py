"""Settings of communities: every number has bounds, a wrong value is refused, and a stored one does no harm."""

import json
from collections.abc import Iterator
from typing import Any

import asyncpg
import msgspec
import pytest
from msgspec.inspect import (
    DictType,
    EnumType,
    FloatType,
    IntType,
    ListType,
    StrType,
    StructType,
    Type,
    UnionType,
    type_info,
)

from meydan import accounts, config, meeting, rooms, tenants
from meydan.kit.database import Database, DatabaseSettings

assert rooms.ROUTES, "with the rooms come their settings"


def parts(kind: Type) -> Iterator[Type]:
    """A setting's type and those inside it."""
    yield kind
    if isinstance(kind, UnionType):
        for each in kind.types:
            yield from parts(each)
    elif isinstance(kind, ListType):
        yield from parts(kind.item_type)
    elif isinstance(kind, DictType):
        yield from parts(kind.value_type)
    elif isinstance(kind, StructType):
        for field in kind.fields:
            yield from parts(field.type)


def unbounded(kind: Any) -> list[Type]:
    found = list(parts(type_info(kind)))
    numbers = [each for each in found if isinstance(each, IntType | FloatType) and (each.ge is None or each.le is None)]
    lists = [
        each
        for each in found
        if isinstance(each, ListType) and each.max_length is None and not isinstance(each.item_type, EnumType)
    ]
    texts = [each for each in found if isinstance(each, StrType) and each.max_length is None and each.pattern is None]
    return [*numbers, *lists, *texts]


def test_every_setting_of_a_community_has_bounds():
    kinds = [kind for kind in tenants.settings_types().values() if kind.__module__.startswith("meydan.")]
    assert len(kinds) > 8
    for kind in kinds:
        assert unbounded(kind) == [], kind


def test_every_number_of_the_installation_has_bounds():
    numbers = [each for each in unbounded(config.Settings) if isinstance(each, IntType | FloatType)]
    assert numbers == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *[("accounts.default_region", each) for each in ("tr", "TRX", "XX", "", "T\n", None, 1)],
        *[("accounts.sms_countries", each) for each in (["tr"], ["XX"], "TR", [1])],
        *[("accounts.minimum_age", each) for each in (17, 101, 18.5, "18")],
        *[("accounts.codes_per_number_hour", each) for each in (0, -1, 10**9, 10**30, True)],
        *[("accounts.sign_in_methods", each) for each in ([], ["fax"])],
        *[("growth.invited_reward", each) for each in (-1, 1001)],
        *[("messaging.messages_per_minute", each) for each in (0, 10**6)],
        *[("moderation.suspend_after_reporters", each) for each in (-1, 10**6)],
        *[("tenants.scene", each) for each in ("moon", "Harbour", "", None, 1)],
    ],
)
async def test_what_makes_no_sense_is_refused_when_it_is_set(
    db: Database, tenant: tenants.Tenant, key: str, value: object
):
    async with db.as_service(tenant.id) as tx:
        with pytest.raises(tenants.SettingInvalid) as refused:
            await tenants.do_configure_key(tx, key, value)
    assert refused.value.extra["detail"]


async def test_a_value_that_an_older_program_took_counts_as_unset(
    db: Database, tenant: tenants.Tenant, database_settings: DatabaseSettings
):
    owner = await asyncpg.connect(database_settings.owner_url)
    for key, value in (("accounts.default_region", "tr"), ("accounts.step_up", True), ("meeting.match_hours", -1)):
        await owner.execute(
            "insert into app.tenant_configs (tenant_id, config_key, config_value) values ($1, $2, $3)",
            *(tenant.id, key, json.dumps(value)),
        )
    await owner.close()
    async with db.as_service(tenant.id) as tx:
        read = await tenants.settings(tx, accounts.AccountsSettings)
        assert read == msgspec.structs.replace(accounts.AccountsSettings(), step_up=True)
        assert await tenants.settings(tx, meeting.MeetingSettings) == meeting.MeetingSettings()


@pytest.mark.parametrize("timezone", ["Europe/Stambul", "europe/istanbul", "UTC+3", "", "Factory", "../etc/passwd"])
async def test_a_time_zone_exists(db: Database, timezone: str):
    with pytest.raises(tenants.TimezoneUnknown):
        async with db.as_service(0) as tx:
            await tenants.do_add(tx, "zone", "Zone", timezone=timezone)
