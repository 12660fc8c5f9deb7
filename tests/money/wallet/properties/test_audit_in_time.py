"""Each transfer is looked at once by the audits that look at what is new: whenever it began, whenever it was committed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meydan.kit.database import Database, DatabaseSettings
from meydan.money import wallet
from tests.conftest import MovableClock, new_tenant
from tests.factories import Person
from tests.money.bank import Bank

PAY = (
    "select id from app.transfer($1, $2, 'spent', array[('person_coins', $3, null, null, -1),"
    " ('tenant_revenue', null, null, null, 1)]::app.ledger_entry[], $3)"
)


@pytest.fixture
async def superuser(postgres_url: str, database_settings: DatabaseSettings) -> AsyncIterator[asyncpg.Connection]:
    database = database_settings.owner_url.rsplit("/", 1)[1]
    connection = await asyncpg.connect(f"{postgres_url.rsplit('/', 1)[0]}/{database}")
    yield connection
    await connection.close()


class Till:
    """A connection that pays a coin at a time and commits when it is told to."""

    def __init__(self, connection: asyncpg.Connection, bank: Bank, person: Person) -> None:
        self.connection, self.bank, self.person = connection, bank, person
        self.open: list[UUID] = []
        self.committed: list[UUID] = []

    async def pay(self) -> None:
        if not self.open:
            await self.connection.execute(f"begin; set local app.tenant_id = '{self.bank.tenant.id}'")
        await self._pay()

    async def pay_part(self) -> None:
        """In a part of a transaction: a transaction of its own to PostgreSQL's numbers."""
        if not self.open:
            await self.connection.execute(f"begin; set local app.tenant_id = '{self.bank.tenant.id}'")
        await self.connection.execute("savepoint part")
        await self._pay()
        await self.connection.execute("release savepoint part")

    async def _pay(self) -> None:
        self.open.append(await self.connection.fetchval(PAY, self.bank.tenant.id, f"{uuid4()}", self.person.me.user_id))

    async def commit(self) -> None:
        if self.open:
            await self.connection.execute("commit")
        self.committed += self.open
        self.open = []

    async def roll_back(self) -> None:
        if self.open:
            await self.connection.execute("rollback")
        self.open = []


async def look(bank: Bank, *, whole: bool = False) -> wallet.Audit:
    async with bank.db.as_service(bank.tenant.id) as tx:
        return await wallet.do_audit(tx, whole=whole)


async def unproved(bank: Bank) -> list[UUID]:
    async with bank.db.as_service(bank.tenant.id) as tx:
        return await tx.all(UUID, "select transaction_id from app.unaudited_balances where tenant_id = $1 order by 1")


async def is_proved(bank: Bank) -> bool:
    """True if the audited balances equal the accounts' balances."""
    async with bank.db.as_service(bank.tenant.id) as tx:
        return await tx.one(
            bool,
            "select bool_and(coalesce(proved.balance, 0) = coalesce(known.balance, 0)) "
            "from (select * from app.audited_balances where tenant_id = $1) proved "
            "full join (select * from app.ledger_balances where tenant_id = $1) known using (account_id, stripe)",
        )


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["pay", "pay_part", "commit", "commit", "roll_back"]), st.integers(0, 3)),
        st.tuples(st.sampled_from(["look", "look", "look at all", "forward", "back"]), st.just(0)),
    ),
    min_size=8,
    max_size=40,
)


@given(steps=STEPS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_in_whatever_order_they_begin_and_commit_each_transfer_is_looked_at_once(
    db: Database,
    database_settings: DatabaseSettings,
    superuser: asyncpg.Connection,
    moving_clock: MovableClock,
    steps: list[tuple[str, int]],
):
    """Transactions stay open across audits, in any number; the product's clock goes either way. In the end a fault in any
    transfer that is committed and not yet looked at is found."""
    bank = Bank(db, await new_tenant(db))
    people = [await bank.person(100) for _ in range(4)]
    await bank.spend(people[0], 1)  # the first income opens the community's account, for which all others wait
    await look(bank)
    seen: set[UUID] = set()
    async with AsyncExitStack() as stack:
        tills = []
        for person in people:
            connection = await asyncpg.connect(database_settings.service_url)
            stack.push_async_callback(connection.close)
            tills.append(Till(connection, bank, person))
        for what, which in steps:
            match what:
                case "look" | "look at all":
                    audit = await look(bank, whole=what == "look at all")
                    assert audit.faults == [], steps
                    seen = {transfer for till in tills for transfer in till.committed}
                case "forward":
                    moving_clock.forward(hours=2)
                case "back":
                    moving_clock.forward(hours=-1)
                case _:
                    await getattr(tills[which], what)()
            news = {transfer for till in tills for transfer in till.committed} - seen
            assert set(await unproved(bank)) == news, steps
        for till in tills:
            await till.commit()
        if left := sorted({transfer for till in tills for transfer in till.committed} - seen):
            change = "update app.coin_transactions set amount = amount + $2 where id = $1"
            await superuser.execute(change, left[0], 1)
            audit = await look(bank)
            assert (audit.whole, [fault.id for fault in audit.faults]) == (False, [left[0]])
            await superuser.execute(change, left[0], -1)
            assert (await look(bank)).faults == []
    assert (await look(bank)).faults == []
    assert await is_proved(bank)


async def test_what_began_before_an_audit_and_was_committed_after_it_is_looked_at(
    bank: Bank, database_settings: DatabaseSettings, superuser: asyncpg.Connection
):
    ana, bora = await bank.person(10), await bank.person(10)
    await bank.spend(bora, 1)
    connection = await asyncpg.connect(database_settings.service_url)
    late = Till(connection, bank, ana)
    await late.pay()
    await bank.spend(bora, 1)  # younger, and committed already
    assert (await look(bank, whole=True)).fault_count == 0
    assert (await look(bank)).fault_count == 0
    await late.commit()
    await connection.close()
    [transfer] = late.committed
    assert await unproved(bank) == [transfer]
    change = "update app.coin_entries set amount = amount * $2 where transaction_id = $1 and amount > 0"
    await superuser.execute(change, transfer, 5)
    audit = await look(bank)
    assert not audit.whole
    assert "entries_do_not_sum_to_zero" in {fault.fault for fault in audit.faults}
    await superuser.execute(change.replace("*", "/"), transfer, 5)
    assert (await look(bank)).fault_count == 0


async def test_two_audits_at_once_count_everything_once(bank: Bank):
    people = [await bank.person(50) for _ in range(4)]

    async def live(person: Person) -> None:
        for _ in range(10):
            await bank.spend(person, 1)

    async def audit(number: int) -> None:
        for turn in range(8):
            assert (await look(bank, whole=(number + turn) % 4 == 0)).faults == []

    tasks: list[Any] = [*(live(person) for person in people), *(audit(number) for number in range(3))]
    await asyncio.gather(*tasks)
    assert (await look(bank)).faults == []
    assert await is_proved(bank)
    assert await unproved(bank) == []
