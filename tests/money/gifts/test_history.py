"""A history tells everything that changed somebody's coins, earnings and debt, to whomever it happened."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest
from litestar import Litestar

from meydan.money import wallet
from tests.conftest import MovableClock
from tests.factories import Person
from tests.money.bank import Bank
from tests.money.coin_scenarios import ask, make_met
from tests.money.metering.scenarios import start


async def lines_of(app: Litestar, person: Person) -> list[dict[str, Any]]:
    """All of it, page by page."""
    lines: list[dict[str, Any]] = []
    cursor = ""
    while cursor is not None:
        page = (await ask(app, person, "GET", f"/api/coins/history?limit=2{cursor}")).json()
        lines += page["items"]
        cursor = page["next"] and f"&cursor={page['next']}"
    return lines


async def explains(bank: Bank, app: Litestar, person: Person) -> list[dict[str, Any]]:
    """The lines together are what the person has."""
    lines, mine = await lines_of(app, person), await bank.wallet_of(person)
    assert [sum(line[what] for line in lines) for what in ("coins", "earnings", "debt")] == [
        mine.balance,
        mine.earnings,
        mine.debt,
    ]
    return lines


async def test_whoever_is_called_finds_the_minutes_they_earned_by(
    bank: Bank, app: Litestar, moving_clock: MovableClock
):
    ana, bora = await bank.person(100), await bank.person()
    call = await start(bank.db, moving_clock, ana, bora, 10)
    await call.talk(110)
    await call.stop()
    earned = await explains(bank, app, bora)
    assert [(line["type"], line["amount"], line["coins"], line["earnings"]) for line in earned] == [
        ("call", 6, 0, 6)
    ] * 2
    assert {line["subject_id"] for line in earned} == {str(call.meter.subject_id)}
    assert all(not line["description"] and not line["details"] for line in earned)
    paid = await explains(bank, app, ana)
    assert [(line["type"], line["amount"]) for line in paid] == [("call", -10), ("call", -10), ("purchased", 100)]
    assert str(ana.me.user_id) not in str(earned), "who paid is known by the talk, not by the books"


async def test_what_was_undone_stands_beside_what_undid_it_for_both(
    bank: Bank, app: Litestar, moving_clock: MovableClock
):
    ana, bora = await bank.person(100), await bank.person()
    call = await start(bank.db, moving_clock, ana, bora, 10)
    await call.talk(60)
    await call.stop()
    [minute] = await explains(bank, app, bora)
    await bank.reverse(UUID(minute["id"]))
    for person in (ana, bora):
        undone = (await explains(bank, app, person))[0]
        assert (undone["type"], undone["reverses_id"]) == ("reversal", minute["id"])
    assert (await bank.wallet_of(bora)).earnings == 0


async def test_a_life_with_coins_is_told_whole(bank: Bank, app: Litestar, moving_clock: MovableClock):
    """Buying, presents, gifts either way, a call, a refund that leaves a debt, paying it, converting, forgiving."""
    ana, bora = await bank.person(200), await bank.person(50)
    await make_met(bank.db, ana, bora)
    [tea, *_] = (await ask(app, ana, "GET", "/api/gifts")).json()

    async def give(giver: Person, receiver: Person, quantity: int) -> None:
        body = {"gift_id": tea["id"], "quantity": quantity, "profile_id": str(receiver.me.profile_id)}
        answer = await ask(app, giver, "POST", "/api/gifts/send", body, key=f"{giver.alias} {quantity}")
        assert answer.status_code == 201, answer.text

    await ask(app, ana, "POST", "/api/coins/earn", {"source": "daily"})
    await give(ana, bora, 10)
    await give(bora, ana, 4)
    call = await start(bank.db, moving_clock, ana, bora, 10)
    await call.talk(90)
    await call.stop()
    await bank.take_back(ana, 190)
    moving_clock.forward(hours=8 * 24)
    for person, amount in ((ana, 10), (bora, 30)):
        answer = await ask(app, person, "POST", "/api/coins/convert", {"amount": amount}, key="c")
        assert answer.status_code == 201, answer.text
    async with bank.db.as_service(bank.tenant.id) as tx:
        await wallet.do_forgive_debt(tx, ana.me.user_id, 5, key="forgive", reason="")
    await bank.sell(ana, 300)
    await bank.spend(ana, 7)
    mine = await explains(bank, app, ana)
    assert {line["type"] for line in mine} == {
        *("purchased", "earned", "gift_sent", "gift_received", "call", "refund", "conversion", "debt_payment"),
        *("debt_forgiven", "spent"),
    }
    conversion = next(line for line in mine if line["type"] == "conversion")
    assert (conversion["amount"], conversion["coins"], conversion["earnings"]) == (10, 10, -10)
    await explains(bank, app, bora)


async def test_the_newest_comes_first_whatever_the_time_was(bank: Bank, app: Litestar, moving_clock: MovableClock):
    ana = await bank.person()
    for amount, hours in ((1, 5), (2, -3), (3, 1), (4, 0)):
        await bank.sell(ana, amount)
        moving_clock.forward(hours=hours)
    times = [line["created_at"] for line in await lines_of(app, ana)]
    assert times == sorted(times, reverse=True)
    assert len({line["id"] for line in await lines_of(app, ana)}) == 4


async def test_nobody_reads_anothers_history(bank: Bank):
    ana, bora = await bank.person(100), await bank.person()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with bank.db.as_user(bora.me) as tx:
            await wallet.history(tx, None, 10, ana.me.user_id)
