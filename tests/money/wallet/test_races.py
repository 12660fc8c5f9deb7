"""Many at once: nobody waits for a community's account, nothing is spent twice, nobody stands in each other's way."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from uuid import uuid4

import asyncpg

from meydan.kit import clock
from meydan.kit.database import Database, DatabaseSettings
from meydan.money import wallet
from meydan.money.wallet import Entry, TransactionType, coins_of, earnings_of
from tests.factories import Person
from tests.money.bank import Bank
from tests.waiting import patience, until_somebody_waits

PAY = (
    "select id from app.transfer($1, $2, 'spent', array[('person_coins', $3, null, null, -1),"
    " ('tenant_revenue', null, null, null, 1)]::app.ledger_entry[], $3)"
)


async def test_eight_open_transactions_pay_into_one_account_and_nobody_waits(bank: Bank):
    people = [await bank.person(100) for _ in range(8)]
    await bank.spend(await bank.person(10), 10)  # the community's first income makes the account
    async with AsyncExitStack() as stack:
        for person in people:
            tx = await stack.enter_async_context(bank.db.as_user(person.me))
            async with patience():
                await wallet.do_transfer(
                    tx,
                    TransactionType.spent,
                    [Entry(coins_of(person.me.user_id), -10), Entry(wallet.TENANT_REVENUE, 10)],
                    key=f"spend:{uuid4()}",
                    user_id=person.me.user_id,
                )
    assert await bank.balance(wallet.TENANT_REVENUE) == 90


async def test_the_seventeenth_waits_its_turn_and_nothing_is_lost(bank: Bank, database_settings: DatabaseSettings):
    people = [await bank.person(100) for _ in range(17)]
    await bank.spend(people[0], 10)
    connections = [await asyncpg.connect(database_settings.service_url) for _ in people]
    for connection in connections:
        await connection.execute(f"begin; set local app.tenant_id = '{bank.tenant.id}'")
    *quick, last = [
        connection.fetch(PAY, bank.tenant.id, f"key {person.me.user_id}", person.me.user_id)
        for connection, person in zip(connections, people, strict=True)
    ]
    async with patience():
        await asyncio.gather(*quick)
        waiting = asyncio.create_task(last)
        async with bank.db.as_service(bank.tenant.id) as tx:
            await until_somebody_waits(tx)
        assert not waiting.done()
        for connection in connections[:-1]:
            await connection.execute("commit")
        await waiting
        await connections[-1].execute("commit")
    for connection in connections:
        await connection.close()
    assert await bank.balance(wallet.TENANT_REVENUE) == 27
    async with bank.db.as_service(bank.tenant.id) as tx:
        stripes = await tx.one(
            int,
            "select count(*) from app.ledger_balances where tenant_id = $1 "
            "and account_id = app.ledger_account_id('tenant_revenue', null, null, null)",
        )
    assert stripes == 16


async def test_what_is_there_is_spent_once(bank: Bank):
    ana = await bank.person(100)
    answers = await asyncio.gather(*(bank.spend(ana, 30) for _ in range(12)), return_exceptions=True)
    assert sum(isinstance(answer, wallet.Transaction) for answer in answers) == 3
    assert sum(isinstance(answer, wallet.BalanceTooLow) for answer in answers) == 9
    assert (await bank.wallet_of(ana)).available == 10


async def test_holding_spending_and_taking_back_at_once(bank: Bank):
    ana = await bank.person(100)

    async def hold() -> wallet.Hold:
        async with bank.db.as_user(ana.me) as tx:
            return await wallet.do_hold(
                tx,
                ana.me.user_id,
                30,
                key=f"{uuid4()}",
                purpose="call",
                expires_at=clock.now() + timedelta(minutes=1),
            )

    answers = await asyncio.gather(
        *(hold() for _ in range(4)),
        *(bank.spend(ana, 20) for _ in range(4)),
        *(bank.take_back(ana, 25) for _ in range(2)),
        return_exceptions=True,
    )
    held = 30 * sum(isinstance(answer, wallet.Hold) for answer in answers)
    spent = 20 * sum(isinstance(answer, wallet.Transaction) for answer in answers)
    taken = [answer for answer in answers if isinstance(answer, wallet.Clawback)]
    assert len(taken) == 2
    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    assert all(isinstance(answer, wallet.BalanceTooLow | wallet.DebtBlocks) for answer in refused)
    mine = await bank.wallet_of(ana)
    assert mine.balance == 100 - spent - sum(one.taken for one in taken)
    assert mine.held == held
    assert mine.debt == sum(one.owed for one in taken)


async def test_those_who_give_to_each_other_do_not_block_each_other(bank: Bank, db: Database):
    """Everybody's coins and earnings are in somebody's hands all the time, in every direction."""
    people = [await bank.person(1000) for _ in range(4)]

    async def give(giver: Person, receiver: Person) -> None:
        async with db.as_user(giver.me) as tx:
            await wallet.do_transfer(
                tx,
                TransactionType.gift_sent,
                [
                    Entry(wallet.TENANT_REVENUE, 5),
                    Entry(earnings_of(receiver.me.user_id), 5),
                    Entry(coins_of(giver.me.user_id), -10),
                ],
                key=f"{uuid4()}",
                user_id=giver.me.user_id,
            )

    async def move_between(one: Person, other: Person) -> None:
        """As staff might: between two people's coins, either way."""
        async with db.as_service(bank.tenant.id) as tx:
            await wallet.do_transfer(
                tx,
                TransactionType.adjustment,
                [Entry(coins_of(one.me.user_id), -1), Entry(coins_of(other.me.user_id), 1)],
                key=f"{uuid4()}",
                user_id=one.me.user_id,
            )

    pairs = [(one, other) for one in people for other in people if one is not other]
    async with patience():
        await asyncio.gather(*(give(*pair) for pair in pairs * 5), *(move_between(*pair) for pair in pairs * 5))
    for person in people:
        mine = await bank.wallet_of(person)
        assert (mine.balance, mine.earnings) == (1000 - 15 * 10, 15 * 5)
    assert await bank.balance(wallet.TENANT_REVENUE) == 60 * 5


async def test_a_debt_is_paid_once_by_coins_that_come_from_everywhere(bank: Bank):
    ana = await bank.person()
    await bank.take_back(ana, 50)
    await asyncio.gather(*(bank.sell(ana, 10) for _ in range(10)))
    assert await bank.wallet_of(ana) == wallet.Wallet(50, 0, 50, 0, 0, None)
