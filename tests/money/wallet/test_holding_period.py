"""Earnings wait for some days before they become coins: what they came of may still be taken back."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar

from meydan import tenants
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.money import wallet
from meydan.money.wallet import Entry, TransactionType, coins_of, earnings, earnings_of
from meydan.money.wallet.settings import WalletSettings
from tests.conftest import MovableClock
from tests.factories import Person
from tests.money.bank import Bank
from tests.money.coin_scenarios import ask
from tests.money.metering.scenarios import start


async def give(bank: Bank, giver: Person, receiver: Person, amount: int) -> wallet.Transaction:
    async with bank.db.as_service(bank.tenant.id) as tx:
        return await wallet.do_transfer(
            tx,
            TransactionType.gift_sent,
            [Entry(coins_of(giver.me.user_id), -amount), Entry(earnings_of(receiver.me.user_id), amount)],
            key=f"gift {amount} {clock.now()}",
            user_id=giver.me.user_id,
        )


async def convert(app: Litestar, person: Person, amount: int, key: str = "") -> tuple[int, dict[str, Any]]:
    answer = await ask(
        app, person, "POST", "/api/coins/convert", {"amount": amount}, key=key or f"{amount} {clock.now()}"
    )
    return answer.status_code, answer.json()


async def earnings_of_person(app: Litestar, person: Person) -> dict[str, Any]:
    said: dict[str, Any] = (await ask(app, person, "GET", "/api/coins/earnings")).json()
    return said


@pytest.fixture
async def pair(bank: Bank) -> tuple[Person, Person]:
    return await bank.person(1000), await bank.person()


async def test_earnings_become_available_day_by_day(
    bank: Bank, app: Litestar, moving_clock: MovableClock, pair: tuple[Person, Person]
):
    giver, star = pair
    assert await earnings_of_person(app, star) == {"earnings": 0, "available": 0, "pending": []}
    await give(bank, giver, star, 30)
    moving_clock.forward(hours=48)
    await give(bank, giver, star, 10)
    await give(bank, giver, star, 5)

    said = await earnings_of_person(app, star)
    assert (said["earnings"], said["available"], [day["amount"] for day in said["pending"]]) == (45, 0, [30, 15])
    status, refused = await convert(app, star, 1)
    assert (status, refused["code"], refused["available"], refused["needed"]) == (409, "earnings_pending", 0, 1)
    assert refused["next_at"][:10] == said["pending"][0]["available_at"][:10]

    moving_clock.forward(hours=5 * 24, minutes=1)
    assert (await earnings_of_person(app, star))["available"] == 30
    assert (await convert(app, star, 31))[1]["code"] == "earnings_pending"
    assert (await convert(app, star, 46))[1]["code"] == "balance_too_low"
    status, made = await convert(app, star, 25, "once")
    assert (status, made["amount"]) == (201, 25)
    assert (await convert(app, star, 25, "once")) == (201, made), (
        "the same key again, though only five are available now"
    )
    assert (await convert(app, star, 6))[1]["available"] == 5
    assert (await convert(app, star, 5))[0] == 201
    moving_clock.forward(hours=48)
    assert (await earnings_of_person(app, star)) == {"earnings": 15, "available": 15, "pending": []}
    assert (await convert(app, star, 15))[0] == 201
    assert (await bank.wallet_of(star)).balance == 45


async def test_paid_minutes_are_held_too_but_adjustments_by_staff_are_not(
    bank: Bank, app: Litestar, moving_clock: MovableClock, pair: tuple[Person, Person]
):
    payer, star = pair
    call = await start(bank.db, moving_clock, payer, star, 10)
    await call.talk(60)
    await call.stop()
    async with bank.db.as_service(bank.tenant.id) as tx:
        await wallet.do_transfer(
            tx,
            TransactionType.adjustment,
            [Entry(wallet.PROMOTIONS, -3), Entry(earnings_of(star.me.user_id), 3)],
            key="sorry",
            user_id=star.me.user_id,
        )
    said = await earnings_of_person(app, star)
    assert (said["earnings"], said["available"]) == (9, 3)


async def test_a_reversed_gift_is_not_pending_and_takes_no_available_earnings(
    bank: Bank, app: Litestar, moving_clock: MovableClock, pair: tuple[Person, Person]
):
    giver, star = pair
    old = await give(bank, giver, star, 20)
    moving_clock.forward(hours=8 * 24)
    new = await give(bank, giver, star, 10)
    await bank.reverse(new.id)
    assert await earnings_of_person(app, star) == {"earnings": 20, "available": 20, "pending": []}
    await give(bank, giver, star, 7)
    await bank.reverse(old.id)
    said = await earnings_of_person(app, star)
    assert (said["earnings"], said["available"]) == (7, 0)


async def test_debt_does_not_count_as_earnings(bank: Bank, app: Litestar, pair: tuple[Person, Person]):
    _, star = pair
    await bank.take_back(star, 5)
    status, said = await convert(app, star, 10)
    assert (status, said["code"], said["account"]) == (409, "balance_too_low", "creator_revenue")


async def test_tenants_set_the_holding_period(bank: Bank, app: Litestar, pair: tuple[Person, Person]):
    await give(bank, *pair, 20)
    async with bank.db.as_service(bank.tenant.id) as tx:
        await tenants.do_configure(tx, WalletSettings, earnings_holding_days=0)
    assert await earnings_of_person(app, pair[1]) == {"earnings": 20, "available": 20, "pending": []}
    assert (await convert(app, pair[1], 20))[0] == 201


async def test_concurrent_conversions_convert_available_earnings_once(
    bank: Bank, db: Database, moving_clock: MovableClock, pair: tuple[Person, Person]
):
    giver, star = pair
    await give(bank, giver, star, 10)
    moving_clock.forward(hours=7 * 24, minutes=1)
    await give(bank, giver, star, 10)

    async def one(key: str) -> wallet.Transaction:
        async with db.as_user(star.me) as tx:
            return await earnings.do_convert(tx, 10, key=key)

    answers = await asyncio.gather(one("a"), one("b"), one("a"), return_exceptions=True)
    made = [answer.id for answer in answers if isinstance(answer, wallet.Transaction)]
    refused = [answer for answer in answers if isinstance(answer, wallet.EarningsPending)]
    assert len(set(made)) == 1
    assert len(made) + len(refused) == 3
    assert (await bank.wallet_of(star)).balance == 10
    assert clock.now() > (await bank.history(star))[-1].created_at + timedelta(days=7)


async def test_no_transfer_bypasses_the_holding_period(bank: Bank, pair: tuple[Person, Person]):
    """By no transfer of their own, and not somebody else's."""
    _, star = pair
    await give(bank, *pair, 20)
    mine = star.me.user_id
    with pytest.raises(Exception, match="coins of their own"):
        async with bank.db.as_user(star.me) as tx:
            await wallet.do_transfer(
                tx,
                TransactionType.conversion,
                [Entry(earnings_of(mine), -5), Entry(coins_of(mine), 5)],
                key="past",
                user_id=mine,
            )
