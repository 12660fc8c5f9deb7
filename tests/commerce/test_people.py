"""What is kept of a buyer: shown on request, and gone as far as books allow."""

from uuid import UUID

from meydan.kit import people
from meydan.kit.database import Database
from tests.commerce.conftest import Shop, refunded
from tests.meeting.people import left


async def test_an_export_holds_ones_own_purchases(shop: Shop, db: Database):
    ana, bora = await shop.person(), await shop.person()
    mine, _ = await shop.buy(ana)
    theirs, _ = await shop.buy(bora)
    await shop.go_premium(ana)
    async with db.as_service(shop.tenant.id) as tx:
        shown = (await people.export(tx, ana.me.user_id))["commerce"]
    assert [line["amount"] for line in shown["payments"]] == [4_999, 14_999]
    assert shown["premium"][0]["status"] == "active"
    assert shown["billing_reference"]
    assert mine["id"] in str(shown)
    assert theirs["id"] not in str(shown)


async def test_who_leaves_is_charged_no_more_and_the_books_stay(shop: Shop, db: Database, owner):
    ana = await shop.person(coins=1_000)
    payment, paid = await shop.buy(ana)
    await shop.go_premium(ana, reference="sub_1")
    unpaid = await shop.order(ana)
    shop.book.asked.clear()
    async with db.as_service(shop.tenant.id) as tx:
        await people.erase(tx, ana.me.user_id)
    async with db.as_service(shop.tenant.id) as tx:
        await people.erase(tx, ana.me.user_id)
    await shop.work()
    assert shop.book.asked == ["cancel sub_1"]
    row = await owner.fetchrow("select * from app.payments where id = $1", UUID(payment["id"]))
    assert (row["amount"], row["status"], row["device_id"], row["address"]) == (4_999, "paid", None, None)
    assert (
        await owner.fetchval("select status from app.subscriptions where tenant_id = $1", shop.tenant.id) == "expired"
    )
    # What comes after that is kept right, and gives nobody anything.
    await shop.tell(refunded(paid, paid.amount))
    assert await owner.fetchval("select status from app.payments where id = $1", UUID(payment["id"])) == "refunded"
    await shop.tell(shop.paid(unpaid))
    late = await owner.fetchrow("select * from app.payments where id = $1", UUID(unpaid["id"]))
    assert (late["status"], late["problem"]) == ("held", "account_erased")
    await shop.audit()


async def test_erasing_leaves_others_alone(shop: Shop, db: Database):
    ana, bora = await shop.person(), await shop.person()
    await shop.go_premium(ana)
    await shop.go_premium(bora)
    async with db.as_service(shop.tenant.id) as tx:
        await people.erase(tx, ana.me.user_id)
    assert await left(db, bora) == 50
