"""Wallet frames: each change is sent to the users whose wallets it changed, and to no others."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

from meydan.kit import clock
from meydan.kit.database import Tx
from meydan.money import wallet
from meydan.money.wallet import Entry, TransactionType, coins_of, earnings_of, tasks
from tests.conftest import MovableClock
from tests.factories import Person
from tests.money.bank import Bank
from tests.money.coin_scenarios import frames_of


async def heard(bank: Bank, act: Callable[[Tx], Awaitable[object]], *people: Person) -> set[str]:
    """The aliases of those who were told because of this; what they were told is how their wallet stands then."""
    before = {person.alias: len(await frames_of(bank.db, person, "wallet")) for person in people}
    async with bank.db.as_service(bank.tenant.id) as tx:
        await act(tx)
    told = set()
    for person in people:
        frames = await frames_of(bank.db, person, "wallet")
        assert len(frames) - before[person.alias] <= 1, "once a transaction"
        if len(frames) > before[person.alias]:
            stands = await bank.wallet_of(person)
            assert (
                frames[-1]["wallet"]["available"],
                frames[-1]["wallet"]["earnings"],
                frames[-1]["wallet"]["debt"],
            ) == (
                stands.available,
                stands.earnings,
                stands.debt,
            )
            told.add(person.alias)
    return told


async def test_of_transfers_and_what_undoes_them(bank: Bank):
    ana, bora, can = await bank.person(100), await bank.person(), await bank.person(100)
    everybody = (ana, bora, can)
    given: list[wallet.Transaction] = []

    async def give(tx: Tx) -> None:
        entries = [Entry(coins_of(ana.me.user_id), -50), Entry(earnings_of(bora.me.user_id), 50)]
        given.append(
            await wallet.do_transfer(
                tx, TransactionType.gift_sent, entries, key=f"gift:{uuid4()}", user_id=ana.me.user_id
            )
        )

    assert await heard(bank, give, *everybody) == {ana.alias, bora.alias}
    assert await heard(
        bank, lambda tx: wallet.do_reverse(tx, given[0].id, key="undo", reason="a mistake"), *everybody
    ) == {ana.alias, bora.alias}

    refund = TransactionType.refund
    assert await heard(
        bank,
        lambda tx: wallet.do_claw_back(
            tx, can.me.user_id, 130, to=wallet.clearing("stripe", "TRY"), type=refund, key="refund"
        ),
        *everybody,
    ) == {can.alias}
    assert await heard(
        bank, lambda tx: wallet.do_forgive_debt(tx, can.me.user_id, 30, key="forgive", reason="kindness"), *everybody
    ) == {can.alias}


async def test_of_holds_and_how_they_end(bank: Bank, moving_clock: MovableClock):
    ana, bora, can = await bank.person(100), await bank.person(), await bank.person(100)
    everybody = (ana, bora, can)
    held: list[wallet.Hold] = []

    async def hold(tx: Tx) -> None:
        until = clock.now() + timedelta(minutes=5)
        held.append(
            await wallet.do_hold(tx, ana.me.user_id, 20, key=f"hold:{uuid4()}", purpose="call", expires_at=until)
        )

    async def pay(tx: Tx) -> None:
        entries = [Entry(earnings_of(bora.me.user_id), 15)]
        await wallet.do_commit_hold(tx, held[-1].id, entries, type=TransactionType.call, key="pay")

    assert await heard(bank, hold, *everybody) == {ana.alias}
    assert await heard(bank, pay, *everybody) == {ana.alias, bora.alias}
    await heard(bank, hold, *everybody)
    assert await heard(bank, lambda tx: wallet.do_release_hold(tx, held[-1].id), *everybody) == {ana.alias}
    await heard(bank, hold, *everybody)
    moving_clock.forward(minutes=6)
    assert await heard(bank, tasks.expire_holds, *everybody) == {ana.alias}


async def test_of_freezing_and_thawing(bank: Bank):
    ana, bora = await bank.person(100), await bank.person(100)

    async def freeze(tx: Tx) -> None:
        await wallet.do_freeze(tx, ana.me.user_id, "fraud", None)

    assert await heard(bank, freeze, ana, bora) == {ana.alias}
    assert await heard(bank, freeze, ana, bora) == set(), "it was frozen already"
    assert await heard(bank, lambda tx: wallet.do_thaw(tx, ana.me.user_id, None), ana, bora) == {ana.alias}
