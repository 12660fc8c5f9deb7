"""Our books against the provider's: a difference is stored once, healed where possible, and closed when it is gone."""

from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest

from meydan.integrations.payments.contract import Charge, DisputeState
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.money import wallet
from meydan.money.provider_events import reconciliation
from tests.conftest import MovableClock
from tests.money.scripted_provider import DOWN
from tests.money.shops import Shop, disputed, refunded


async def run(shop: Shop, db: Database) -> None:
    async with db.as_service(shop.tenant.id) as tx:
        await reconciliation.do_queue_all(tx)
    await shop.work()


async def differences(owner: asyncpg.Connection, shop: Shop) -> dict[tuple[str, str], asyncpg.Record]:
    rows = await owner.fetch("select * from app.reconciliation_differences where tenant_id = $1", shop.tenant.id)
    return {(row["kind"], row["subject"]): row for row in rows}


async def test_books_that_agree_differ_in_nothing(shop: Shop, db: Database, owner, moving_clock: MovableClock):
    ana = await shop.person()
    for _ in range(3):
        await shop.buy(ana)
    moving_clock.forward(hours=2)
    await run(shop, db)
    assert await differences(owner, shop) == {}
    row = await owner.fetchrow(
        "select * from app.reconciliations where provider = 'stripe' and tenant_id = $1", shop.tenant.id
    )
    assert (row["charges"], row["payments"], row["complete"], row["problem"]) == (3, 3, True, None)
    assert row["finished_at"] is not None


async def test_a_payment_we_missed_is_healed_and_says_so(shop: Shop, db: Database, owner, moving_clock: MovableClock):
    ana = await shop.person()
    payment = await shop.order(ana)
    paid = shop.paid(payment)
    shop.book.truth[paid.charge] = [paid]
    moving_clock.forward(minutes=5)
    await run(shop, db)
    assert await differences(owner, shop) == {}, "its webhook may be on its way"
    moving_clock.forward(minutes=10)
    await run(shop, db)
    row = (await differences(owner, shop))["missing_here", paid.charge]
    assert (row["status"], row["theirs"], str(row["payment_id"])) == ("healed", 4_999, payment["id"])
    assert row["closed_at"] is not None
    assert (await shop.wallet(ana)).balance == 100
    await run(shop, db)
    assert (await differences(owner, shop))["missing_here", paid.charge]["status"] == "healed"


async def test_a_charge_nobody_knows_stays_until_it_is_explained(
    shop: Shop, db: Database, owner, moving_clock: MovableClock
):
    shop.book.charges["ch_x"] = Charge("ch_x", 700, "TRY", 0, False, clock.now())
    moving_clock.forward(hours=1)
    await run(shop, db)
    await run(shop, db)
    (row,) = (await differences(owner, shop)).values()
    assert (row["kind"], row["status"], row["ours"], row["theirs"]) == ("missing_here", "open", None, 700)
    await owner.execute(
        "update app.reconciliation_differences set status = 'explained', closed_at = now(), note = 'another product' "
        "where id = $1",
        row["id"],
    )
    await run(shop, db)
    (row,) = (await differences(owner, shop)).values()
    assert (row["status"], row["note"]) == ("explained", "another product")
    shop.book.charges["ch_x"] = msgspec.structs.replace(shop.book.charges["ch_x"], amount=800)
    await run(shop, db)
    (row,) = (await differences(owner, shop)).values()
    assert (row["status"], row["theirs"]) == ("open", 800), "that was not what was explained"


async def test_a_payment_the_provider_does_not_have(shop: Shop, db: Database, owner, moving_clock: MovableClock):
    ana = await shop.person()
    _, paid = await shop.buy(ana)
    known = shop.book.charges.pop(paid.charge)
    moving_clock.forward(hours=1)
    shop.book.complete = False
    await run(shop, db)
    assert await differences(owner, shop) == {}, "it did not say that it listed everything"
    shop.book.complete = True
    await run(shop, db)
    row = (await differences(owner, shop))["missing_there", paid.charge]
    assert (row["status"], row["ours"], row["currency"]) == ("open", 4_999, "TRY")
    moving_clock.forward(hours=24 * 5)
    await run(shop, db)
    assert (await differences(owner, shop))["missing_there", paid.charge]["status"] == "open", "not looked at any more"
    shop.book.charges[paid.charge] = known
    await run(shop, db)
    assert (await differences(owner, shop))["missing_there", paid.charge]["status"] == "gone"


async def test_at_the_far_end_of_the_time_two_clocks_may_disagree(
    shop: Shop, db: Database, owner, moving_clock: MovableClock
):
    for hours, seen in ((47.5, False), (46.5, True)):
        _, paid = await shop.buy(await shop.person())
        del shop.book.charges[paid.charge]
        moving_clock.forward(hours=hours)
        await run(shop, db)
        assert (("missing_there", paid.charge) in await differences(owner, shop)) is seen, hours


async def test_missed_refunds_and_disputes_are_fetched(shop: Shop, db: Database, owner, moving_clock: MovableClock):
    ana = await shop.person()
    _, one = await shop.buy(ana)
    _, two = await shop.buy(ana)
    moving_clock.forward(hours=1)
    shop.book.charges[one.charge] = msgspec.structs.replace(shop.book.charges[one.charge], refunded=2_500)
    shop.book.charges[two.charge] = msgspec.structs.replace(shop.book.charges[two.charge], disputed=True)
    shop.book.truth[one.charge] = [one, refunded(one, 2_500)]
    await run(shop, db)
    found = await differences(owner, shop)
    assert found["refunded", one.charge]["status"] == "healed"
    assert found["disputed", two.charge]["status"] == "open", "the provider did not tell more when asked"
    assert (await shop.wallet(ana)).balance == 150
    shop.book.truth[two.charge] = [two, disputed(two, DisputeState.opened)]
    await run(shop, db)
    assert (await differences(owner, shop))["disputed", two.charge]["status"] == "healed"
    assert (await shop.wallet(ana)).balance == 50


async def test_another_amount_there_is_shown_and_gone_when_it_is_mended(
    shop: Shop, db: Database, owner, moving_clock: MovableClock
):
    ana = await shop.person()
    _, paid = await shop.buy(ana)
    moving_clock.forward(hours=1)
    right, first_seen = shop.book.charges[paid.charge], clock.now()
    for wrong in (msgspec.structs.replace(right, amount=1), msgspec.structs.replace(right, currency="USD")):
        shop.book.charges[paid.charge] = wrong
        await run(shop, db)
        row = (await differences(owner, shop))["amount", paid.charge]
        assert (row["status"], row["ours"], row["theirs"]) == ("open", 4_999, wrong.amount)
        assert row["first_seen_at"] >= first_seen, "one that was gone is a new one"
        shop.book.charges[paid.charge] = right
        moving_clock.forward(minutes=5)
        first_seen = clock.now()
        await run(shop, db)
        assert (await differences(owner, shop))["amount", paid.charge]["status"] == "gone"


async def test_coins_that_left_clearing_without_a_payment_are_seen(
    shop: Shop, db: Database, owner, moving_clock: MovableClock
):
    ana = await shop.person()
    _, paid = await shop.buy(ana)
    await shop.spend(ana, 50)
    await shop.deliver(refunded(paid, 2_500))
    shop.book.charges[paid.charge] = msgspec.structs.replace(shop.book.charges[paid.charge], refunded=2_500)
    await run(shop, db)
    assert await differences(owner, shop) == {}
    async with db.as_service(shop.tenant.id) as tx:
        wrong = await wallet.do_credit(
            tx,
            ana.me.user_id,
            7,
            source=wallet.clearing("stripe", "TRY"),
            type=wallet.TransactionType.purchased,
            key=f"by hand {uuid4()}",
        )
    await run(shop, db)
    row = (await differences(owner, shop))["coins", "TRY"]
    assert (row["status"], row["ours"], row["theirs"]) == ("open", 50, 57)
    async with db.as_service(shop.tenant.id) as tx:
        await wallet.do_reverse(tx, wrong.id, key="mended", reason="a mistake")
    await run(shop, db)
    assert (await differences(owner, shop))["coins", "TRY"]["status"] == "gone"


async def test_a_provider_that_does_not_answer_is_noted(shop: Shop, db: Database, owner):
    await shop.buy(await shop.person())
    shop.book.failures = [DOWN]
    await run(shop, db)
    row = await owner.fetchrow(
        "select * from app.reconciliations where provider = 'stripe' and tenant_id = $1", shop.tenant.id
    )
    assert (row["problem"], row["finished_at"] is not None) == ("the provider is down", True)


async def test_a_whole_day_of_everything_adds_up(shop: Shop, db: Database, owner, moving_clock: MovableClock):
    """Purchases, spending, refunds, disputes, a subscription; then one line for one: nothing differs."""
    for number in range(6):
        ana = await shop.person()
        payment, paid = await shop.buy(ana, number % 3)
        await shop.spend(ana, 10 * number + 1)
        if number % 2:
            await shop.deliver(refunded(paid, paid.amount // (number + 1)))
            known = shop.book.charges[paid.charge]
            shop.book.charges[paid.charge] = msgspec.structs.replace(known, refunded=paid.amount // (number + 1))
        if number % 3 == 0:
            await shop.deliver(disputed(paid, DisputeState.opened))
            shop.book.charges[paid.charge] = msgspec.structs.replace(shop.book.charges[paid.charge], disputed=True)
        assert UUID(payment["id"])
    await shop.go_premium(await shop.person())
    moving_clock.forward(hours=3)
    await run(shop, db)
    assert await differences(owner, shop) == {}
    await shop.audit()


async def test_after_a_standstill_everything_since_the_last_comparison_is_looked_at(
    shop: Shop, db: Database, owner, moving_clock: MovableClock
):
    """Nine days without webhooks and without a worker."""
    ana = await shop.person()
    await run(shop, db)
    moving_clock.forward(hours=1)
    paid = shop.paid(await shop.order(ana))
    shop.book.truth[paid.charge] = [paid]
    moving_clock.forward(hours=9 * 24)
    shop.book.failures += [DOWN]
    await run(shop, db)  # this one compared nothing
    await run(shop, db)
    assert (await differences(owner, shop))["missing_here", paid.charge]["status"] == "healed"
    assert (await shop.wallet(ana)).balance == 100


async def test_money_that_goes_back_months_later_unheard_is_found(
    shop: Shop, db: Database, owner, moving_clock: MovableClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reconciliation, "_ROUND", 3)
    ana = await shop.person()
    _, paid = await shop.buy(ana)
    await run(shop, db)
    moving_clock.forward(hours=40 * 24)
    await owner.execute("update app.reconciliations set until = app.now() where tenant_id = $1", shop.tenant.id)
    lost = disputed(paid, DisputeState.lost)
    shop.book.truth[paid.charge] = [paid, lost]
    shop.book.charges[paid.charge] = msgspec.structs.replace(shop.book.charges[paid.charge], disputed=True)
    for _ in range(3):
        moving_clock.forward(hours=1)
        await run(shop, db)
    assert (await differences(owner, shop))["disputed", paid.charge]["status"] == "healed"
    assert (await shop.wallet(ana)).balance == 0
