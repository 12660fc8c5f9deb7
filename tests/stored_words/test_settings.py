"""What an operator set, and who was reported, is known under the present names."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import msgspec

from meydan import (
    rooms,  # noqa: F401 -- registers every room's jobs and settings
    tenants,
)
from meydan.money.gifts import gifts
from meydan.money.wallet import earnings
from tests.stored_words.older import (
    FACTS,
    LAGOON,
    MOMENT,
    TENANT,
    Moved,
    who,
)

_SETTINGS_WITHOUT_SUCCESSOR = {"accounts.codes_per_device_hour"}


async def test_every_setting_is_still_set(moved: Moved):
    for tenant_id in (TENANT, LAGOON):
        said = [
            json.loads(row["config_value"])
            for row in moved.before.configs
            if row["tenant_id"] == tenant_id and row["config_key"] not in _SETTINGS_WITHOUT_SUCCESSOR
        ]
        assert said
        async with moved.db.as_service(tenant_id) as tx:
            read = [(kind, await tenants.settings(tx, kind)) for kind in tenants.settings_types().values()]
        changed = [
            json.dumps(value, sort_keys=True)
            for kind, values in read
            for name, value in msgspec.to_builtins(values).items()
            if value != msgspec.to_builtins(kind())[name]
        ]
        assert sorted(changed) == sorted(json.dumps(value, sort_keys=True) for value in said)


async def test_every_report_waits_in_the_one_open_case_about_its_person(moved: Moved):
    reports = await moved.owner.fetch("""
        select said.reported_user_id, opened.user_id, opened.id, opened.status from app.reports said
        join app.users reported on reported.tenant_id = said.tenant_id and reported.id = said.reported_user_id
        left join app.report_cases opened on opened.tenant_id = said.tenant_id and opened.id = said.case_id
        where reported.erased_at is null
    """)
    assert reports
    assert all((row["user_id"], row["status"]) == (row["reported_user_id"], "open") for row in reports)
    assert len({row["id"] for row in reports}) == len({row["user_id"] for row in reports})


async def test_the_database_reads_settings_by_their_names_too(moved: Moved):
    """Two are read inside SQL functions, so that no caller sets them: 41 per cent of a gift, ripe after nine days."""
    gift = FACTS["gift"]
    async with moved.db.as_user(who(gift)) as tx:
        await gifts.do_send(tx, UUID(gift["gift"]), 1, UUID(gift["to"]), "", key=uuid4().hex)
    async with moved.db.as_user(who(gift["receiver"])) as tx:
        [newest, *_] = (await gifts.received(tx, None, 10)).items
        assert newest.earned == newest.gift.price * 41 // 100
        [day] = {day.available_at for day in (await earnings.earnings(tx)).pending}
        assert timedelta(days=8) < day - MOMENT < timedelta(days=10)
