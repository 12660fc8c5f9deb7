"""Coins set aside: spent by nobody else, paid in part, given back, forgotten."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from meydan.kit import clock
from meydan.kit.database import Database
from meydan.kit.errors import NotFound
from meydan.money import wallet
from meydan.money.wallet import Entry, HoldStatus, TransactionType, coins_of, earnings_of, tasks
from tests.conftest import MovableClock
from tests.factories import Person
from tests.money.bank import Bank


async def hold(bank: Bank, person: Person, amount: int, *, key: str = "hold", minutes: float = 5) -> wallet.Hold:
    async with bank.db.as_user(person.me) as tx:
        return await wallet.do_hold(
            tx,
            person.me.user_id,
            amount,
            key=key,
            purpose="call",
            expires_at=clock.now() + timedelta(minutes=minutes),
        )


async def commit(bank: Bank, hold_id: UUID, payee: Person, amount: int, *, key: str = "pay") -> wallet.Transaction:
    async with bank.db.as_service(bank.tenant.id) as tx:
        return await wallet.do_commit_hold(
            tx, hold_id, [Entry(earnings_of(payee.me.user_id), amount)], type=TransactionType.call, key=key
        )


async def release(bank: Bank, hold_id: UUID) -> wallet.Hold:
    async with bank.db.as_service(bank.tenant.id) as tx:
        return await wallet.do_release_hold(tx, hold_id)


async def test_what_is_held_cannot_be_spent_and_is_paid_in_part(bank: Bank):
    ana, bora = await bank.person(100), await bank.person()
    held = await hold(bank, ana, 60)
    assert (held.status, held.amount) == (HoldStatus.open, 60)
    assert await bank.wallet_of(ana) == wallet.Wallet(100, 60, 40, 0, 0, None)
    with pytest.raises(wallet.BalanceTooLow) as refused:
        await bank.spend(ana, 41)
    assert refused.value.extra["balance"] == 40
    await bank.spend(ana, 40)

    paid = await commit(bank, held.id, bora, 45)
    assert (paid.amount, paid.type, paid.user_id) == (-45, TransactionType.call, ana.me.user_id)
    assert await bank.wallet_of(ana) == wallet.Wallet(15, 0, 15, 0, 0, None)
    assert (await bank.wallet_of(bora)).earnings == 45
    async with bank.db.as_user(ana.me) as tx:
        mine = await tx.one(
            wallet.Hold,
            "select id, user_id, amount, purpose, status, expires_at, created_at, subject_id, committed, transaction_id, "
            "ended_at from app.coin_holds where tenant_id = $1",
        )
    assert (mine.status, mine.committed, mine.transaction_id) == (HoldStatus.committed, 45, paid.id)


async def test_all_of_it_may_be_paid_but_no_more(bank: Bank):
    ana, bora = await bank.person(100), await bank.person()
    held = await hold(bank, ana, 60)
    with pytest.raises(asyncpg.CheckViolationError):
        await commit(bank, held.id, bora, 61)
    for pays in (
        [Entry(earnings_of(bora.me.user_id), 70), Entry(wallet.TENANT_REVENUE, -10)],
        [Entry(earnings_of(bora.me.user_id), 60), Entry(wallet.TENANT_REVENUE, 0)],
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            async with bank.db.as_service(bank.tenant.id) as tx:
                await wallet.do_commit_hold(tx, held.id, pays, type=TransactionType.call, key="others pay too")
    await commit(bank, held.id, bora, 60)
    assert await bank.wallet_of(ana) == wallet.Wallet(40, 0, 40, 0, 0, None)


async def test_a_hold_ends_once(bank: Bank):
    ana, bora = await bank.person(100), await bank.person()
    held = await hold(bank, ana, 60)
    paid = await commit(bank, held.id, bora, 20)
    assert await commit(bank, held.id, bora, 20) == paid
    with pytest.raises(wallet.IdempotencyKeyReused):
        await commit(bank, held.id, bora, 21)
    with pytest.raises(wallet.HoldExpired) as refused:
        await commit(bank, held.id, bora, 20, key="again")
    assert refused.value.extra == {"status": "committed"}
    with pytest.raises(wallet.HoldExpired):
        await release(bank, held.id)

    other = await hold(bank, ana, 50, key="other")
    assert (await release(bank, other.id)).status is HoldStatus.released
    assert (await release(bank, other.id)).status is HoldStatus.released
    with pytest.raises(wallet.HoldExpired) as refused:
        await commit(bank, other.id, bora, 1, key="late")
    assert refused.value.extra == {"status": "released"}
    assert await bank.wallet_of(ana) == wallet.Wallet(80, 0, 80, 0, 0, None)


async def test_a_key_of_another_payment_pays_nothing(bank: Bank):
    ana, bora = await bank.person(100), await bank.person()
    first, second = await hold(bank, ana, 10), await hold(bank, ana, 10, key="second")
    await commit(bank, first.id, bora, 10)
    with pytest.raises(wallet.IdempotencyKeyReused):
        await commit(bank, second.id, bora, 10)
    assert await bank.wallet_of(ana) == wallet.Wallet(90, 10, 80, 0, 0, None)


async def test_the_same_key_holds_once(bank: Bank):
    ana = await bank.person(100)
    made = await asyncio.gather(*(hold(bank, ana, 30) for _ in range(6)))
    assert len({one.id for one in made}) == 1
    assert (await bank.wallet_of(ana)).held == 30
    with pytest.raises(wallet.IdempotencyKeyReused):
        await hold(bank, ana, 31)
    await release(bank, made[0].id)
    assert (await hold(bank, ana, 30)).status is HoldStatus.released, "the answer to the first time it was asked"


async def test_too_much_is_not_held(bank: Bank):
    ana = await bank.person(100)
    await hold(bank, ana, 80)
    with pytest.raises(wallet.BalanceTooLow) as refused:
        await hold(bank, ana, 21, key="more")
    assert refused.value.extra == {"balance": 20, "needed": 21, "account": "person_coins"}
    nobody = await bank.person()
    with pytest.raises(wallet.BalanceTooLow):
        await hold(bank, nobody, 1, key="of nothing")
    with pytest.raises(asyncpg.CheckViolationError):
        await hold(bank, ana, 0, key="nothing")
    with pytest.raises(asyncpg.CheckViolationError):
        await hold(bank, ana, 1, key="over before it begins", minutes=-1)


async def test_a_forgotten_hold_is_free_again_when_its_time_is_over(bank: Bank, moving_clock: MovableClock):
    ana, bora = await bank.person(100), await bank.person()
    held = await hold(bank, ana, 80)
    moving_clock.forward(minutes=6)
    assert await bank.wallet_of(ana) == wallet.Wallet(100, 0, 100, 0, 0, None)
    with pytest.raises(wallet.HoldExpired) as refused:
        await commit(bank, held.id, bora, 1)
    assert refused.value.extra == {"status": "expired"}
    await bank.spend(ana, 90)  # before any job came by
    assert (await bank.history(ana))[0].amount == -90

    other = await hold(bank, ana, 5, key="other")
    moving_clock.forward(minutes=6)
    async with bank.db.as_service(bank.tenant.id) as tx:
        await tasks.expire_holds(tx)
        statuses = await tx.all(str, "select status from app.coin_holds where tenant_id = $1 order by id")
        assert (await wallet.wallet_of(tx, ana.me.user_id)).held == 0
    assert statuses == ["expired", "expired"]
    assert (await release(bank, other.id)).status is HoldStatus.expired


async def test_a_release_pays_what_is_owed(bank: Bank):
    ana = await bank.person(100)
    held = await hold(bank, ana, 70)
    taken = await bank.take_back(ana, 100)
    assert (taken.taken, taken.owed) == (30, 70), "what is held is not taken"
    assert await bank.wallet_of(ana) == wallet.Wallet(70, 70, 0, 70, 0, None)
    await release(bank, held.id)
    assert await bank.wallet_of(ana) == wallet.Wallet(0, 0, 0, 0, 0, None)
    assert (await bank.history(ana))[0].type is TransactionType.debt_payment


async def test_what_is_left_of_a_payment_pays_what_is_owed(bank: Bank):
    ana, bora = await bank.person(100), await bank.person()
    held = await hold(bank, ana, 70)
    await bank.take_back(ana, 100)
    await commit(bank, held.id, bora, 20)
    assert await bank.wallet_of(ana) == wallet.Wallet(0, 0, 0, 20, 0, None)


async def test_only_ones_own_coins_are_held(bank: Bank, db: Database):
    ana, bora = await bank.person(100), await bank.person(100)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.as_user(bora.me) as tx:
            await wallet.do_hold(
                tx, ana.me.user_id, 10, key="hers", purpose="call", expires_at=clock.now() + timedelta(minutes=1)
            )
    held = await hold(bank, ana, 10)
    with pytest.raises(NotFound):
        async with db.as_user(bora.me) as tx:
            await wallet.do_release_hold(tx, held.id)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.as_user(bora.me) as tx:
            await wallet.do_commit_hold(
                tx, held.id, [Entry(earnings_of(bora.me.user_id), 10)], type=TransactionType.call, key="mine"
            )
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.as_user(bora.me) as tx:
            await wallet.do_commit_hold(
                tx, held.id, [Entry(coins_of(bora.me.user_id), 10)], type=TransactionType.call, key="mine"
            )
    async with db.as_user(ana.me) as tx:
        assert (await wallet.do_release_hold(tx, held.id)).status is HoldStatus.released
