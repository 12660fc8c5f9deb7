"""Balances of accounts at any past time, and their sums."""

from datetime import datetime

from meydan.kit import clock
from meydan.money import wallet
from meydan.money.wallet import coins_of
from tests.conftest import MovableClock
from tests.money.bank import Bank


async def at(bank: Bank, account: wallet.Account, when: datetime) -> int:
    async with bank.db.as_service(bank.tenant.id) as tx:
        return await wallet.balance_at(tx, account, when)


async def test_the_balance_at_any_past_time(bank: Bank, moving_clock: MovableClock):
    ana = await bank.person()
    coins = coins_of(ana.me.user_id)
    revenue, clearing = wallet.TENANT_REVENUE, wallet.clearing("stripe", "TRY")
    before = clock.now()
    story: list[tuple[datetime, int, int, int]] = [(before, 0, 0, 0)]
    spent = None
    for coins_more, coins_less in ((100, 30), (50, 80), (0, 40)):
        moving_clock.forward(hours=5)
        if coins_more:
            await bank.sell(ana, coins_more)
            moving_clock.forward(hours=1)
            story.append((clock.now(), story[-1][1] + coins_more, story[-1][2], story[-1][3] - coins_more))
        moving_clock.forward(hours=1)
        spent = await bank.spend(ana, coins_less)
        moving_clock.forward(hours=1)
        story.append((clock.now(), story[-1][1] - coins_less, story[-1][2] + coins_less, story[-1][3]))
    assert spent is not None
    await bank.reverse(spent.id)
    for when, own, earned, sold in story:
        assert [await at(bank, account, when) for account in (coins, revenue, clearing)] == [own, earned, sold]
    assert [await at(bank, account, clock.now()) for account in (coins, revenue, clearing)] == [40, 110, -150]
    assert await at(bank, wallet.PROMOTIONS, clock.now()) == 0


async def test_a_person_sees_their_own_past(bank: Bank):
    ana, bora = await bank.person(100), await bank.person(70)
    now = clock.now()
    async with bank.db.as_user(ana.me) as tx:
        assert await wallet.balance_at(tx, coins_of(ana.me.user_id), now) == 100
        assert await wallet.balance_at(tx, coins_of(bora.me.user_id), now) == 0
        assert await wallet.balance_of(tx, coins_of(bora.me.user_id)) == 0
        assert (await wallet.wallet_of(tx, bora.me.user_id)).balance == 0


async def test_the_overview_adds_all_accounts_up(bank: Bank):
    ana, bora = await bank.person(100), await bank.person(70)
    await bank.spend(ana, 30)
    await bank.take_back(bora, 90)
    await bank.audit()
    async with bank.db.as_service(bank.tenant.id) as tx:
        overview = await wallet.ledger_overview(tx)
    assert {(one.kind, one.provider): (one.accounts, one.balance) for one in overview.accounts} == {
        ("clearing", "stripe"): (1, -80),
        ("person_coins", None): (2, 70),
        ("person_debt", None): (1, -20),
        ("tenant_revenue", None): (1, 30),
    }
    assert overview.audit is not None
    assert not overview.payouts_frozen
