"""Personal data of the ledger: its export, and the books that stay after erasure."""

from datetime import timedelta

from meydan.kit import clock, personal_data
from meydan.money import wallet
from meydan.money.wallet import Entry, TransactionType, coins_of, earnings_of
from tests.money.bank import Bank


async def test_an_export_tells_all_of_it_and_nothing_of_others(bank: Bank):
    ana, bora = await bank.person(100), await bank.person()
    async with bank.db.as_user(ana.me) as tx:
        await wallet.do_transfer(
            tx,
            TransactionType.gift_sent,
            [Entry(coins_of(ana.me.user_id), -40), Entry(earnings_of(bora.me.user_id), 40)],
            key="gift",
            user_id=ana.me.user_id,
            details={"gift_key": "moon"},
        )
        await wallet.do_hold(
            tx, ana.me.user_id, 10, key="hold", purpose="call", expires_at=clock.now() + timedelta(hours=1)
        )
    async with bank.db.as_service(bank.tenant.id) as tx:
        await wallet.do_freeze(tx, ana.me.user_id, "a look is needed", None)
        mine = (await personal_data.export(tx, ana.me.user_id))["wallet"]
        hers = (await personal_data.export(tx, bora.me.user_id))["wallet"]
    assert mine["wallet"] == {
        "balance": 60,
        "held": 10,
        "available": 50,
        "debt": 0,
        "earnings": 0,
        "frozen": "a look is needed",
    }
    assert [(line["type"], line["amount"]) for line in mine["transactions"]] == [("purchased", 100), ("gift_sent", -40)]
    assert [line["amount"] for line in mine["entries"]] == [100, -40]
    assert [line["purpose"] for line in mine["holds"]] == ["call"]
    assert [line["reason"] for line in mine["freezes"]] == ["a look is needed"]
    assert str(bora.me.user_id) not in str(mine)
    assert [line["amount"] for line in hers["entries"]] == [40]
    assert hers["transactions"] == []


async def test_who_leaves_leaves_their_coins_and_the_books_stay(bank: Bank):
    ana, bora = await bank.person(100), await bank.person(50)
    async with bank.db.as_user(ana.me) as tx:
        await wallet.do_hold(
            tx, ana.me.user_id, 10, key="hold", purpose="call", expires_at=clock.now() + timedelta(hours=1)
        )
    async with bank.db.as_user(bora.me) as tx:
        await wallet.do_transfer(
            tx,
            TransactionType.gift_sent,
            [Entry(coins_of(bora.me.user_id), -20), Entry(earnings_of(ana.me.user_id), 20)],
            key="gift",
            user_id=bora.me.user_id,
            description="for ana",
        )
    async with bank.db.as_service(bank.tenant.id) as tx:
        await wallet.do_transfer(
            tx,
            TransactionType.adjustment,
            [Entry(wallet.PROMOTIONS, -7), Entry(coins_of(ana.me.user_id), 7)],
            key="sorry",
            user_id=ana.me.user_id,
            description="she wrote to us from ana@example.org",
            details={"note": "very kind"},
        )
        await wallet.do_freeze(tx, ana.me.user_id, "said something odd", None)
    for _ in range(2):  # the job may run twice
        async with bank.db.as_service(bank.tenant.id) as tx:
            await personal_data.do_erase(tx, ana.me.user_id)
    async with bank.db.as_service(bank.tenant.id) as tx:
        left = await wallet.wallet_of(tx, ana.me.user_id)
        lines = (await wallet.history(tx, None, 100, ana.me.user_id)).items
        frozen = await tx.all(str, "select reason from app.wallet_freezes where tenant_id = $1")
        assert await wallet.balance_of(tx, wallet.TENANT_REVENUE) == 127
    assert (left.balance, left.held, left.earnings, left.frozen) == (0, 0, 0, "")
    assert {(line.description, str(line.details)) for line in lines} == {("", "{}")}
    assert [(line.type, line.amount) for line in lines] == [
        ("forfeited", -107),
        ("forfeited", -20),
        ("adjustment", 7),
        ("gift_sent", 20),
        ("purchased", 100),
    ]
    assert frozen == [""]
    assert (await bank.history(bora))[0].description == "for ana", "the other one's line is theirs"


async def test_a_debt_is_nobodys_any_more_and_stays_in_the_books(bank: Bank):
    ana = await bank.person()
    await bank.take_back(ana, 30)
    async with bank.db.as_service(bank.tenant.id) as tx:
        await personal_data.do_erase(tx, ana.me.user_id)
        assert (await wallet.wallet_of(tx, ana.me.user_id)).debt == 30
