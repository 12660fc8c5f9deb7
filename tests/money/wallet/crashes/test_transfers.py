"""Connections are killed in the middle of everything, clients ask again with the same key: all of it happens once, or not at all."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from meydan import tenants
from meydan.kit import clock
from meydan.kit.database import CONNECTION_LOST, Database, DatabaseSettings, Tx, pools
from meydan.kit.errors import Refused
from meydan.kit.identity import Identity
from meydan.money import wallet
from meydan.money.wallet import Entry, TransactionType, coins_of, earnings_of
from tests.conftest import new_tenant
from tests.factories import Person
from tests.money.bank import Bank
from tests.waiting import patience, somebody_waits, until

NAME = "killed-now-and-then"


class Mortal(Database):
    """A connection for each transaction: the driver does not always get over one that was killed, a pool would keep it."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings

    @asynccontextmanager
    async def _opened(self, url: str, begin: str, tenant_id: int, me: Identity | None) -> AsyncIterator[Tx]:
        connection = await asyncpg.connect(f"{url}?application_name={NAME}")
        try:
            await pools.prepare(connection)
            await connection.execute(begin)
            tx = Tx(connection, tenant_id, me)
            yield tx
            await tx.finish()
        finally:
            connection.terminate()

    def as_user(self, me: Identity) -> Any:
        begin = (
            f"begin; set local app.tenant_id = '{me.tenant_id}'; set local app.user_id = '{me.user_id}'; "
            f"set local app.profile_id = '{me.profile_id}'"
        )
        return self._opened(self._settings.app_url, begin, me.tenant_id, me)

    def as_service(self, tenant_id: int) -> Any:
        begin = f"begin; set local app.tenant_id = '{tenant_id}'"
        return self._opened(self._settings.service_url, begin, tenant_id, None)


@pytest.fixture
async def killer(postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres_url)
    yield connection
    await connection.close()


@dataclass
class Deed:
    """Something wanted, under one key, asked for until it is answered."""

    key: str
    what: str
    who: int
    amount: int


@dataclass
class Town:
    bank: Bank
    people: list[Person]
    killed: int = 0
    lost: int = 0
    worth: list[int] = field(default_factory=lambda: [0, 0, 0])
    """Each one's coins less what they owe, as the answers say."""
    earned: list[int] = field(default_factory=lambda: [0, 0, 0])

    async def until_answered(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        while True:
            try:
                async with patience():
                    return await ask()
            except CONNECTION_LOST:
                self.lost += 1

    async def do(self, deed: Deed) -> None:
        who, other = self.people[deed.who], (deed.who + 1) % 3
        try:
            await getattr(self, deed.what)(deed, who, other)
        except Refused as refused:
            assert refused.code in {"balance_too_low", "debt_blocks"}, refused  # noqa: PT017 -- any other is a fault

    async def sell(self, deed: Deed, who: Person, _: int) -> None:
        await self.until_answered(lambda: self.bank.sell(who, deed.amount, key=deed.key))
        self.worth[deed.who] += deed.amount

    async def spend(self, deed: Deed, who: Person, _: int) -> None:
        await self.until_answered(lambda: self.bank.spend(who, deed.amount, key=deed.key))
        self.worth[deed.who] -= deed.amount

    async def take_back(self, deed: Deed, who: Person, _: int) -> None:
        await self.until_answered(lambda: self.bank.take_back(who, deed.amount, key=deed.key))
        self.worth[deed.who] -= deed.amount

    async def give(self, deed: Deed, who: Person, other: int) -> None:
        entries = [
            Entry(coins_of(who.me.user_id), -deed.amount),
            Entry(earnings_of(self.people[other].me.user_id), deed.amount),
        ]

        async def ask() -> None:
            async with self.bank.db.as_user(who.me) as tx:
                await wallet.do_transfer(tx, TransactionType.gift_sent, entries, key=deed.key, user_id=who.me.user_id)

        await self.until_answered(ask)
        self.worth[deed.who] -= deed.amount
        self.earned[other] += deed.amount

    async def call(self, deed: Deed, who: Person, other: int) -> None:
        """Hold, then pay half of it: each step may be lost and is asked for again."""
        until = clock.now() + timedelta(hours=1)
        half = (deed.amount + 1) // 2

        async def hold() -> wallet.Hold:
            async with self.bank.db.as_user(who.me) as tx:
                return await wallet.do_hold(
                    tx, who.me.user_id, deed.amount, key=deed.key, purpose="call", expires_at=until
                )

        held = await self.until_answered(hold)

        async def pay() -> None:
            async with self.bank.db.as_service(self.bank.tenant.id) as tx:
                pays = [Entry(earnings_of(self.people[other].me.user_id), half)]
                await wallet.do_commit_hold(tx, held.id, pays, type=TransactionType.call, key=deed.key)

        await self.until_answered(pay)
        self.worth[deed.who] -= half
        self.earned[other] += half

    async def undo(self, deed: Deed, who: Person, _: int) -> None:
        """Spend and have it reversed."""
        spent = await self.until_answered(lambda: self.bank.spend(who, deed.amount, key=deed.key))
        await self.until_answered(lambda: self.bank.reverse(spent.id, key=f"undo {deed.key}"))

    async def look(self, _deed: Deed, _who: Person, _other: int) -> None:
        audit = await self.until_answered(self.bank.audit)
        assert audit.faults == []


async def kill(killer: asyncpg.Connection, town: Town, pauses: list[int], done: asyncio.Event) -> None:
    """After each pause somebody who is in the middle of a transaction of ours, whoever it is."""
    for number, pause in enumerate(pauses):
        await asyncio.sleep(pause / 1000)
        before = town.killed
        while town.killed == before and not done.is_set():
            town.killed += await killer.fetchval(
                "select count(*) from (select pid from pg_stat_activity where application_name = $1 "
                "and state in ('active', 'idle in transaction') and (query like '%app.%' or query = 'commit') "
                "order by md5(pid::text || $2) limit 1) one where pg_terminate_backend(pid)",
                NAME,
                str(number),
            )
            await asyncio.sleep(0.001)


DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["sell", "sell", "spend", "spend", "give", "call", "take_back", "undo", "look"]),
        st.integers(0, 2),
        st.sampled_from([1, 5, 20, 60]),
    ),
    min_size=6,
    max_size=14,
)


@given(plans=st.lists(DEEDS, min_size=3, max_size=6), pauses=st.lists(st.integers(0, 60), min_size=4, max_size=16))
@settings(
    max_examples=12, phases=[Phase.generate], deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_whatever_is_killed_everything_happens_once(
    database_settings: DatabaseSettings,
    db: Database,
    killer: asyncpg.Connection,
    plans: list[list[tuple[str, int, int]]],
    pauses: list[int],
):
    tenant = await new_tenant(db)
    safe = Bank(db, tenant)
    people = [await safe.person(50) for _ in range(3)]
    town = Town(Bank(Mortal(database_settings), tenant), people, worth=[50, 50, 50])

    async def work(number: int, plan: list[tuple[str, int, int]]) -> None:
        for step, (what, who, amount) in enumerate(plan):
            await town.do(Deed(f"deed {number}.{step}", what, who, amount))

    done = asyncio.Event()
    killing = asyncio.create_task(kill(killer, town, pauses, done))
    async with patience(), asyncio.TaskGroup() as workers:
        for number, plan in enumerate(plans):
            workers.create_task(work(number, plan))
    done.set()
    await killing

    assert (await safe.audit()).faults == []
    for who, person in enumerate(people):
        mine = await safe.wallet_of(person)
        assert mine.balance - mine.debt == town.worth[who]
        assert mine.earnings == town.earned[who]
        assert mine.held == 0 or not mine.debt or mine.available == 0
    assert await all_of_it(db, tenant) == 0


async def all_of_it(db: Database, tenant: tenants.Tenant) -> int:
    async with db.as_service(tenant.id) as tx:
        return await tx.one(int, "select sum(amount)::bigint from app.coin_entries where tenant_id = $1")


async def test_a_transfer_killed_before_it_was_committed_never_was(
    bank: Bank, database_settings: DatabaseSettings, killer: asyncpg.Connection
):
    ana = await bank.person(100)
    for _ in range(3):
        victim = await asyncpg.connect(database_settings.service_url)
        pid = victim.get_server_pid()
        await victim.execute(f"begin; set local app.tenant_id = '{bank.tenant.id}'")
        assert await victim.fetch(
            "select id from app.transfer($1, 'once', 'spent', array[('person_coins', $2, null, null, -40),"
            " ('tenant_revenue', null, null, null, 40)]::app.ledger_entry[], $2)",
            bank.tenant.id,
            ana.me.user_id,
        )
        twin = asyncio.create_task(bank.spend(ana, 40, key="twin"))

        async def it_waits_or_was_told(twin: asyncio.Task[wallet.Transaction] = twin) -> bool:
            async with bank.db.as_service(bank.tenant.id) as tx:
                return twin.done() or await somebody_waits(tx)

        await until(it_waits_or_was_told)
        await killer.execute("select pg_terminate_backend($1, 1000)", pid)
        await twin  # whoever waited behind it goes on
        assert await bank.balance(wallet.TENANT_REVENUE) == 40
    await bank.spend(ana, 40, key="once")
    assert (await bank.wallet_of(ana)).available == 20
