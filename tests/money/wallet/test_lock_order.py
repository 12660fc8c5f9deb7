"""Lock order: transfers lock accounts in one order, also those used for the first time, so that none deadlock."""

import asyncio
from collections.abc import Coroutine
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest

from meydan.kit.database import Database, DatabaseSettings, Tx
from meydan.money import wallet
from meydan.money.gifts import gifts as giving
from meydan.money.metering import metering
from meydan.money.wallet import PROMOTIONS, TENANT_REVENUE, Entry, TransactionType, daily_bonus, earnings_of
from tests.conftest import MovableClock
from tests.factories import Person
from tests.money.bank import Bank
from tests.money.coin_scenarios import make_met
from tests.money.metering.scenarios import start
from tests.money.wallet.test_attacks_on_coins import call, earn, hold, pay
from tests.waiting import until_somebody_waits


async def move(tx: Tx, whose: Person, *entries: Entry, type: TransactionType = TransactionType.adjustment) -> UUID:
    return (await wallet.do_transfer(tx, type, entries, key=uuid4().hex, user_id=whose.me.user_id)).id


async def one_gift(tx: Tx) -> UUID:
    return await tx.one(UUID, "select id from app.gifts where tenant_id = $1 and key = 'tea'")


async def give(bank: Bank, giver: Person, receiver: Person) -> None:
    async with bank.db.as_user(giver.me) as tx:
        await giving.do_send(tx, await one_gift(tx), 1, receiver.me.profile_id, "", key=uuid4().hex)


async def pay_minute(bank: Bank, held: UUID, payee: Person) -> None:
    async with bank.db.as_service(bank.tenant.id) as tx:
        await call(tx, held, payee)


async def behind(
    bank: Bank, person: Person, first: Coroutine[Any, Any, None], *others: Coroutine[Any, Any, None]
) -> None:
    """All of them come to where this person earns; the first of them is let on first. None of them may give way."""
    async with bank.db.as_service(bank.tenant.id) as tx:
        await move(tx, person, Entry(earnings_of(person.me.user_id), 1), Entry(PROMOTIONS, -1))
        tasks = [asyncio.create_task(first)]
        await until_somebody_waits(tx)
        tasks += [asyncio.create_task(other) for other in others]
        await until_somebody_waits(tx, count=len(tasks))
    await asyncio.gather(*tasks)


@pytest.fixture
async def star(bank: Bank) -> Person:
    """Has earned already, when nothing has come into the community's account yet."""
    star = await bank.person()
    async with bank.db.as_service(bank.tenant.id) as tx:
        await move(tx, star, Entry(earnings_of(star.me.user_id), 1), Entry(PROMOTIONS, -1))
    return star


async def test_the_communitys_first_income_is_a_gift_and_a_paid_minute_at_once(bank: Bank, star: Person):
    giver, caller = await bank.person(100), await bank.person(100)
    await make_met(bank.db, giver, star)
    held = await hold(bank, caller, 10)
    await behind(bank, star, pay_minute(bank, held, star), give(bank, giver, star))
    assert await bank.balance(TENANT_REVENUE) > 0


async def test_more_gifts_at_once_than_the_communitys_account_has_stripes(
    bank: Bank, star: Person, database_settings: DatabaseSettings
):
    """Those who give take no stripe with them while they wait for the one whom everybody loves."""
    givers, caller = [await bank.person(100) for _ in range(16)], await bank.person(100)
    for giver in givers:
        await make_met(bank.db, giver, star)
    held = await hold(bank, caller, 10)
    wide = Bank(await Database.open(msgspec.structs.replace(database_settings, pool_size=18)), bank.tenant)
    await behind(wide, star, pay_minute(wide, held, star), *(give(wide, giver, star) for giver in givers))
    await wide.db.close()
    assert await bank.balance(TENANT_REVENUE) > 0


async def forgive(bank: Bank, person: Person) -> None:
    async with bank.db.as_service(bank.tenant.id) as tx:
        await wallet.do_forgive_debt(tx, person.me.user_id, 7, key="forgive", reason="")


async def earn_daily(bank: Bank, person: Person) -> None:
    async with bank.db.as_service(bank.tenant.id) as tx:
        await daily_bonus.do_earn_daily(tx, person.me.user_id)


def keep(kind: str) -> str:
    return (
        "select from app.ledger_balances where tenant_id = $1 "
        f"and account_id = app.ledger_account_id('{kind}', $2, null, null) for update nowait"
    )


async def test_the_communitys_first_present_pays_a_debt_that_is_just_forgiven(
    bank: Bank, database_settings: DatabaseSettings
):
    ana = await bank.person()
    await bank.take_back(ana, 50)
    keeper = await asyncpg.connect(database_settings.owner_url)
    async with bank.db.as_service(bank.tenant.id) as tx, keeper.transaction():
        await keeper.execute(keep("person_debt"), bank.tenant.id, ana.me.user_id)
        tasks = [asyncio.create_task(forgive(bank, ana))]
        await until_somebody_waits(tx)
        tasks += [asyncio.create_task(earn_daily(bank, ana))]
        await until_somebody_waits(tx, count=2)
    await keeper.close()
    await asyncio.gather(*tasks)
    assert (await bank.wallet_of(ana)).debt == 50 - 7 - 5


@pytest.mark.parametrize("act", ["forgive", "reverse"])
async def test_who_touches_a_debt_keeps_its_owners_coins_first(
    bank: Bank, database_settings: DatabaseSettings, act: str
):
    ana = await bank.person()
    taken = await bank.take_back(ana, 50)
    keeper = await asyncpg.connect(database_settings.owner_url)
    async with bank.db.as_service(bank.tenant.id) as tx, keeper.transaction():
        await keeper.execute(keep("person_coins"), bank.tenant.id, ana.me.user_id)
        doing = forgive(bank, ana) if act == "forgive" else bank.reverse(taken.transaction.id)
        touching = asyncio.create_task(doing)
        await until_somebody_waits(tx)
        await keeper.execute(keep("person_debt"), bank.tenant.id, ana.me.user_id)
    await keeper.close()
    await touching
    assert (await bank.wallet_of(ana)).debt == (43 if act == "forgive" else 0)


@pytest.mark.parametrize("act", ["tick", "end"])
async def test_who_is_paid_by_one_call_and_pays_for_another(bank: Bank, moving_clock: MovableClock, act: str):
    """Their minutes are settled in one transaction while they spend, and then earn, in another."""
    caller, middle, star = await bank.person(100), await bank.person(100), await bank.person()
    calls = [
        await start(bank.db, moving_clock, caller, middle, 10),
        await start(bank.db, moving_clock, middle, star, 10),
    ]
    for one in calls:
        await one.talk(50)
    moving_clock.forward(minutes=3)  # nobody sees either of them any more

    async def settle() -> None:
        async with bank.db.as_service(bank.tenant.id) as tx:
            if act == "tick":
                await metering.do_advance_meters(tx)
            else:
                await metering.do_end_meters_of(tx, middle.me.user_id)

    async with bank.db.as_service(bank.tenant.id) as tx:
        await pay(tx, middle)
        settling = asyncio.create_task(settle())
        await until_somebody_waits(tx)
        await earn(tx, middle)
    await settling
    assert [(await one.row()).paid_units for one in calls] == [1, 1]
    mine = await bank.wallet_of(middle)
    assert (mine.balance, mine.earnings) == (100 - 1 - 10, 1 + 6)
