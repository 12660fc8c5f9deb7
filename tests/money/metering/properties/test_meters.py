"""Calls whose media flows and stops, ticks that race, coins that come and go: whatever the order, minutes are paid once.

Hypothesis invents the histories; after each step the books are added up and held against a few lines of Python.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from meydan import tenants
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.money import metering, wallet
from tests.conftest import MovableClock, new_tenant
from tests.factories import Person, make_person
from tests.money.coin_scenarios import check_the_books, give_coins, tenant_revenue, wallet_of
from tests.money.metering import scenarios
from tests.money.metering.scenarios import Call, tick

T = TypeVar("T")
GAP, LOST, MINUTE = 15, 60, 60


@dataclass
class Known:
    """A call, and what should have been counted of it."""

    call: Call
    price: int
    began: datetime
    used: int = 0
    seen: int | None = None


class History(RuleBasedStateMachine):
    db: ClassVar[Database]
    moving: ClassVar[MovableClock]
    loop: ClassVar[asyncio.AbstractEventLoop]
    running = Bundle("running")

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """In the loop of the test, which waits for this history in a thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    @initialize()
    def begin(self) -> None:
        self.tenant: tenants.Tenant = self.do(new_tenant(self.db))
        self.payer: Person = self.do(make_person(self.db, self.tenant))
        self.payee: Person = self.do(make_person(self.db, self.tenant))
        self.began: datetime = clock.now()
        self.now = 0
        self.given = self.spent = 0
        self.calls: list[Known] = []

    def at(self, second: int) -> datetime:
        return self.began + timedelta(seconds=second)

    def forward(self, seconds: int) -> None:
        self.moving.forward(seconds=seconds)
        self.now += seconds

    def ended(self, known: Known) -> bool:
        return self.do(known.call.row()).ended_at is not None

    def count(self, known: Known, second: int) -> None:
        """The time that a heartbeat at this second adds to a running call."""
        if known.seen is not None and second <= known.seen:
            return
        if known.seen is not None and second - known.seen <= GAP:
            known.used += second - known.seen
        known.seen = second

    @rule(coins=st.integers(1, 60))
    def buy(self, coins: int) -> None:
        self.do(give_coins(self.db, self.payer, coins))
        self.given += coins

    @rule(coins=st.integers(1, 40))
    def spend_elsewhere(self, coins: int) -> None:
        async def spend() -> None:
            async with self.db.as_user(self.payer.me) as tx:
                mine = self.payer.me.user_id
                entries = [wallet.Entry(wallet.coins_of(mine), -coins), wallet.Entry(wallet.TENANT_REVENUE, coins)]
                await wallet.do_transfer(tx, wallet.TransactionType.spent, entries, key=str(uuid4()), user_id=mine)

        available = self.do(wallet_of(self.db, self.payer)).available
        try:
            self.do(spend())
        except wallet.BalanceTooLow:
            assert available < coins
        else:
            assert available >= coins
            self.spent += coins

    @rule(target=running, price=st.integers(1, 20), coins=st.integers(0, 80))
    def start(self, price: int, coins: int) -> Any:
        self.buy(coins + price)
        call = self.do(scenarios.start(self.db, self.moving, self.payer, self.payee, price))
        known = Known(call, price, call.meter.created_at)
        self.calls.append(known)
        return known

    @precondition(lambda self: self.do(wallet_of(self.db, self.payer)).available < 20)
    @rule()
    def start_without_coins(self) -> None:
        try:
            self.do(scenarios.start(self.db, self.moving, self.payer, self.payee, 20))
        except wallet.BalanceTooLow:
            return
        raise AssertionError("a call began that cannot be paid")

    @rule(known=running, seconds=st.integers(1, 150), every=st.integers(3, GAP))
    def talk(self, known: Known, seconds: int, every: int) -> None:
        for step in [*[every] * (seconds // every), seconds % every]:
            self.forward(step)
            self.beat(known, 0)

    @rule(known=running, late=st.integers(0, 30))
    def beat(self, known: Known, late: int) -> None:
        second = max(0, self.now - late)
        goes_on = not self.ended(known)
        self.do(known.call.beat(self.at(second)))
        if goes_on:
            self.count(known, second)

    @rule(seconds=st.integers(1, 50))
    def fall_silent(self, seconds: int) -> None:
        self.forward(seconds)

    @rule(workers=st.integers(1, 3))
    def work(self, workers: int) -> None:
        before = [(known, self.silence_of(known)) for known in self.calls if not self.ended(known)]

        async def all_at_once() -> None:
            await asyncio.gather(*(tick(self.db, self.tenant.id) for _ in range(workers)))

        self.do(all_at_once())
        for known, silent in before:
            if self.ended(known):
                assert self.silence_of(known) >= LOST
            else:
                assert silent <= LOST
        self.everybody_who_should_be_is_warned()

    def silence_of(self, known: Known) -> float:
        return (clock.now() - (known.began if known.seen is None else self.at(known.seen))).total_seconds()

    def everybody_who_should_be_is_warned(self) -> None:
        async def unwarned() -> int:
            async with self.db.as_service(self.tenant.id) as tx:
                available = (await wallet.wallet_of(tx, self.payer.me.user_id)).available
                return await tx.one(
                    int,
                    "select count(*) from app.meters where tenant_id = $1 and ended_at is null and warned_at is null "
                    "and coins_per_minute > $2",
                    available,
                )

        assert self.do(unwarned()) == 0

    @rule(known=running)
    def race(self, known: Known) -> None:
        """The same moment seen by three, while workers come by."""
        goes_on = not self.ended(known)
        at = self.at(self.now)

        async def all_at_once() -> None:
            beats = [known.call.beat(at) for _ in range(3)]
            await asyncio.gather(*beats, *(tick(self.db, self.tenant.id) for _ in range(2)))

        self.do(all_at_once())
        if goes_on and self.do(known.call.row()).end_reason != "lost":  # else a worker was quicker
            self.count(known, self.now)

    @rule(known=consumes(running), twice=st.booleans())
    def hang_up(self, known: Known, twice: bool) -> None:
        bill = self.do(known.call.stop())
        if twice:
            assert self.do(known.call.stop(metering.MeterEnd.lost)) == bill
        row = self.do(known.call.row())
        assert (bill.minutes, bill.paid) == (row.paid_units, row.paid_units * known.price)
        assert bill.earned == row.paid_units * (known.price * 60 // 100)

    @invariant()
    def everything_adds_up(self) -> None:
        if not hasattr(self, "calls"):
            return
        self.do(check_the_books(self.db, self.tenant))
        paid = earned = held = 0
        for known in self.calls:
            row = self.do(known.call.row())
            assert row.used == known.used * 1000
            paid += row.paid_units * known.price
            earned += row.paid_units * (known.price * 60 // 100)
            if row.ended_at is None:
                held += known.price
                assert (row.held_units, row.paid_units) == (1, row.unit - 1)
                assert row.paid_units == known.used // MINUTE
            elif row.end_reason == "no_coins":
                assert row.held_units == 0
                assert row.paid_units == known.used // MINUTE
            else:
                assert row.held_units == 0
                assert row.paid_units == (known.used + MINUTE // 2) // MINUTE
        payer = self.do(wallet_of(self.db, self.payer))
        assert (payer.balance, payer.held) == (self.given - self.spent - paid, held)
        assert self.do(wallet_of(self.db, self.payee)).earnings == earned
        assert self.do(tenant_revenue(self.db, self.tenant)) == paid - earned + self.spent


async def test_whatever_happens_minutes_are_paid_once(db: Database, moving_clock: MovableClock):
    History.db, History.moving, History.loop = db, moving_clock, asyncio.get_running_loop()
    await asyncio.to_thread(
        run_state_machine_as_test,
        History,
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
