"""Audits find every kind of fault, freeze payouts, and thaw them after the repair."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from meydan import tenants
from meydan.kit import clock
from meydan.kit.database import Database, DatabaseSettings, Tx
from meydan.money import wallet
from meydan.money.wallet import Entry, FaultKind, TransactionType, coins_of, earnings_of, tasks
from tests.conftest import new_tenant
from tests.factories import Person
from tests.money.bank import Bank


@pytest.fixture
async def superuser(postgres_url: str, database_settings: DatabaseSettings) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's connection, with rights that no login of the product has."""
    database = database_settings.owner_url.rsplit("/", 1)[1]
    connection = await asyncpg.connect(f"{postgres_url.rsplit('/', 1)[0]}/{database}")
    yield connection
    await connection.close()


@pytest.fixture
async def ana(bank: Bank) -> Person:
    """Bought, spent, holds something and gave something, all since the last audit."""
    assert (await bank.audit()).fault_count == 0
    ana, bora = await bank.person(100), await bank.person()
    await bank.spend(ana, 10)
    async with bank.db.as_user(ana.me) as tx:
        await wallet.do_hold(
            tx, ana.me.user_id, 20, key="hold", purpose="call", expires_at=clock.now() + timedelta(hours=1)
        )
        await wallet.do_transfer(
            tx,
            TransactionType.gift_sent,
            [Entry(coins_of(ana.me.user_id), -5), Entry(earnings_of(bora.me.user_id), 5)],
            key="gift",
            user_id=ana.me.user_id,
        )
    return ana


async def payouts_open(bank: Bank) -> bool:
    async with bank.db.as_service(bank.tenant.id) as tx:
        assert (await wallet.ledger_overview(tx)).payouts_frozen == await frozen(tx)
        return not await frozen(tx)


async def frozen(tx: Tx) -> bool:
    try:
        await wallet.check_payouts_open(tx)
    except wallet.PayoutsFrozen:
        return True
    return False


ENTRY = "(select min(transaction_id::text)::uuid from app.coin_entries where tenant_id = $1)"
REVENUE = "app.ledger_account_id('tenant_revenue', null, null, null)"
TAMPERINGS = {
    "an entry grows": (
        [
            f"update app.coin_entries set amount = amount + 1 where tenant_id = $1 and transaction_id = {ENTRY} and amount > 0"
        ],
        {
            FaultKind.entries_do_not_sum_to_zero,
            FaultKind.amount_differs_from_entries,
            FaultKind.balance_differs_from_entries,
        },
    ),
    "a transfer moves more than it did": (
        [
            f"update app.coin_entries set amount = amount * 2 where tenant_id = $1 and transaction_id = {ENTRY}",
        ],
        {FaultKind.amount_differs_from_entries, FaultKind.balance_differs_from_entries},
    ),
    "a balance grows": (
        [f"update app.ledger_balances set balance = balance + 5 where tenant_id = $1 and account_id = {REVENUE}"],
        {FaultKind.balance_differs_from_entries, FaultKind.balances_do_not_sum_to_zero},
    ),
    "coins move between two balances": (
        [
            f"update app.ledger_balances set balance = balance - 5 where tenant_id = $1 and account_id = {REVENUE}",
            "update app.ledger_balances set balance = balance + 5 where tenant_id = $1 and held > 0",
        ],
        {FaultKind.balance_differs_from_entries},
    ),
    "a balance is gone": (
        [f"delete from app.ledger_balances where tenant_id = $1 and account_id = {REVENUE}"],
        {FaultKind.balance_differs_from_entries, FaultKind.balances_do_not_sum_to_zero},
    ),
    "held coins are free": (
        ["update app.ledger_balances set held = 0 where tenant_id = $1 and held > 0"],
        {FaultKind.held_differs_from_holds},
    ),
    "a hold is gone": (["delete from app.coin_holds where tenant_id = $1"], {FaultKind.held_differs_from_holds}),
    "a header is gone": (
        [f"delete from app.coin_transactions where tenant_id = $1 and id = {ENTRY}"],
        {FaultKind.entries_without_transaction},
    ),
    "entries are gone": (
        [f"delete from app.coin_entries where tenant_id = $1 and transaction_id = {ENTRY}"],
        {FaultKind.transaction_without_entries, FaultKind.balance_differs_from_entries},
    ),
    "somebody owes less than nothing": (
        [
            f"update app.ledger_balances set balance = balance - 5 where tenant_id = $1 and account_id = {REVENUE}",
            "update app.ledger_balances set balance = balance + 5, highest = 0 where tenant_id = $1 and held > 0",
        ],
        {FaultKind.balance_differs_from_entries, FaultKind.balance_outside_its_limits},
    ),
    "a transfer is reversed twice": (
        [f"update app.coin_transactions set reverses_id = {ENTRY} where tenant_id = $1 and id <> {ENTRY}"],
        {FaultKind.reversed_twice_or_by_another},
    ),
    "history tells another amount": (
        [f"update app.coin_transactions set amount = amount + 1 where tenant_id = $1 and id = {ENTRY}"],
        {FaultKind.amount_differs_from_entries},
    ),
}
TABLES = ["coin_transactions", "coin_entries", "ledger_balances", "coin_holds"]


async def keep(superuser: asyncpg.Connection, tenant_id: int) -> None:
    for table in TABLES:
        await superuser.execute(
            f"create temp table kept_{table} as select * from app.{table} where tenant_id = {tenant_id}"
        )


async def mend(superuser: asyncpg.Connection, tenant_id: int) -> None:
    async with superuser.transaction():
        await superuser.execute("set local session_replication_role = replica")
        for table in TABLES:
            await superuser.execute(f"delete from app.{table} where tenant_id = {tenant_id}")
            await superuser.execute(f"insert into app.{table} select * from pg_temp.kept_{table}")


IN_ALL_OF_IT = {FaultKind.balances_do_not_sum_to_zero}  # is seen by whoever looks at all accounts


async def tamper(superuser: asyncpg.Connection, tenant_id: int, what: str) -> set[FaultKind]:
    """Tampers with the books; returns the faults that the audit must find."""
    statements, expected = TAMPERINGS[what]
    async with superuser.transaction():
        await superuser.execute("set local session_replication_role = replica")
        for statement in statements:
            assert not (await superuser.execute(statement, tenant_id)).endswith(" 0"), "it was tampered with"
    return expected


async def found(bank: Bank) -> set[FaultKind]:
    async with bank.db.as_service(bank.tenant.id) as tx:
        audit = (await wallet.ledger_overview(tx)).audit
    assert audit is not None
    assert audit.fault_count == len(audit.faults)
    return {fault.fault for fault in audit.faults}


@pytest.mark.parametrize("what", TAMPERINGS)
async def test_any_fault_of_new_entries_is_found_and_freezes_payouts_until_repaired(
    bank: Bank, ana: Person, superuser: asyncpg.Connection, caplog: pytest.LogCaptureFixture, what: str
):
    assert await payouts_open(bank)
    await keep(superuser, bank.tenant.id)
    expected = await tamper(superuser, bank.tenant.id, what)

    with caplog.at_level(logging.ERROR):
        for wrong in (expected - IN_ALL_OF_IT, expected):  # nothing is mended by looking: then all of it is looked at
            async with bank.db.as_service(bank.tenant.id) as tx:
                await tasks.audit_ledger(tx)
            assert not await payouts_open(bank)
            assert await found(bank) == wrong
    assert "does not add up" in caplog.text

    await mend(superuser, bank.tenant.id)
    for _ in range(2):
        async with bank.db.as_service(bank.tenant.id) as tx:
            await tasks.audit_ledger(tx)
            logged = await tx.all(str, "select action from app.system_logs where tenant_id = $1 order by id")
        assert await payouts_open(bank)
    assert logged == ["ledger_fault", "ledger_healed"]


@pytest.mark.parametrize("what", TAMPERINGS)
async def test_any_fault_of_audited_entries_is_found_by_a_full_audit(
    bank: Bank, ana: Person, superuser: asyncpg.Connection, what: str
):
    async with bank.db.as_service(bank.tenant.id) as tx:
        assert (await wallet.do_audit(tx)).fault_count == 0
    await keep(superuser, bank.tenant.id)
    expected = await tamper(superuser, bank.tenant.id, what)
    async with bank.db.as_service(bank.tenant.id) as tx:
        await tasks.audit_full_ledger(tx)
    assert await found(bank) == expected
    await mend(superuser, bank.tenant.id)


async def test_audited_entries_are_read_again_only_by_a_full_audit_whose_faults_persist(
    bank: Bank, ana: Person, superuser: asyncpg.Connection
):
    await bank.audit()
    await keep(superuser, bank.tenant.id)
    await superuser.execute("update app.coin_transactions set amount = amount + 1 where tenant_id = $1", bank.tenant.id)
    async with bank.db.as_service(bank.tenant.id) as tx:
        quick = await wallet.do_audit(tx)
        assert (quick.whole, quick.fault_count) == (False, 0), "only what is new is added up again and again"
        assert (await wallet.do_audit(tx, whole=True)).fault_count == 3
        again = await wallet.do_audit(tx)
        assert (again.whole, again.fault_count) == (True, 3), "once something is wrong all of it is looked at"
    await mend(superuser, bank.tenant.id)
    async with bank.db.as_service(bank.tenant.id) as tx:
        assert (await wallet.do_audit(tx)).fault_count == 0
        assert not (await wallet.do_audit(tx)).whole


@pytest.mark.parametrize("change", ["balance = balance + 5", "held = held - 5"])
async def test_an_account_changed_long_ago_is_found_as_soon_as_something_touches_it(
    bank: Bank, ana: Person, superuser: asyncpg.Connection, change: str
):
    async with bank.db.as_service(bank.tenant.id) as tx:
        [held] = await tx.all(UUID, "select id from app.coin_holds where tenant_id = $1")
        await wallet.do_release_hold(tx, held)
    await bank.sell(ana, 1)
    await bank.audit()
    await keep(superuser, bank.tenant.id)
    coins = f"app.ledger_account_id('person_coins', '{ana.me.user_id}', null, null)"
    await superuser.execute(f"update app.ledger_balances set {change} where account_id = {coins}")
    async with bank.db.as_service(bank.tenant.id) as tx:
        assert (await wallet.do_audit(tx)).fault_count == 0
    await bank.sell(ana, 1)
    async with bank.db.as_service(bank.tenant.id) as tx:
        assert (await wallet.do_audit(tx)).fault_count > 0
    await superuser.execute(
        f"update app.ledger_balances set {change.replace('+', '*').replace('- 5', '+ 5').replace('* 5', '- 5')} "
        f"where account_id = {coins}"
    )


async def test_holds_are_audited_without_any_transfer(bank: Bank, ana: Person, superuser: asyncpg.Connection):
    await bank.audit()
    async with bank.db.as_service(bank.tenant.id) as tx:
        [held] = await tx.all(UUID, "select id from app.coin_holds where tenant_id = $1")
        await wallet.do_release_hold(tx, held)
    coins = f"app.ledger_account_id('person_coins', '{ana.me.user_id}', null, null)"
    await superuser.execute(f"update app.ledger_balances set held = 5 where account_id = {coins}")
    async with bank.db.as_service(bank.tenant.id) as tx:
        assert {fault.fault for fault in (await wallet.do_audit(tx)).faults} == {FaultKind.held_differs_from_holds}
    await superuser.execute(f"update app.ledger_balances set held = 0 where account_id = {coins}")


async def test_one_communitys_fault_is_not_anothers(
    bank: Bank, ana: Person, superuser: asyncpg.Connection, db: Database
):
    await keep(superuser, bank.tenant.id)
    await superuser.execute("update app.coin_entries set amount = amount + 1 where tenant_id = $1", bank.tenant.id)
    other = Bank(db, await new_tenant(db))
    await other.sell(await other.person(), 10)
    assert (await bank.audit()).fault_count > 0
    assert (await other.audit()).fault_count == 0
    assert not await payouts_open(bank)
    assert await payouts_open(other)
    await mend(superuser, bank.tenant.id)


async def test_it_adds_up_at_every_moment_while_coins_move(bank: Bank):
    people = [await bank.person(1000) for _ in range(4)]
    done = asyncio.Event()

    async def live(person: Person, other: Person) -> None:
        for number in range(12):
            await bank.spend(person, 7)
            async with bank.db.as_service(bank.tenant.id) as tx:
                held = await wallet.do_hold(
                    tx,
                    person.me.user_id,
                    20,
                    key=f"hold:{uuid4()}",
                    purpose="call",
                    expires_at=clock.now() + timedelta(minutes=1),
                )
            async with bank.db.as_service(bank.tenant.id) as tx:
                if number % 3:
                    pays = [Entry(earnings_of(other.me.user_id), 11)]
                    await wallet.do_commit_hold(tx, held.id, pays, type=TransactionType.call, key=f"pay:{held.id}")
                else:
                    await wallet.do_release_hold(tx, held.id)

    async def look() -> int:
        looks = 0
        while not done.is_set():
            for whole in (False, True):
                async with bank.db.as_service(bank.tenant.id) as tx:
                    assert (await wallet.do_audit(tx, whole=whole)).faults == []
                looks += 1
        return looks

    looking = asyncio.create_task(look())
    await asyncio.gather(*(live(person, people[number - 1]) for number, person in enumerate(people)))
    done.set()
    assert await looking > 4


async def test_old_audits_are_forgotten(bank: Bank, superuser: asyncpg.Connection, tenant: tenants.Tenant):
    await bank.audit()
    await superuser.execute(
        "update app.ledger_audits set created_at = now() - interval '31 days' where tenant_id = $1", tenant.id
    )
    await bank.audit()
    assert await superuser.fetchval("select count(*) from app.ledger_audits where tenant_id = $1", tenant.id) == 1
