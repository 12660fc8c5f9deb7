"""Row-level security of the ledger: rows that users and the service may read and change, tried in SQL."""

from dataclasses import dataclass
from datetime import timedelta

import asyncpg
import pytest

from meydan import tenants
from meydan.kit import clock
from meydan.kit.database import Database, DatabaseSettings
from meydan.kit.identity import Identity
from meydan.money import wallet
from meydan.money.wallet import Entry, TransactionType, coins_of, debt_of, earnings_of
from tests.factories import Person, make_person, make_shadow
from tests.money.bank import Bank

TABLES = [
    "ledger_accounts",
    "ledger_balances",
    "coin_transactions",
    "coin_entries",
    "coin_holds",
    "wallet_freezes",
    "ledger_audits",
    "unaudited_balances",
    "audited_balances",
]


@dataclass
class Books:
    ana: Person
    bora: Person
    gift: wallet.Transaction


@pytest.fixture
async def books(bank: Bank) -> Books:
    """Ana bought, holds something, gave Bora a gift, and is frozen by now."""
    ana, bora = await bank.person(100), await bank.person()
    async with bank.db.as_user(ana.me) as tx:
        given = await wallet.do_transfer(
            tx,
            TransactionType.gift_sent,
            [
                Entry(coins_of(ana.me.user_id), -40),
                Entry(earnings_of(bora.me.user_id), 20),
                Entry(wallet.TENANT_REVENUE, 20),
            ],
            key="gift",
            user_id=ana.me.user_id,
        )
        await wallet.do_hold(
            tx, ana.me.user_id, 10, key="hold", purpose="call", expires_at=clock.now() + timedelta(hours=1)
        )
    async with bank.db.as_service(bank.tenant.id) as tx:
        await wallet.do_freeze(tx, ana.me.user_id, "fraud", None)
    await bank.audit()
    return Books(ana, bora, given)


async def visible(db: Database, me: Identity) -> list[int | None]:
    """The number of visible rows of each table; None: no right to select."""
    found: list[int | None] = []
    for table in TABLES:
        try:
            async with db.as_user(me) as tx:
                found.append(
                    await tx.one(int, f"select count(tenant_id) from app.{table} where tenant_id > $1 - 1000000")
                )
        except asyncpg.InsufficientPrivilegeError:
            found.append(None)
    return found


async def test_each_sees_what_is_theirs(bank: Bank, books: Books, other_tenant: tenants.Tenant):
    shadow = await make_shadow(bank.db, books.ana)
    foreigner = await make_person(bank.db, other_tenant)
    # Accounts: coins and, since the wallet was frozen, earnings. A wallet is the person's, under whichever face.
    assert await visible(bank.db, books.ana.me) == [2, 2, 2, 2, 1, 1, None, None, None]
    assert await visible(bank.db, shadow.me) == [2, 2, 2, 2, 1, 1, None, None, None]
    assert await visible(bank.db, books.bora.me) == [1, 1, 0, 1, 0, 0, None, None, None]
    assert await visible(bank.db, foreigner.me) == [0, 0, 0, 0, 0, 0, None, None, None]


async def test_nobody_reads_whose_the_other_side_is(bank: Bank, books: Books):
    """Neither side of a gift finds the other's user id, nor an account that would be it."""
    for me, other in ((books.ana.me, books.bora.me), (books.bora.me, books.ana.me)):
        async with bank.db.as_user(me) as tx:
            for table in TABLES[:-3]:
                columns = [
                    row["column_name"]
                    for row in await tx.connection.fetch(
                        "select column_name from information_schema.column_privileges where table_schema = 'app' "
                        "and table_name = $1 and grantee = 'meydan_app' and privilege_type = 'SELECT'",
                        table,
                    )
                ]
                assert "fingerprint" not in columns
                assert "idempotency_key" not in columns
                seen = await tx.connection.fetch(f"select {', '.join(columns)} from app.{table}")
                assert str(other.user_id) not in str([tuple(row) for row in seen])
                for account in (coins_of(other.user_id), earnings_of(other.user_id)):
                    assert await wallet.balance_of(tx, account) == 0


def writes(me: Identity) -> list[str]:
    mine = f"'{me.user_id}'"
    coins = f"app.ledger_account_id('person_coins', {mine}, null, null)"
    return [
        f"update app.ledger_balances set balance = 1000000 where tenant_id = $1 and account_id = {coins}",
        "update app.ledger_balances set held = 0 where tenant_id = $1",
        f"insert into app.ledger_balances (tenant_id, account_id, stripe, balance) values ($1, {coins}, 1, 5)",
        "delete from app.ledger_balances where tenant_id = $1",
        f"insert into app.ledger_accounts (tenant_id, kind, user_id) values ($1, 'person_debt', {mine})",
        "update app.ledger_accounts set kind = 'promotions' where tenant_id = $1",
        "delete from app.ledger_accounts where tenant_id = $1",
        "insert into app.coin_transactions (tenant_id, amount, transaction_type, idempotency_key, fingerprint) values ($1, 5, 'earned', 'forged', '')",
        "update app.coin_transactions set amount = 5 where tenant_id = $1",
        "delete from app.coin_transactions where tenant_id = $1",
        f"insert into app.coin_entries (tenant_id, transaction_id, account_id, stripe, amount) values ($1, uuidv7(), {coins}, 0, 5)",
        "update app.coin_entries set amount = 5 where tenant_id = $1",
        "delete from app.coin_entries where tenant_id = $1",
        f"insert into app.coin_holds (tenant_id, user_id, amount, purpose, idempotency_key, fingerprint, expires_at) values ($1, {mine}, 5, 'call', 'forged', '', app.now())",
        "update app.coin_holds set status = 'released' where tenant_id = $1",
        "delete from app.coin_holds where tenant_id = $1",
        f"insert into app.wallet_freezes (tenant_id, user_id, reason) values ($1, {mine}, 'forged')",
        "update app.wallet_freezes set thawed_at = app.now() where tenant_id = $1",
        "delete from app.wallet_freezes where tenant_id = $1",
        "insert into app.ledger_audits (tenant_id, whole, fault_count) values ($1, true, 0)",
        "update app.ledger_audits set fault_count = 0 where tenant_id = $1",
        "delete from app.ledger_audits where tenant_id = $1",
        "insert into app.unaudited_balances (tenant_id, transaction_id) values ($1, uuidv7())",
        "delete from app.unaudited_balances where tenant_id = $1",
        f"insert into app.audited_balances (tenant_id, account_id, stripe, balance) values ($1, {coins}, 0, 5)",
        "update app.audited_balances set balance = 5 where tenant_id = $1",
        "delete from app.audited_balances where tenant_id = $1",
        # The ledger's own parts, past the doors.
        f"select from app.move_coins($1, 'forged', 'earned', '{{}}', {mine}, '', null, '{{}}', null, null, false)",
        f"select from app.lock_ledger_account($1, 'person_coins', {mine})",
        f"select from app.pending_earnings($1, {mine})",
        f"select from app.open_ledger_account($1, 'person_debt', {mine}, null, null, 0)",
        f"select from app.release_held($1, {mine}, 5, uuidv7())",
        f"select from app.end_expired_holds($1, {mine}, 10)",
        f"select from app.pay_debt($1, {mine}, uuidv7())",
        f"select from app.check_debit($1, 'person_coins', {mine}, 5, true)",
    ]


async def test_neither_people_nor_the_service_write_the_books(bank: Bank, books: Books):
    for statement in writes(books.ana.me):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with bank.db.as_user(books.ana.me) as tx:
                await tx.connection.execute(statement, bank.tenant.id)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with bank.db.as_service(bank.tenant.id) as tx:
                await tx.connection.execute(statement, bank.tenant.id)


async def test_no_login_of_the_product_holds_a_right_to_write(postgres_url: str, database_settings: DatabaseSettings):
    owner = await asyncpg.connect(database_settings.owner_url)
    try:
        for table in TABLES:
            for role in ("meydan_app", "meydan_service", "meydan_relay", "public"):
                for right in ("insert", "update", "delete", "truncate", "references", "trigger"):
                    if right in {"insert", "update", "references"}:
                        held = await owner.fetchval(
                            "select has_any_column_privilege($1, $2, $3)", role, f"app.{table}", right
                        )
                    else:
                        held = await owner.fetchval(
                            "select has_table_privilege($1, $2, $3)", role, f"app.{table}", right
                        )
                    assert not held, (table, role, right)
    finally:
        await owner.close()


SERVICE_ONLY = [
    "select from app.claw_back($1, 'k', 'refund', app.user_id(), 5, 'clearing', 'stripe', 'TRY', '', null, '{}')",
    "select from app.forgive_debt($1, 'k', app.user_id(), 5, '')",
    "select from app.reverse_transfer($1, 'k', (select id from app.coin_transactions limit 1), '')",
    "select from app.expire_holds($1, 10)",
    "select from app.freeze_wallet($1, app.user_id(), 'x', null)",
    "select from app.thaw_wallet($1, app.user_id(), null)",
    "select from app.close_wallet($1, app.user_id())",
    "select from app.audit_ledger($1, true)",
    "select from app.lock_meter_accounts($1, '{}')",
    "select from app.ledger_faults($1)",
    "select from app.new_ledger_faults($1)",
]


@pytest.mark.parametrize("statement", SERVICE_ONLY)
async def test_what_is_done_to_people_is_the_services(bank: Bank, books: Books, statement: str):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with bank.db.as_user(books.ana.me) as tx:
            await tx.connection.execute(statement, bank.tenant.id)


async def test_a_person_pays_with_what_is_theirs_for_what_people_buy(bank: Bank):
    ana, bora = await bank.person(100), await bank.person(100)
    me, other = ana.me.user_id, bora.me.user_id
    forbidden: list[tuple[TransactionType, list[Entry]]] = [
        # Of somebody else.
        (TransactionType.spent, [Entry(coins_of(other), -5), Entry(wallet.TENANT_REVENUE, 5)]),
        (TransactionType.gift_sent, [Entry(coins_of(other), -5), Entry(earnings_of(me), 5)]),
        (
            TransactionType.spent,
            [Entry(coins_of(me), -5), Entry(coins_of(other), -5), Entry(wallet.TENANT_REVENUE, 10)],
        ),
        # Of the community.
        (TransactionType.earned, [Entry(wallet.PROMOTIONS, -5), Entry(coins_of(me), 5)]),
        (TransactionType.purchased, [Entry(wallet.clearing("stripe", "TRY"), -5), Entry(coins_of(me), 5)]),
        (TransactionType.spent, [Entry(wallet.TENANT_REVENUE, -5), Entry(coins_of(me), 5)]),
        (TransactionType.conversion, [Entry(wallet.TENANT_REVENUE, -5), Entry(coins_of(me), 5)]),
        # To where coins do not go: another's purse, a debt, one's own earnings, a provider.
        (TransactionType.spent, [Entry(coins_of(me), -5), Entry(coins_of(other), 5)]),
        (TransactionType.spent, [Entry(coins_of(me), -5), Entry(debt_of(other), 5)]),
        (TransactionType.spent, [Entry(coins_of(me), -5), Entry(earnings_of(other), 5)]),
        (TransactionType.premium, [Entry(coins_of(me), -5), Entry(earnings_of(other), 5)]),
        (TransactionType.gift_sent, [Entry(coins_of(me), -5), Entry(earnings_of(me), 5)]),
        (TransactionType.spent, [Entry(earnings_of(me), -5), Entry(wallet.TENANT_REVENUE, 5)]),
        (TransactionType.spent, [Entry(coins_of(me), -5), Entry(wallet.clearing("stripe", "TRY"), 5)]),
        (TransactionType.conversion, [Entry(coins_of(me), -5), Entry(earnings_of(me), 5)]),
        (TransactionType.conversion, [Entry(earnings_of(me), -5), Entry(coins_of(other), 5)]),
        # By a word that would pass a frozen wallet.
        (TransactionType.refund, [Entry(coins_of(me), -5), Entry(wallet.TENANT_REVENUE, 5)]),
        (TransactionType.adjustment, [Entry(coins_of(me), -5), Entry(wallet.TENANT_REVENUE, 5)]),
        (TransactionType.debt_payment, [Entry(coins_of(me), -5), Entry(debt_of(me), 5)]),
    ]
    for number, (what, entries) in enumerate(forbidden):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with bank.db.as_user(ana.me) as tx:
                await wallet.do_transfer(tx, what, entries, key=f"forbidden {number}", user_id=me)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):  # in somebody else's history
        async with bank.db.as_user(ana.me) as tx:
            await wallet.do_transfer(
                tx,
                TransactionType.gift_sent,
                [Entry(coins_of(me), -5), Entry(earnings_of(other), 5)],
                key="hers",
                user_id=other,
            )
    assert (await bank.wallet_of(ana)).available == 100
    assert (await bank.wallet_of(bora)).available == 100


async def test_functions_ask_for_the_tenant_too(bank: Bank, books: Books, other_tenant: tenants.Tenant):
    foreigner = await make_person(bank.db, other_tenant)
    transfer = (
        "select from app.transfer($1, 'k', 'spent', array[('person_coins', $2, null, null, -5),"
        " ('tenant_revenue', null, null, null, 5)]::app.ledger_entry[], $2)"
    )
    reverse = "select from app.reverse_transfer($1, 'k', $2, '')"
    async with bank.db.as_service(other_tenant.id) as tx:
        for statement, argument in ((transfer, books.ana.me.user_id), (reverse, books.gift.id)):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with tx.savepoint():
                    await tx.connection.execute(statement, bank.tenant.id, argument)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with bank.db.as_user(foreigner.me) as tx:
            await tx.connection.execute(transfer, bank.tenant.id, foreigner.me.user_id)
