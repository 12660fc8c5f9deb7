"""A transfer is undone by its mirror image, once, and only if what would go back is still there."""

import asyncio
from uuid import uuid4

import pytest

from meydan.kit.errors import NotFound
from meydan.money import wallet
from meydan.money.wallet import Entry, TransactionType, coins_of, earnings_of
from tests.factories import Person
from tests.money.bank import Bank


async def gift(bank: Bank, giver: Person, receiver: Person, coins: int) -> wallet.Transaction:
    async with bank.db.as_user(giver.me) as tx:
        return await wallet.do_transfer(
            tx,
            TransactionType.gift_sent,
            [
                Entry(coins_of(giver.me.user_id), -coins),
                Entry(earnings_of(receiver.me.user_id), coins // 2),
                Entry(wallet.TENANT_REVENUE, coins - coins // 2),
            ],
            key=f"gift:{uuid4()}",
            user_id=giver.me.user_id,
        )


async def test_everybody_has_again_what_they_had(bank: Bank):
    ana, bora = await bank.person(100), await bank.person()
    given = await gift(bank, ana, bora, 51)
    undone = await bank.reverse(given.id)
    assert (undone.type, undone.amount, undone.reverses_id) == (TransactionType.reversal, 51, given.id)
    assert undone.user_id == ana.me.user_id
    assert undone.description == "a mistake"
    assert (await bank.wallet_of(ana)).available == 100
    assert (await bank.wallet_of(bora)).earnings == 0
    assert await bank.balance(wallet.TENANT_REVENUE) == 0


async def test_a_transfer_is_reversed_once(bank: Bank):
    ana = await bank.person(100)
    spent = await bank.spend(ana, 10)
    first = await bank.reverse(spent.id, key="undo")
    assert await bank.reverse(spent.id, key="undo") == first
    with pytest.raises(wallet.AlreadyReversed):
        await bank.reverse(spent.id, key="undo again")
    with pytest.raises(wallet.NotReversible):
        await bank.reverse(first.id)
    other = await bank.spend(ana, 10)
    with pytest.raises(wallet.IdempotencyKeyReused):
        await bank.reverse(other.id, key="undo")
    with pytest.raises(NotFound):
        await bank.reverse(uuid4())
    assert (await bank.wallet_of(ana)).available == 90


async def test_many_who_reverse_at_once_reverse_once(bank: Bank):
    ana = await bank.person(100)
    spent = await bank.spend(ana, 40)
    answers = await asyncio.gather(*(bank.reverse(spent.id) for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(answer, wallet.Transaction) for answer in answers) == 1
    assert sum(isinstance(answer, wallet.AlreadyReversed) for answer in answers) == 5
    assert (await bank.wallet_of(ana)).available == 100


async def test_what_was_spent_meanwhile_is_not_taken_from_nothing(bank: Bank):
    ana, bora = await bank.person(100), await bank.person()
    given = await gift(bank, ana, bora, 40)
    async with bank.db.as_service(bank.tenant.id) as tx:
        await wallet.do_transfer(
            tx,
            TransactionType.conversion,
            [Entry(earnings_of(bora.me.user_id), -20), Entry(coins_of(bora.me.user_id), 20)],
            key="convert",
            user_id=bora.me.user_id,
        )
    with pytest.raises(wallet.BalanceTooLow) as refused:
        await bank.reverse(given.id)
    assert refused.value.extra == {"balance": 0, "needed": 20, "account": "creator_revenue"}
    assert (await bank.wallet_of(ana)).available == 60
    bought = (await bank.history(ana))[-1]
    with pytest.raises(wallet.BalanceTooLow) as refused:
        await bank.reverse(bought.id)
    assert refused.value.extra == {"balance": 60, "needed": 100, "account": "person_coins"}


async def test_coins_that_come_back_pay_what_is_owed(bank: Bank):
    ana = await bank.person(100)
    spent = await bank.spend(ana, 100)
    await bank.take_back(ana, 30)
    await bank.reverse(spent.id)
    assert await bank.wallet_of(ana) == wallet.Wallet(70, 0, 70, 0, 0, None)


async def test_a_debt_that_was_paid_is_not_given_back(bank: Bank):
    ana = await bank.person()
    taken = await bank.take_back(ana, 30)
    await bank.sell(ana, 10)
    with pytest.raises(wallet.BalanceTooLow) as refused:
        await bank.reverse(taken.transaction.id)
    assert refused.value.extra == {"balance": 20, "needed": 30, "account": "person_debt"}
