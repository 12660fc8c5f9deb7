"""Personal data of a buyer: exported on request, and erased as far as books allow."""

from uuid import UUID

from meydan.integrations.payments.contract import DisputeState
from meydan.kit import personal_data
from meydan.kit.database import Database
from meydan.money.payments import refunds
from tests.meeting.factories import left
from tests.money.shops import Shop, disputed, refunded


async def test_an_export_holds_ones_own_purchases(shop: Shop, db: Database):
    ana, bora = await shop.person(), await shop.person()
    mine, _ = await shop.buy(ana)
    theirs, _ = await shop.buy(bora)
    await shop.go_premium(ana)
    async with db.as_service(shop.tenant.id) as tx:
        kept = await personal_data.export(tx, ana.me.user_id)
    shown = kept["payments"]
    assert [line["amount"] for line in shown["payments"]] == [4_999, 14_999]
    assert kept["premium"]["subscriptions"][0]["status"] == "active"
    assert shown["billing_reference"]
    assert mine["id"] in str(shown)
    assert theirs["id"] not in str(shown)


async def test_what_went_back_is_told_and_its_words_go(shop: Shop, db: Database, owner):
    ana, bora, boss = await shop.person(), await shop.person(), await shop.person()
    for person, reason in ((ana, "her card was stolen"), (bora, "his wish")):
        payment, paid = await shop.buy(person)
        async with db.as_service(shop.tenant.id) as tx:
            await refunds.do_refund(tx, UUID(payment["id"]), 999, reason=reason, actor=boss.me.user_id, key="once")
        await shop.work()
        await shop.deliver(disputed(paid, DisputeState.opened, amount=1_000))
    async with db.as_service(shop.tenant.id) as tx:
        shown = (await personal_data.export(tx, ana.me.user_id))["payments"]
        await personal_data.do_erase(tx, ana.me.user_id)
    assert [(line["amount"], line["reason"]) for line in shown["refunds"]] == [(999, "her card was stolen")]
    assert [(line["amount"], line["status"]) for line in shown["disputes"]] == [(1_000, "opened")]
    assert str(boss.me.user_id) not in str(shown)
    assert {row["reason"] for row in await owner.fetch("select reason from app.payment_refunds")} >= {"", "his wish"}
    assert not await owner.fetch("select from app.payment_refunds where reason = 'her card was stolen'")


async def test_who_leaves_is_charged_no_more_and_the_books_stay(shop: Shop, db: Database, owner):
    ana = await shop.person(coins=1_000)
    payment, paid = await shop.buy(ana)
    await shop.go_premium(ana, reference="sub_1")
    unpaid = await shop.order(ana)
    shop.book.asked.clear()
    async with db.as_service(shop.tenant.id) as tx:
        await personal_data.do_erase(tx, ana.me.user_id)
    async with db.as_service(shop.tenant.id) as tx:
        await personal_data.do_erase(tx, ana.me.user_id)
    await shop.work()
    assert shop.book.asked == ["cancel sub_1"]
    row = await owner.fetchrow("select * from app.payments where id = $1", UUID(payment["id"]))
    assert (row["amount"], row["status"], row["device_id"], row["ip_address"]) == (4_999, "paid", None, None)
    assert (
        await owner.fetchval("select status from app.subscriptions where tenant_id = $1", shop.tenant.id) == "expired"
    )
    # What comes after that is kept right, and gives nobody anything.
    await shop.deliver(refunded(paid, paid.amount))
    assert await owner.fetchval("select status from app.payments where id = $1", UUID(payment["id"])) == "refunded"
    await shop.deliver(shop.paid(unpaid))
    late = await owner.fetchrow("select * from app.payments where id = $1", UUID(unpaid["id"]))
    assert (late["status"], late["problem"]) == ("held", "account_erased")
    await shop.audit()


async def test_erasing_leaves_others_alone(shop: Shop, db: Database):
    ana, bora = await shop.person(), await shop.person()
    await shop.go_premium(ana)
    await shop.go_premium(bora)
    async with db.as_service(shop.tenant.id) as tx:
        await personal_data.do_erase(tx, ana.me.user_id)
    assert await left(db, bora) == 50
