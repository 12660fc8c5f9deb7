"""Everybody at once, in every order, against one ledger: nobody waits in a circle, and nobody has coins while they owe."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from litestar import Litestar

from meydan.kit import clock
from meydan.kit.database import Database, Tx
from meydan.kit.errors import NotFound
from meydan.money import metering, wallet
from meydan.money.wallet import Entry, TransactionType, coins_of, earnings_of
from tests.factories import Person
from tests.money.bank import Bank
from tests.money.coin_scenarios import Answer, ask, frames_of, make_met
from tests.waiting import until_somebody_waits


async def earn(tx: Tx, person: Person) -> None:
    """Moves one coin from the tenant to their earnings."""
    await wallet.do_transfer(
        tx,
        TransactionType.gift_received,
        [Entry(earnings_of(person.me.user_id), 1), Entry(wallet.TENANT_REVENUE, -1)],
        key=uuid4().hex,
        user_id=person.me.user_id,
    )


async def pay(tx: Tx, person: Person) -> None:
    await wallet.do_transfer(
        tx,
        TransactionType.spent,
        [Entry(coins_of(person.me.user_id), -1), Entry(wallet.TENANT_REVENUE, 1)],
        key=uuid4().hex,
        user_id=person.me.user_id,
    )


async def sell(tx: Tx, person: Person) -> None:
    await wallet.do_credit(
        tx,
        person.me.user_id,
        1,
        source=wallet.clearing("stripe", "TRY"),
        type=TransactionType.purchased,
        key=uuid4().hex,
    )


async def hold(bank: Bank, person: Person, amount: int, *, seconds: float = 60) -> UUID:
    async with bank.db.as_service(bank.tenant.id) as tx:
        made = await wallet.do_hold(
            tx,
            person.me.user_id,
            amount,
            key=uuid4().hex,
            purpose="call",
            expires_at=clock.now() + timedelta(seconds=seconds),
        )
    return made.id


async def call(tx: Tx, hold_id: UUID, payee: Person) -> None:
    await wallet.do_commit_hold(
        tx,
        hold_id,
        [Entry(earnings_of(payee.me.user_id), 1), Entry(wallet.TENANT_REVENUE, 1)],
        type=TransactionType.call,
        key=uuid4().hex,
    )


async def test_a_minute_is_paid_in_the_order_that_transfers_take(bank: Bank):
    """Bora pays and Ana earns, in one transaction as with a gift, while Bora's minute is paid to Ana: coins before
    earnings, so neither is a deadlock's victim."""
    ana, bora = await bank.person(), await bank.person(100)
    held = await hold(bank, bora, 10)

    async def paid() -> None:
        async with bank.db.as_service(bank.tenant.id) as tx:
            await call(tx, held, ana)

    async with bank.db.as_service(bank.tenant.id) as tx:
        await pay(tx, bora)
        minute = asyncio.create_task(paid())
        await until_somebody_waits(tx, for_rows=True)
        await earn(tx, ana)
    await minute
    assert (await bank.wallet_of(bora)).balance == 97
    assert (await bank.wallet_of(ana)).earnings == 2


async def test_a_gift_is_paid_for_before_anybody_earns_by_it(bank: Bank, db: Database, app: Litestar):
    """In either order of their ids, while a call between them is paid."""
    people = [await bank.person(100), await bank.person(100)]
    await make_met(db, *people)
    gift: Answer = (await ask(app, people[0], "GET", "/api/gifts")).json()[0]
    async with db.as_service(bank.tenant.id) as tx:
        for one in people:
            await earn(tx, one)
    for giver, receiver in (people, people[::-1]):
        body = {"gift_id": gift["id"], "quantity": 1, "profile_id": str(receiver.me.profile_id)}
        async with db.as_service(bank.tenant.id) as tx:
            await pay(tx, giver)
            given = asyncio.create_task(ask(app, giver, "POST", "/api/gifts/send", body, key=uuid4().hex))
            await until_somebody_waits(tx, for_rows=True)
            await earn(tx, receiver)
        assert (await given).status_code == 201


@pytest.mark.parametrize("act", [wallet.do_freeze, wallet.do_thaw])
async def test_wallets_are_frozen_and_thawed_in_the_order_that_transfers_take(
    bank: Bank, act: Callable[..., Awaitable[None]]
):
    """Whatever the numbers of somebody's accounts are: coins come before earnings."""
    people = [await bank.person(100) for _ in range(6)]  # by chance, all of them would be in the right order once in 64
    for person in people:
        async with bank.db.as_service(bank.tenant.id) as tx:
            await earn(tx, person)
            if act is wallet.do_thaw:
                await wallet.do_freeze(tx, person.me.user_id, "fraud", None)

        async def acted(person: Person = person) -> None:
            async with bank.db.as_service(bank.tenant.id) as tx:
                more = (None,) if act is wallet.do_thaw else ("fraud", None)
                await act(tx, person.me.user_id, *more)

        async with bank.db.as_service(bank.tenant.id) as tx:
            await sell(tx, person)
            other = asyncio.create_task(acted())
            await until_somebody_waits(tx, for_rows=True)
            await earn(tx, person)
        await other
        assert (await bank.wallet_of(person)).balance == 101


class Crowd:
    """People who do what comes into their heads."""

    def __init__(self, bank: Bank, app: Litestar, people: list[Person], gift: Answer) -> None:
        self.bank, self.app, self.people, self.gift = bank, app, people, gift
        self.acts = [self.give, self.convert, self.refund, self.sell, self.talk, self.freeze]

    async def act(self, chance: random.Random) -> None:
        one, other = chance.sample(self.people, 2)
        with suppress(wallet.BalanceTooLow, wallet.DebtBlocks, wallet.WalletBlocked, wallet.HoldExpired):
            await chance.choice(self.acts)(one, other, chance)

    async def give(self, one: Person, other: Person, chance: random.Random) -> None:
        body = {"gift_id": self.gift["id"], "quantity": 1, "profile_id": str(other.me.profile_id)}
        answer = await ask(self.app, one, "POST", "/api/gifts/send", body, key=f"{chance.randrange(30)}")
        assert answer.status_code in (201, 403, 409, 422, 429), answer.text

    async def convert(self, one: Person, _: Person, chance: random.Random) -> None:
        body = {"amount": chance.randint(1, 5)}
        answer = await ask(self.app, one, "POST", "/api/coins/convert", body, key=uuid4().hex)
        assert answer.status_code in (201, 403, 409, 429), answer.text

    async def refund(self, one: Person, _: Person, chance: random.Random) -> None:
        await self.bank.take_back(one, chance.randint(1, 90))

    async def sell(self, one: Person, _: Person, chance: random.Random) -> None:
        await self.bank.sell(one, chance.randint(1, 90))

    async def talk(self, one: Person, other: Person, chance: random.Random) -> None:
        held = await hold(self.bank, one, chance.randint(2, 50), seconds=0.05)
        if chance.random() < 0.6:
            async with self.bank.db.as_service(self.bank.tenant.id) as tx:
                await call(tx, held, other)

    async def freeze(self, one: Person, _: Person, chance: random.Random) -> None:
        async with self.bank.db.as_service(self.bank.tenant.id) as tx:
            if chance.random() < 0.3:
                await wallet.do_freeze(tx, one.me.user_id, "fraud", None)
            else:
                await wallet.do_thaw(tx, one.me.user_id, None)


@pytest.mark.parametrize("seed", range(3))
async def test_in_any_storm_nobody_has_coins_while_they_owe(bank: Bank, db: Database, app: Litestar, seed: int):
    """Gifts, conversions, sales, refunds, calls, freezing: all at once over five people. The bank's proof comes after."""
    people = [await bank.person(300) for _ in range(5)]
    for place, one in enumerate(people):
        for other in people[:place]:
            await make_met(db, other, one)
    crowd = Crowd(bank, app, people, (await ask(app, people[0], "GET", "/api/gifts")).json()[0])
    for wave in range(12):
        numbers = range(wave * 25, wave * 25 + 25)
        await asyncio.gather(*(crowd.act(random.Random(seed * 10_000 + number)) for number in numbers))
    for person in people:
        mine = await bank.wallet_of(person)
        assert mine.balance >= mine.held >= 0
        assert not (mine.debt and mine.available), mine


async def test_who_is_called_is_paid_whatever_the_payers_login_asks_of_the_database(bank: Bank, db: Database):
    """Coins that the service holds for a minute can neither be let go of nor be paid to somebody else by the payer."""
    ana, bora, friend = await bank.person(100), await bank.person(), await bank.person()
    async with db.as_service(bank.tenant.id) as tx:
        meter = await metering.do_start_meter(
            tx, payer=ana.me.user_id, payee=bora.me.user_id, coins_per_minute=10, subject_id=uuid4(), key="call"
        )
    async with db.as_user(ana.me) as tx:
        held = await tx.one(UUID, "select id from app.coin_holds where tenant_id = $1 and status = 'open'")
        with pytest.raises(NotFound):
            async with tx.savepoint():
                await wallet.do_release_hold(tx, held)
        with pytest.raises(NotFound):
            async with tx.savepoint():
                await call(tx, held, friend)
    async with db.as_service(bank.tenant.id) as tx:
        for second in range(0, 50, 10):
            await metering.do_record_heartbeat(tx, meter.id, clock.now() + timedelta(seconds=second - 40))
        bill = await metering.do_stop_meter(tx, meter.id, metering.MeterEnd.hung_up)
    assert (bill.paid, (await bank.wallet_of(ana)).balance) == (10, 90)


async def test_a_key_that_looks_like_anothers_part_does_no_harm(bank: Bank, db: Database, app: Litestar):
    """A gift is two lines of the ledger, and the second one's key is made from the first's."""
    ana, bora = await bank.person(100), await bank.person()
    await make_met(db, ana, bora)
    gift: Answer = (await ask(app, ana, "GET", "/api/gifts")).json()[0]
    body = {"gift_id": gift["id"], "quantity": 1, "profile_id": str(bora.me.profile_id)}
    statuses = [
        (await ask(app, ana, "POST", "/api/gifts/send", body, key=key)).status_code
        for key in ("a", "a:received", "b:received", "b", "a")
    ]
    assert statuses == [201, 422, 201, 422, 201]
    assert (await bank.wallet_of(ana)).balance == 100 - 2 * gift["price"]
    assert str(ana.me.user_id) not in str(await frames_of(db, bora))
    assert str(bora.me.user_id) not in str(await frames_of(db, ana))
