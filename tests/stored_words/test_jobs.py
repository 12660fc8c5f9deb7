"""Jobs of an older program, queued and held, are done by this one."""

import json
from collections import Counter

import msgspec

from meydan import (
    rooms,  # noqa: F401 -- registers every room's jobs and settings
)
from meydan.kit import jobs
from meydan.kit.jobs import registry
from tests.accounts.conftest import Postbox
from tests.stored_words.older import (
    FACTS,
    TENANT,
    Before,
    Moved,
    lost,
)


def test_the_dump_has_one_of_everything_there_was(older: tuple[str, Before]):
    _, before = older
    for status in ("queued", "failed"):
        assert {row["entrypoint"] for row in before.jobs if row["status"] == status} == set(FACTS["entrypoints"])
    assert {row["config_key"] for row in before.configs} == set(FACTS["settings"])
    assert set(before.schedules) == set(FACTS["schedules"])
    assert {json.loads(row["event"])["event"] for row in before.deferred} == set(FACTS["deferred_types"])
    assert {row["provider"] for row in before.unread} == set(FACTS["providers"])
    assert before.outbox
    assert {row["scope"] for row in before.attempts} == {"account", "address", "device", "pair", "register"}
    assert {row["kind"] for row in before.marks} == {"card", "device"}


async def test_every_job_has_a_handler_that_takes_all_it_carries(moved: Moved):
    for row in moved.before.jobs:
        now = await moved.job(row["id"])
        assert now["entrypoint"] in registry.HANDLERS, f"nobody does {row['entrypoint']} any more"
        kind, _ = registry.HANDLERS[now["entrypoint"]]
        payload = msgspec.json.decode(now["payload"], type=kind)
        missing = lost(json.loads(row["payload"]), payload)
        assert not missing, f"{row['entrypoint']} has lost {missing}"
        assert json.loads(now["headers"]) == json.loads(row["headers"])


async def test_every_job_is_done(alone: Moved, asked: list[tuple[str, ...]], postbox: Postbox):
    await alone.work()
    assert {
        ("checkout", FACTS["purchase"]["payment"]),
        ("receipt", "receipt-of-google-12"),
        ("receipt", "receipt-of-google-13"),
        *(("read", row["event_id"]) for row in alone.before.unread),
        ("refund", "ch_bought", "1000", "TRY"),
        ("refund", "ch_twice", "14999", "TRY"),
        ("acknowledge", "GPA.claimed", "purchase", "True"),
        ("acknowledge", "claim-of-google-17", "subscription", "True"),
        ("cancel", "sub_wish"),
        ("cancel", "sub_left"),
        ("cancel", "sub_left_2"),
        ("subscription", "sub_first", "ch_first"),
        *(("statement", name) for name in FACTS["provider_accounts"][str(TENANT)]),
    } <= set(asked)
    assert Counter(call[0] for call in asked)["statement"] == 6  # one is the other community's
    assert {message.to for message in postbox.sent} == {"waiting@harbour.example", "+905321112233"}


async def test_every_job_that_was_held_can_be_done_when_an_operator_says_so(
    alone: Moved, asked: list[tuple[str, ...]], postbox: Postbox
):
    held = [row["id"] for row in alone.before.jobs if row["status"] == "failed"]
    await alone.owner.execute("delete from jobs.pgqueuer where status = 'queued'")
    await alone.owner.execute(
        "update jobs.pgqueuer set status = 'queued' where id = any($1) and status = 'failed'", held
    )
    await alone.work()
    kinds = {call[0] for call in asked}
    assert kinds >= {"checkout", "read", "refund", "acknowledge", "cancel", "subscription", "statement"}
    assert {"receipt", "payment"} & kinds
    assert len(postbox.sent) == 2
    assert await alone.owner.fetchval("select count(*) from jobs.pgqueuer") == 0


async def test_what_waits_once_is_not_queued_twice(moved: Moved):
    waiting = [row for row in moved.before.jobs if row["dedupe_key"] is not None]
    assert waiting
    count = await moved.owner.fetchval("select count(*) from jobs.pgqueuer")
    for row in waiting:
        tenant_id = json.loads(row["headers"])["tenant_id"]
        dedupe_key = row["dedupe_key"].removeprefix(f"{tenant_id}:{row['entrypoint']}:")
        now = await moved.job(row["id"])
        kind, _ = registry.HANDLERS[now["entrypoint"]]
        async with moved.db.as_service(tenant_id) as tx:
            await jobs.queue(
                tx, now["entrypoint"], msgspec.json.decode(now["payload"], type=kind), dedupe_key=dedupe_key
            )
    assert await moved.owner.fetchval("select count(*) from jobs.pgqueuer") == count


async def test_no_schedule_is_kept_that_nobody_follows(moved: Moved):
    kept = await moved.owner.fetchval("select array_agg(entrypoint) from jobs.pgqueuer_schedules")
    assert set(kept or []) <= {name for name, _, _ in registry.SCHEDULES}


# A device can be called anything: nothing counts by it any more.
_SETTINGS_WITHOUT_SUCCESSOR = {"accounts.codes_per_device_hour"}
