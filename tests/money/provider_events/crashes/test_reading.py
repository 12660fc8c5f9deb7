"""Crashes: events shuffled and repeated, several workers, each of which may die at any moment. It always adds up."""

import asyncio
import random
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest

from meydan.integrations.payments.contract import DisputeState, Paid, ProviderEvent
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.money.provider_events import reconciliation, webhook_events
from tests.factories import Person
from tests.money.shops import Answer, Shop, disputed, in_days, refunded

WORKERS = 4


async def unread(shop: Shop, owner: asyncpg.Connection) -> list[UUID]:
    rows = await owner.fetch(
        "select id from app.webhook_events where tenant_id = $1 and read_at is null", shop.tenant.id
    )
    return [row["id"] for row in rows]


async def read_all(shop: Shop, db: Database, owner: asyncpg.Connection, chance: random.Random) -> int:
    """Until nothing is left, with workers that die; how many died."""
    died = 0
    while waiting := await unread(shop, owner):
        chance.shuffle(waiting)
        tasks = [
            asyncio.create_task(
                webhook_events.read_webhook_event(
                    db, shop.tenant.id, webhook_events.ReadWebhookEvent(webhook_event_id=webhook_event_id)
                )
            )
            for webhook_event_id in waiting[: WORKERS * 2]
        ]
        for task in tasks:
            if chance.random() < 0.4:
                await asyncio.sleep(chance.random() * 0.01)
                task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, asyncio.CancelledError):
                died += 1
            elif isinstance(outcome, BaseException) and not isinstance(outcome, asyncpg.DeadlockDetectedError):
                raise outcome
    return died


@pytest.mark.parametrize("seed", range(3))
async def test_it_always_adds_up(shop: Shop, db: Database, owner: asyncpg.Connection, seed: int):
    chance = random.Random(seed)
    events: list[ProviderEvent] = []
    bought: list[tuple[Person, Answer, Paid, int, bool]] = []
    for number in range(5):
        ana = await shop.person()
        payment = await shop.order(ana, number % 2)
        paid = shop.paid(payment)
        total = chance.choice([0, 1_000, paid.amount // 2, paid.amount])
        lost = chance.random() < 0.3
        events += [paid, *(refunded(paid, total * part // 3) for part in (1, 2, 3) if total)]
        events += [disputed(paid, DisputeState.opened)]
        end = DisputeState.lost if lost else DisputeState.won
        events += [disputed(paid, end, happened_at=clock.now() + timedelta(seconds=5))]
        bought.append((ana, payment, paid, total, lost))
    member = await shop.person()
    premium = await shop.subscribe(member)
    first = shop.paid(premium, subscription=f"sub_{seed}", period_ends_at=in_days(30))
    renewals = [
        msgspec.structs.replace(first, charge=uuid4().hex, payment_id=None, checkout=None, period_ends_at=in_days(days))
        for days in (60, 90)
    ]
    events += [first, *renewals]
    events = [msgspec.structs.replace(event, event_id=uuid4().hex) for event in events * 2]
    chance.shuffle(events)
    for event in events:
        assert await shop.post(event) == 200
    assert await read_all(shop, db, owner, chance) > 0, "somebody died"

    for ana, payment, paid, total, lost in bought:
        now = await shop.get(ana, f"/api/payments/{payment['id']}")
        gone = payment["coins"] if lost else payment["coins"] * total // paid.amount
        assert (now["coins_clawed_back"], now["refunded"]) == (gone, total)
        assert (await shop.wallet(ana)).balance == payment["coins"] - gone
    assert (await shop.get(member, "/api/premium"))["subscription"]["period_ends_at"][:10] == str(in_days(90))[:10]
    assert len((await shop.get(member, "/api/payments"))["items"]) == 3
    assert await shop.rows("deferred_events") == 0
    async with db.as_service(shop.tenant.id) as tx:
        await reconciliation.do_queue_all(tx)
    await shop.work()
    coins = await owner.fetchval(
        "select count(*) from app.reconciliation_differences where tenant_id = $1 and kind = 'coins'", shop.tenant.id
    )
    assert coins == 0
    await shop.audit()
