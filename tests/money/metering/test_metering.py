"""Time paid by the minute: what it costs, when it ends, who is told."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from meydan import tenants
from meydan.kit import clock
from meydan.kit.database import Database, DatabaseSettings
from meydan.kit.errors import NotFound
from meydan.money import metering, wallet
from meydan.money.metering.settings import MeteringSettings
from tests.conftest import MovableClock
from tests.factories import Person, make_person
from tests.money.coin_scenarios import check_the_books, frames_of, give_coins, tenant_revenue, wallet_of
from tests.money.metering import scenarios
from tests.money.metering.scenarios import Call, tick
from tests.waiting import PATIENCE


class Talk:
    """A payer with some coins, and who is paid."""

    def __init__(self, db: Database, moving: MovableClock, payer: Person, payee: Person) -> None:
        self.db, self.moving, self.payer, self.payee = db, moving, payer, payee

    async def start(self, coins: int, price: int = 10, **said: Any) -> Call:
        if coins:
            await give_coins(self.db, self.payer, coins)
        return await scenarios.start(self.db, self.moving, self.payer, self.payee, price, **said)

    async def coins(self) -> tuple[int, int, int]:
        """The payer's balance, what of it is held, and what the payee earned."""
        payer, payee = await wallet_of(self.db, self.payer), await wallet_of(self.db, self.payee)
        return payer.balance, payer.held, payee.earnings


@pytest.fixture
async def talk(db: Database, tenant: tenants.Tenant, moving_clock: MovableClock) -> Talk:
    return Talk(db, moving_clock, await make_person(db, tenant), await make_person(db, tenant))


async def test_a_minute_is_held_then_paid_and_shared(db: Database, talk: Talk):
    call = await talk.start(100)
    assert await talk.coins() == (100, 10, 0)
    assert await call.talk(50)
    assert await talk.coins() == (100, 10, 0)
    assert await call.talk(10)
    assert await talk.coins() == (90, 10, 6)
    assert await tenant_revenue(db, talk.payer.tenant) == 4
    bill = await call.stop()
    assert await talk.coins() == (90, 0, 6)
    assert (bill.reason, bill.seconds, bill.minutes, bill.paid, bill.earned) == ("hung_up", 60, 1, 10, 6)
    await check_the_books(db, talk.payer.tenant)


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(0, 0), (29, 0), (30, 1), (59, 1), (60, 1), (89, 1), (90, 2), (120, 2), (149, 2), (150, 3)]
)
async def test_a_started_minute_counts_when_half_of_it_was_used(db: Database, talk: Talk, seconds: int, minutes: int):
    call = await talk.start(100)
    await call.talk(seconds)
    bill = await call.stop()
    assert (bill.seconds, bill.minutes, bill.paid, bill.earned) == (seconds, minutes, 10 * minutes, 6 * minutes)
    assert await talk.coins() == (100 - 10 * minutes, 0, 6 * minutes)
    await check_the_books(db, talk.payer.tenant)


async def test_who_cannot_pay_a_minute_starts_none(db: Database, talk: Talk):
    with pytest.raises(wallet.BalanceTooLow) as refused:
        await talk.start(9)
    assert refused.value.status == 409
    assert await talk.coins() == (9, 0, 0)
    async with db.as_service(talk.payer.tenant.id) as tx:
        assert await tx.one(int, "select count(*) from app.meters where tenant_id = $1") == 0


async def test_the_payer_is_warned_a_minute_before_and_it_ends_at_zero(db: Database, talk: Talk):
    call = await talk.start(25)
    assert await call.talk(59)
    await tick(db, talk.payer.tenant.id)
    assert await frames_of(db, talk.payer, "meter_warning") == []
    assert await call.talk(1)
    await tick(db, talk.payer.tenant.id)
    assert await frames_of(db, talk.payer, "meter_warning") == [
        {
            "t": "meter_warning",
            "meter_id": str(call.meter.id),
            "subject_id": str(call.meter.subject_id),
            "seconds_left": 60,
        }
    ]
    assert await call.talk(59)
    await tick(db, talk.payer.tenant.id)
    assert not await call.talk(1)
    row = await call.row()
    assert (row.end_reason, row.paid_units, row.held_units) == ("no_coins", 2, 0)
    assert await talk.coins() == (5, 0, 12)
    ended = {
        "t": "meter_ended",
        "meter_id": str(call.meter.id),
        "subject_id": str(call.meter.subject_id),
        "reason": "no_coins",
        "seconds": 120,
    }
    assert await frames_of(db, talk.payer, "meter_ended") == [ended | {"paid": 20, "earned": None}]
    assert await frames_of(db, talk.payee, "meter_ended") == [ended | {"paid": None, "earned": 12}]
    assert await frames_of(db, talk.payee, "meter_warning") == []
    assert len(await frames_of(db, talk.payer, "meter_warning")) == 1
    assert not await call.beat()
    await check_the_books(db, talk.payer.tenant)


async def test_whoever_has_coins_for_one_minute_is_warned_at_once(db: Database, talk: Talk):
    await talk.start(10)
    [frame] = await frames_of(db, talk.payer, "meter_warning")
    assert frame["seconds_left"] == 60


async def test_coins_spent_elsewhere_meanwhile_are_noticed_and_bought_ones_too(db: Database, talk: Talk):
    call = await talk.start(30)
    await call.talk(20)
    async with db.as_user(talk.payer.me) as tx:
        await wallet.do_transfer(
            tx,
            wallet.TransactionType.spent,
            [
                wallet.Entry(wallet.coins_of(talk.payer.me.user_id), -15),
                wallet.Entry(wallet.TENANT_REVENUE, 15),
            ],
            key="elsewhere",
            user_id=talk.payer.me.user_id,
        )
    await tick(db, talk.payer.tenant.id)
    await tick(db, talk.payer.tenant.id)
    [frame] = await frames_of(db, talk.payer, "meter_warning")
    assert frame["seconds_left"] == 40
    await give_coins(db, talk.payer, 5)
    assert await call.talk(40), "there is enough for another minute after all"
    assert len(await frames_of(db, talk.payer, "meter_warning")) == 2, "and that one is the last again"
    assert not await call.talk(60)
    assert await talk.coins() == (0, 0, 12)


async def test_only_time_with_media_counts(talk: Talk):
    call = await talk.start(100)
    await call.talk(20)
    talk.moving.forward(seconds=16)  # nothing was seen for longer than a gap may be
    await call.talk(20)
    talk.moving.forward(seconds=10)
    await call.talk(10)
    assert 0 <= (await call.row()).used - (20 + 20 + 10 + 10) * 1000 < 5000  # what the machine took


async def test_signs_that_come_twice_late_or_out_of_the_future_count_nothing(talk: Talk):
    call = await talk.start(100)
    began = clock.now()
    await call.beat(began)
    talk.moving.forward(seconds=30)
    for second in (10, 10, 4, 0, -50, 20, 15, 20):
        assert await call.beat(began + timedelta(seconds=second))
    assert (await call.row()).used == 20_000
    assert await call.beat(began + timedelta(hours=1))
    assert await call.beat(began + timedelta(seconds=30))
    assert (await call.row()).used == 30_000


async def test_a_call_that_nobody_sees_any_more_ends(db: Database, talk: Talk):
    call = await talk.start(100)
    await call.talk(100)
    talk.moving.forward(seconds=50)
    await tick(db, talk.payer.tenant.id)
    assert (await call.row()).ended_at is None
    talk.moving.forward(seconds=11)
    await tick(db, talk.payer.tenant.id)
    row = await call.row()
    assert (row.end_reason, row.paid_units, row.used) == ("lost", 2, 100_000)
    assert await talk.coins() == (80, 0, 12)
    # One that never began costs nothing.
    silent = await talk.start(0)
    talk.moving.forward(seconds=61)
    await tick(db, talk.payer.tenant.id)
    row = await silent.row()
    assert (row.end_reason, row.paid_units, row.released_units) == ("lost", 0, 1)
    assert await talk.coins() == (80, 0, 12)
    await check_the_books(db, talk.payer.tenant)


async def test_a_worker_that_slept_catches_up_as_far_as_coins_go(db: Database, talk: Talk):
    """Signs that were written down and never settled: whoever looks next pays for all of them."""
    call = await talk.start(35)
    async with db.as_service(talk.payer.tenant.id) as tx:
        await tx.run(
            "update app.meters set used = 290000, seen_at = app.now() where tenant_id = $1 and id = $2", call.meter.id
        )
    await tick(db, talk.payer.tenant.id)
    row = await call.row()
    assert (row.end_reason, row.paid_units, row.held_units) == ("no_coins", 3, 0)
    assert await talk.coins() == (5, 0, 18)


async def test_stopping_twice_answers_the_same_bill(db: Database, talk: Talk):
    call = await talk.start(100)
    await call.talk(45)
    first = await call.stop()
    assert await call.stop(metering.MeterEnd.lost) == first
    bills = await asyncio.gather(*(call.stop() for _ in range(5)))
    assert bills == [first] * 5
    assert len(await frames_of(db, talk.payer, "meter_ended")) == 1
    assert await talk.coins() == (90, 0, 6)


async def test_starting_again_under_the_same_key_is_the_same_call(talk: Talk):
    subject_id = uuid4()
    call = await talk.start(100, key="call:1", subject_id=subject_id)
    again = await talk.start(0, key="call:1", subject_id=subject_id)
    assert again.meter == call.meter
    assert (await talk.coins())[1] == 10
    with pytest.raises(wallet.IdempotencyKeyReused):
        await talk.start(0, price=11, key="call:1", subject_id=subject_id)
    both = await asyncio.gather(*(talk.start(0, key="call:2", subject_id=subject_id) for _ in range(4)))
    assert len({one.meter.id for one in both}) == 1
    assert (await talk.coins())[1] == 20


async def test_everybody_at_once_pays_once(db: Database, talk: Talk):
    """Several workers tick, several media servers see the same moment, somebody hangs up."""
    call = await talk.start(100)
    await call.talk(55)
    talk.moving.forward(seconds=10)
    at = clock.now()
    await asyncio.gather(
        *(call.beat(at) for _ in range(4)), *(tick(db, talk.payer.tenant.id) for _ in range(4)), return_exceptions=False
    )
    assert await talk.coins() == (90, 10, 6)
    await asyncio.gather(
        *(call.beat(at) for _ in range(3)),
        *(tick(db, talk.payer.tenant.id) for _ in range(3)),
        call.stop(),
        call.stop(),
    )
    assert await talk.coins() == (90, 0, 6)
    await check_the_books(db, talk.payer.tenant)


async def test_a_meter_somebody_is_at_is_left_to_them(db: Database, talk: Talk):
    call = await talk.start(100)
    async with db.as_service(talk.payer.tenant.id) as busy:
        await busy.run("select id from app.meters where tenant_id = $1 and id = $2 for update", call.meter.id)
        talk.moving.forward(seconds=120)
        await asyncio.wait_for(tick(db, talk.payer.tenant.id), PATIENCE)
    assert (await call.row()).ended_at is None
    await tick(db, talk.payer.tenant.id)
    assert (await call.row()).end_reason == "lost"


async def test_frozen_coins_end_it_after_the_minute_that_was_promised(db: Database, talk: Talk):
    call = await talk.start(100)
    await call.talk(20)
    async with db.as_service(talk.payer.tenant.id) as tx:
        await wallet.do_freeze(tx, talk.payer.me.user_id, "review", None)
    await tick(db, talk.payer.tenant.id)
    assert len(await frames_of(db, talk.payer, "meter_warning")) == 1
    assert not await call.talk(40)
    assert (await call.row()).end_reason == "refused"
    assert await talk.coins() == (90, 0, 6)


async def test_the_share_is_what_it_was_when_the_call_began(db: Database, talk: Talk):
    async with db.as_service(talk.payer.tenant.id) as tx:
        await tenants.do_configure(tx, MeteringSettings, call_share_percent=33)
    call = await talk.start(100, price=7)
    async with db.as_service(talk.payer.tenant.id) as tx:
        await tenants.do_configure(tx, MeteringSettings, call_share_percent=100)
    await call.talk(60)
    assert (await call.stop()).earned == 2
    nothing = await talk.start(0)
    await nothing.talk(60)
    assert (await nothing.stop()).earned == 10
    async with db.as_service(talk.payer.tenant.id) as tx:
        await tenants.do_configure(tx, MeteringSettings, call_share_percent=0)
    free = await talk.start(0)
    await free.talk(60)
    assert (await free.stop()).earned == 0
    assert await tenant_revenue(db, talk.payer.tenant) == 5 + 0 + 10
    await check_the_books(db, talk.payer.tenant)


async def test_many_calls_are_all_looked_after(db: Database, tenant: tenants.Tenant, moving_clock: MovableClock):
    payee = await make_person(db, tenant)
    lost = []
    for _ in range(12):
        payer = await make_person(db, tenant)
        await give_coins(db, payer, 10)
        lost.append(await scenarios.start(db, moving_clock, payer, payee))
    moving_clock.forward(seconds=61)
    await asyncio.gather(*(tick(db, tenant.id) for _ in range(3)))
    assert {(await call.row()).end_reason for call in lost} == {"lost"}
    await check_the_books(db, tenant)


async def test_a_meter_that_fails_keeps_no_other_waiting(
    db: Database, talk: Talk, database_settings: DatabaseSettings, caplog: pytest.LogCaptureFixture
):
    broken = await talk.start(100)
    payer = await make_person(db, talk.payer.tenant)
    await give_coins(db, payer, 10)
    fine = await scenarios.start(db, talk.moving, payer, talk.payee)
    owner = await asyncpg.connect(database_settings.owner_url)

    async def set_held(coins: int) -> None:
        """Deletes the hold under the meter, which no login of the product can do."""
        changed = await owner.execute(
            "update app.ledger_balances set held = $3 where tenant_id = $1 "
            "and account_id = app.ledger_account_id('person_coins', $2, null, null)",
            *(talk.payer.tenant.id, talk.payer.me.user_id, coins),
        )
        assert changed == "UPDATE 1"

    await set_held(0)
    talk.moving.forward(seconds=61)
    await tick(db, talk.payer.tenant.id)
    assert ((await broken.row()).ended_at, (await fine.row()).end_reason) == (None, "lost")
    assert f"the meter {broken.meter.id} could not be billed" in caplog.text
    await set_held(10)
    await owner.close()
    await tick(db, talk.payer.tenant.id)
    assert (await broken.row()).end_reason == "lost"
    await check_the_books(db, talk.payer.tenant)


async def test_another_communitys_meter_is_none(db: Database, talk: Talk, other_tenant: tenants.Tenant):
    call = await talk.start(100)
    async with db.as_service(other_tenant.id) as tx:
        for ask in (
            metering.do_record_heartbeat(tx, call.meter.id, clock.now()),
            metering.do_stop_meter(tx, call.meter.id, metering.MeterEnd.hung_up),
        ):
            with pytest.raises(NotFound):
                await ask
