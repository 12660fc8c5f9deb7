"""Transfers: what moves, what is refused, and that the same key moves nothing twice."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from meydan.kit.database import Database
from meydan.money import wallet
from meydan.money.wallet import Entry, TransactionType, coins_of, debt_of, earnings_of
from tests.money.bank import Bank
from tests.waiting import until_somebody_waits


async def test_coins_are_bought_spent_and_remembered(bank: Bank):
    ana = await bank.person()
    bought = await bank.sell(ana, 100)
    spent = await bank.spend(ana, 30)
    assert await bank.wallet_of(ana) == wallet.Wallet(70, 0, 70, 0, 0, None)
    assert await bank.balance(wallet.clearing("stripe", "TRY")) == -100
    assert await bank.balance(wallet.TENANT_REVENUE) == 30
    assert [(one.type, one.amount) for one in await bank.history(ana)] == [("spent", -30), ("purchased", 100)]
    assert (await bank.history(ana))[1].id == bought.id
    assert spent.user_id == ana.me.user_id


async def test_a_transfer_may_have_many_sides(bank: Bank):
    ana, bora = await bank.person(100), await bank.person()
    async with bank.db.as_user(ana.me) as tx:
        gift = await wallet.do_transfer(
            tx,
            TransactionType.gift_sent,
            [
                Entry(coins_of(ana.me.user_id), -40),
                Entry(earnings_of(bora.me.user_id), 20),
                Entry(wallet.TENANT_REVENUE, 20),
            ],
            key="gift",
            user_id=ana.me.user_id,
            details={"gift_key": "tea", "quantity": 2},
        )
    assert (gift.amount, gift.details) == (-40, {"gift_key": "tea", "quantity": 2})
    assert (await bank.wallet_of(bora)).earnings == 20
    assert (await bank.wallet_of(ana)).available == 60
    [line] = await bank.history(bora)
    assert (line.id, line.amount, line.coins, line.earnings) == (gift.id, 20, 0, 20)
    assert (line.description, line.details) == ("", {}), "the words are the giver's"


async def test_nothing_is_spent_that_is_not_there(bank: Bank):
    ana = await bank.person(10)
    with pytest.raises(wallet.BalanceTooLow) as refused:
        await bank.spend(ana, 11)
    assert refused.value.extra == {"balance": 10, "needed": 11, "account": "person_coins"}
    nobody = await bank.person()
    with pytest.raises(wallet.BalanceTooLow) as refused:
        await bank.spend(nobody, 1)
    assert refused.value.extra == {"balance": 0, "needed": 1, "account": "person_coins"}
    assert await bank.history(nobody) == []
    assert (await bank.wallet_of(ana)).available == 10


async def test_the_same_key_answers_the_same_and_another_body_is_refused(bank: Bank):
    ana, bora = await bank.person(100), await bank.person(100)
    first = await bank.spend(ana, 10, key="once")
    assert await bank.spend(ana, 10, key="once") == first
    with pytest.raises(wallet.IdempotencyKeyReused):
        await bank.spend(ana, 11, key="once")
    assert (await bank.wallet_of(ana)).available == 90
    await bank.spend(bora, 10, key="once")  # a key of their own, under whatever name
    assert (await bank.wallet_of(bora)).available == 90


async def test_nobody_takes_the_key_that_somebody_elses_coins_come_under(bank: Bank):
    ana, bora = await bank.person(100), await bank.person(0)
    await bank.spend(ana, 1, key="payment:expected")
    await bank.sell(bora, 100, key="payment:expected")
    assert (await bank.wallet_of(bora)).available == 100


async def test_a_refused_transfer_leaves_its_key_free(bank: Bank):
    ana = await bank.person(5)
    with pytest.raises(wallet.BalanceTooLow):
        await bank.spend(ana, 10, key="retry")
    await bank.sell(ana, 5)
    assert (await bank.spend(ana, 10, key="retry")).amount == -10


async def test_twins_with_one_key_move_once(bank: Bank):
    ana = await bank.person(100)
    made = await asyncio.gather(*(bank.spend(ana, 10, key="twins") for _ in range(8)))
    assert len({one.id for one in made}) == 1
    assert (await bank.wallet_of(ana)).available == 90


async def test_a_twin_waits_for_the_first_and_goes_on_when_that_fails(bank: Bank):
    ana = await bank.person(100)
    entries = [Entry(coins_of(ana.me.user_id), -10), Entry(wallet.TENANT_REVENUE, 10)]
    with pytest.raises(ZeroDivisionError):
        async with bank.db.as_user(ana.me) as tx:
            await wallet.do_transfer(tx, TransactionType.spent, entries, key="twin", user_id=ana.me.user_id)
            twin = asyncio.create_task(bank.spend(ana, 10, key="twin"))
            await until_somebody_waits(tx)
            assert not twin.done()
            raise ZeroDivisionError
    assert (await twin).amount == -10
    assert (await bank.wallet_of(ana)).available == 90


@pytest.mark.parametrize("amounts", [(-10, 9), (0, 0), (10, 10), ()])
async def test_entries_that_are_none_or_do_not_sum_to_zero_are_a_mistake(bank: Bank, amounts: tuple[int, ...]):
    ana = await bank.person(100)
    accounts = [coins_of(ana.me.user_id), wallet.TENANT_REVENUE]
    entries = [Entry(account, amount) for account, amount in zip(accounts, amounts, strict=False)]
    with pytest.raises(asyncpg.CheckViolationError):
        async with bank.db.as_service(bank.tenant.id) as tx:
            await wallet.do_transfer(tx, TransactionType.adjustment, entries, key="wrong", user_id=None)


async def test_a_history_is_of_somebody_whom_it_concerns(bank: Bank):
    ana, bora = await bank.person(100), await bank.person()
    entries = [Entry(coins_of(ana.me.user_id), -10), Entry(wallet.TENANT_REVENUE, 10)]
    with pytest.raises(asyncpg.CheckViolationError):
        async with bank.db.as_service(bank.tenant.id) as tx:
            await wallet.do_transfer(tx, TransactionType.adjustment, entries, key="hers", user_id=bora.me.user_id)


async def test_an_unknown_account_or_person_is_a_mistake(bank: Bank):
    ana = await bank.person(100)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with bank.db.as_service(bank.tenant.id) as tx:
            await wallet.do_credit(
                tx, uuid4(), 5, source=wallet.PROMOTIONS, type=TransactionType.earned, key="a stranger's"
            )
    with pytest.raises(asyncpg.CheckViolationError):
        async with bank.db.as_service(bank.tenant.id) as tx:
            await wallet.do_transfer(
                tx,
                TransactionType.adjustment,
                [Entry(wallet.Account(wallet.AccountKind.clearing), -5), Entry(coins_of(ana.me.user_id), 5)],
                key="of no provider",
                user_id=ana.me.user_id,
            )


async def test_what_a_caller_survives_is_undone_by_a_savepoint(bank: Bank):
    ana = await bank.person(10)
    async with bank.db.as_service(bank.tenant.id) as tx:
        entries = [Entry(coins_of(ana.me.user_id), -20), Entry(wallet.TENANT_REVENUE, 20)]
        with pytest.raises(wallet.BalanceTooLow):
            async with tx.savepoint():
                await wallet.do_transfer(tx, TransactionType.premium, entries, key="renewal", user_id=ana.me.user_id)
        assert (await wallet.wallet_of(tx, ana.me.user_id)).available == 10


async def test_what_was_taken_back_and_spent_already_is_owed_and_paid_first(bank: Bank):
    ana = await bank.person(100)
    await bank.spend(ana, 70)
    taken = await bank.take_back(ana, 100, key="refund")
    assert (taken.taken, taken.owed, taken.transaction.amount) == (30, 70, -30)
    assert await bank.take_back(ana, 100, key="refund") == taken
    assert await bank.wallet_of(ana) == wallet.Wallet(0, 0, 0, 70, 0, None)
    with pytest.raises(wallet.DebtBlocks) as refused:
        await bank.spend(ana, 1)
    assert refused.value.extra == {"debt": 70}

    await bank.sell(ana, 50)
    assert await bank.wallet_of(ana) == wallet.Wallet(0, 0, 0, 20, 0, None)
    await bank.sell(ana, 50)
    assert await bank.wallet_of(ana) == wallet.Wallet(30, 0, 30, 0, 0, None)
    assert [(one.type, one.amount) for one in await bank.history(ana)] == [
        ("debt_payment", -20),
        ("purchased", 50),
        ("debt_payment", -50),
        ("purchased", 50),
        ("refund", -30),
        ("spent", -70),
        ("purchased", 100),
    ]
    await bank.spend(ana, 30)


async def test_a_debt_is_forgiven_at_most_as_far_as_it_goes(bank: Bank):
    ana = await bank.person()
    await bank.take_back(ana, 40)
    async with bank.db.as_service(bank.tenant.id) as tx:
        some = await wallet.do_forgive_debt(tx, ana.me.user_id, 15, key="some", reason="kindness")
        assert await wallet.do_forgive_debt(tx, ana.me.user_id, 15, key="some", reason="kindness") == some
        assert (await wallet.wallet_of(tx, ana.me.user_id)).debt == 25
        rest = await wallet.do_forgive_debt(tx, ana.me.user_id, 1000, key="rest", reason="kindness")
        assert rest.details == {"forgiven": 25}
        assert (await wallet.wallet_of(tx, ana.me.user_id)).debt == 0
        assert await wallet.do_forgive_debt(tx, ana.me.user_id, 15, key="some", reason="kindness") == some
        with pytest.raises(wallet.BalanceTooLow):
            async with tx.savepoint():
                await wallet.do_forgive_debt(tx, ana.me.user_id, 1, key="more", reason="kindness")
    assert await bank.balance(debt_of(ana.me.user_id)) == 0
    assert await bank.balance(wallet.PROMOTIONS) == -40


async def test_the_wallet_is_told_once_a_transaction(bank: Bank, db: Database):
    ana = await bank.person(100)
    async with bank.db.as_user(ana.me) as tx:
        for number in range(3):
            await wallet.do_transfer(
                tx,
                TransactionType.spent,
                [Entry(coins_of(ana.me.user_id), -10), Entry(wallet.TENANT_REVENUE, 10)],
                key=f"spend {number}",
                user_id=ana.me.user_id,
            )
    async with db.as_service(bank.tenant.id) as tx:
        told = await tx.all(
            str, "select payload from app.outbox where tenant_id = $1 and user_id = $2 order by id", ana.me.user_id
        )
    assert len(told) == 2  # the purchase, and three times spent at once
    assert '"t":"wallet"' in told[1]
    assert '"available":70' in told[1]


async def test_history_comes_in_pages(bank: Bank):
    ana = await bank.person()
    for number in range(5):
        await bank.sell(ana, 10 + number)
    async with bank.db.as_user(ana.me) as tx:
        first = await wallet.history(tx, None, 3)
        second = await wallet.history(tx, first.next, 3)
    assert [one.amount for one in first.items + second.items] == [14, 13, 12, 11, 10]
    assert second.next is None
