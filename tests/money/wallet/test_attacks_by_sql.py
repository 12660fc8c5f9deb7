"""Attacks by a user who can run any SQL under their own login."""

from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from litestar import Litestar

from meydan.kit import clock
from meydan.money import wallet
from tests.conftest import MovableClock
from tests.money.bank import Bank
from tests.money.coin_scenarios import ask, make_met


@pytest.mark.parametrize("amounts", [[], [0], [0, 0], [None], [5, None]], ids=str)
async def test_a_transfer_of_nothing_is_none(bank: Bank, amounts: list[int | None]):
    """A header without entries is a fault of the books, and one fault freezes everybody's payouts."""
    ana = await bank.person(10)
    entries = [("tenant_revenue", ana.me.user_id, None, None, amount) for amount in amounts]
    async with bank.db.as_user(ana.me) as tx:
        with pytest.raises(asyncpg.CheckViolationError):
            await tx.connection.execute(
                "select from app.transfer($1, 'nothing', 'spent', $2, $3)", bank.tenant.id, entries, ana.me.user_id
            )


@pytest.mark.parametrize("entries", [None, [None], [None, ("tenant_revenue", None, None, None, 0)]], ids=str)
async def test_a_transfer_without_entries_is_refused_to_a_service_too(
    bank: Bank, entries: list[tuple[object, ...] | None] | None
):
    async with bank.db.as_service(bank.tenant.id) as tx:
        with pytest.raises(asyncpg.CheckViolationError):
            await tx.connection.execute(
                "select from app.transfer($1, 'nothing', 'adjustment', $2)", bank.tenant.id, entries
            )


async def test_nobody_takes_the_key_under_which_their_debt_will_be_paid(bank: Bank, moving_clock: MovableClock):
    """Or nothing that is held ever ends: not theirs, and with it nobody's."""
    ana, bora = await bank.person(100), await bank.person(10)
    async with bank.db.as_user(ana.me) as tx:
        held = await wallet.do_hold(
            tx, ana.me.user_id, 50, key="h", purpose="call", expires_at=clock.now() + timedelta(minutes=1)
        )
    async with bank.db.as_user(bora.me) as tx:
        await wallet.do_hold(
            tx, bora.me.user_id, 10, key="h", purpose="call", expires_at=clock.now() + timedelta(minutes=1)
        )
    await bank.spend(ana, 1, key=f"debt:{ana.me.user_id}:{held.id}")
    taken = await bank.take_back(ana, 100)
    assert taken.owed == 51
    moving_clock.forward(minutes=2)
    async with bank.db.as_service(bank.tenant.id) as tx:
        await tx.run("select from app.expire_holds($1, 500)")
    assert (await bank.wallet_of(ana)).debt == 1
    assert (await bank.wallet_of(bora)).available == 10


async def test_a_gift_takes_no_key_that_is_not_the_givers(bank: Bank, app: Litestar):
    ana, bora = await bank.person(100), await bank.person()
    await make_met(bank.db, ana, bora)
    [gift, *_] = (await ask(app, ana, "GET", "/api/gifts")).json()
    expected = f"payment:{uuid4()}"
    async with bank.db.as_user(ana.me) as tx:
        for key in (expected, expected):
            await tx.connection.execute(
                "select from app.send_gift($1, $2, 1, $3, '', $4)",
                *(bank.tenant.id, UUID(gift["id"]), bora.me.profile_id, key),
            )
    assert (await bank.wallet_of(ana)).balance == 100 - gift["price"]
    await bank.sell(bora, 100, key=expected)
    assert (await bank.wallet_of(bora)).balance == 100
