"""A frozen wallet spends nothing; what was promised is paid, and coins still come and are taken back."""

import asyncio
from datetime import timedelta

import pytest

from meydan import tenants
from meydan.kit import clock, events
from meydan.kit.database import Tx
from meydan.money import wallet
from meydan.money.wallet import Entry, TransactionType, coins_of, earnings_of
from meydan.money.wallet.errors import translated_errors
from meydan.money.wallet.settings import WalletSettings
from tests.factories import Person
from tests.money.bank import Bank
from tests.waiting import until_somebody_waits


async def freeze(bank: Bank, person: Person, reason: str = "fraud") -> None:
    async with bank.db.as_service(bank.tenant.id) as tx:
        await wallet.do_freeze(tx, person.me.user_id, reason, None)


async def thaw(bank: Bank, person: Person) -> None:
    async with bank.db.as_service(bank.tenant.id) as tx:
        await wallet.do_thaw(tx, person.me.user_id, None)


async def test_nothing_is_spent_until_it_is_thawed(bank: Bank):
    ana = await bank.person(100)
    await freeze(bank, ana)
    assert (await bank.wallet_of(ana)).frozen == "fraud"
    for refused_way in (bank.spend(ana, 1), bank.spend(ana, 1000)):
        with pytest.raises(wallet.WalletBlocked) as refused:
            await refused_way
        assert refused.value.extra == {"reason": "fraud"}
    with pytest.raises(wallet.WalletBlocked):
        async with bank.db.as_user(ana.me) as tx:
            await wallet.do_hold(
                tx, ana.me.user_id, 1, key="hold", purpose="call", expires_at=clock.now() + timedelta(minutes=1)
            )
    await bank.sell(ana, 10)
    assert (await bank.take_back(ana, 20)).taken == 20
    await thaw(bank, ana)
    assert (await bank.wallet_of(ana)).frozen is None
    await bank.spend(ana, 90)


async def test_earnings_are_not_turned_into_coins_either(bank: Bank):
    ana, bora = await bank.person(100), await bank.person()
    async with bank.db.as_user(ana.me) as tx:
        await wallet.do_transfer(
            tx,
            TransactionType.gift_sent,
            [Entry(coins_of(ana.me.user_id), -10), Entry(earnings_of(bora.me.user_id), 10)],
            key="gift",
            user_id=ana.me.user_id,
        )
    await freeze(bank, bora)
    async with bank.db.as_service(bank.tenant.id) as tx:
        await tenants.do_configure(tx, WalletSettings, earnings_holding_days=0)
    with pytest.raises(wallet.WalletBlocked):
        async with bank.db.as_user(bora.me) as tx:
            with translated_errors():
                await tx.run("select from app.convert_earnings($1, 'convert', 10)")
    await thaw(bank, bora)
    async with bank.db.as_user(bora.me) as tx:
        await tx.run("select from app.convert_earnings($1, 'convert', 10)")
    assert (await bank.wallet_of(bora)).available == 10


async def test_what_was_held_before_is_paid(bank: Bank):
    ana, bora = await bank.person(100), await bank.person()
    async with bank.db.as_user(ana.me) as tx:
        held = await wallet.do_hold(
            tx, ana.me.user_id, 30, key="hold", purpose="call", expires_at=clock.now() + timedelta(minutes=1)
        )
    await freeze(bank, ana)
    async with bank.db.as_service(bank.tenant.id) as tx:
        await wallet.do_commit_hold(
            tx, held.id, [Entry(earnings_of(bora.me.user_id), 30)], type=TransactionType.call, key="pay"
        )
    assert (await bank.wallet_of(bora)).earnings == 30


async def test_it_is_frozen_once_said_once_and_logged(bank: Bank, monkeypatch: pytest.MonkeyPatch):
    ana = await bank.person()
    said: list[events.Event] = []

    async def hear(tx: Tx, event: events.Event) -> None:
        said.append(event)

    for kind in (wallet.WalletFrozen, wallet.WalletThawed):
        monkeypatch.setitem(events._listeners, kind, [*events._listeners[kind], hear])
    for reason in ("first", "second"):
        await freeze(bank, ana, reason)
    await thaw(bank, ana)
    await thaw(bank, ana)
    await freeze(bank, ana, "third")
    user_id = ana.me.user_id
    assert said == [
        wallet.WalletFrozen(user_id, "first"),
        wallet.WalletThawed(user_id),
        wallet.WalletFrozen(user_id, "third"),
    ]
    async with bank.db.as_service(bank.tenant.id) as tx:
        logged = await tx.all(
            str, "select action from app.system_logs where tenant_id = $1 and user_id = $2 order by id", user_id
        )
    assert logged == ["wallet_frozen", "wallet_thawed", "wallet_frozen"]


async def test_from_the_moment_it_is_frozen_nothing_slips_through(bank: Bank):
    """A freeze waits for transfers under way: after its answer nothing is spent."""
    ana = await bank.person(100)
    user_id = ana.me.user_id
    async with bank.db.as_user(ana.me) as tx:
        await wallet.do_transfer(
            tx,
            TransactionType.spent,
            [Entry(coins_of(user_id), -10), Entry(wallet.TENANT_REVENUE, 10)],
            key="before",
            user_id=user_id,
        )
        freezing = asyncio.create_task(freeze(bank, ana))
        await until_somebody_waits(tx)
        assert not freezing.done()
    await freezing
    assert (await bank.wallet_of(ana)).balance == 90

    thawed, spending = asyncio.create_task(thaw(bank, ana)), [asyncio.create_task(bank.spend(ana, 1)) for _ in range(6)]
    await thawed
    frozen = asyncio.create_task(freeze(bank, ana))
    spending += [asyncio.create_task(bank.spend(ana, 1)) for _ in range(6)]
    await frozen
    left = (await bank.wallet_of(ana)).balance
    answers = await asyncio.gather(*spending, return_exceptions=True)
    assert all(isinstance(answer, wallet.Transaction | wallet.WalletBlocked) for answer in answers)
    assert (
        (await bank.wallet_of(ana)).balance == left == 90 - sum(isinstance(one, wallet.Transaction) for one in answers)
    )
