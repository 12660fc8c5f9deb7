"""From a provider's word to the person's screen: a purchase that is doubted, and what they see of it."""

from uuid import UUID, uuid4

from meydan.commerce.fraud import tasks
from meydan.commerce.providers.contract import Declined
from meydan.kit import clock
from tests.commerce.conftest import Answer, Shop
from tests.commerce.fraud.purchases import configure, found
from tests.conftest import MovableClock


def declined(payment: Answer, card: str) -> Declined:
    return Declined(f"evt_{uuid4().hex}", clock.now(), UUID(payment["id"]), None, card)


async def test_somebody_who_tries_many_cards_waits_and_then_has_their_coins(shop: Shop, moving_clock: MovableClock):
    ana = await shop.person()
    payment = await shop.order(ana)
    await shop.tell(declined(payment, "first"), declined(payment, "second"), declined(payment, "second"))
    assert (await shop.get(ana, f"/api/payments/{payment['id']}"))["status"] == "pending", "another card may be taken"
    await shop.tell(shop.paid(payment, card="third"))
    seen = await shop.get(ana, f"/api/payments/{payment['id']}")
    assert (seen["status"], seen["problem"], seen["settled_at"]) == ("held", "under_review", None)
    assert seen["release_at"] is not None
    assert "points" not in str(seen) and "many_cards" not in str(seen)
    assert (await shop.wallet(ana)).balance == 0
    assert [one["code"] for one in (await shop.get(ana, "/api/notifications"))["items"]] == ["payment_held"]
    assert set(await found(shop.db, ana)) == {"many_cards"}

    moving_clock.forward(hours=2, minutes=1)
    async with shop.db.as_service(shop.tenant.id) as tx:
        await tasks.look_at_delayed(tx)
    assert await shop.work() == ["release_delayed"]
    seen = await shop.get(ana, f"/api/payments/{payment['id']}")
    assert (seen["status"], seen["problem"], seen["release_at"]) == ("paid", None, None)
    assert (await shop.wallet(ana)).balance == 100
    assert (await shop.told(ana, "payment"))[-1]["payment"]["status"] == "paid"
    await shop.audit()


async def test_a_frozen_wallet_is_explained_and_refuses(shop: Shop):
    await configure(shop.db, shop.tenant, payments_per_hour=1, freeze_from=30)
    ana = await shop.person()
    await shop.buy(ana)
    held, _ = await shop.buy(ana)
    assert held["status"] == "held"
    assert (await shop.get(ana, "/api/coins/balance"))["frozen"] == "fraud"
    answer = await shop.ask(ana, "POST", "/api/coins/spend", {"item": "meeting", "quantity": 1}, "one")
    assert (answer.status_code, answer.json()["code"], answer.json()["reason"]) == (403, "wallet_frozen", "fraud")
    answer = await shop.ask(ana, "POST", "/api/coins/purchase", {"package_id": shop.packages[0]["id"]}, "two")
    assert (answer.status_code, answer.json()["code"]) == (403, "wallet_frozen")


async def test_a_declined_card_of_an_unknown_order_is_noted_for_staff_only(shop: Shop):
    payment = await shop.order(await shop.person())
    await shop.tell(declined(payment | {"id": str(uuid4())}, "first"))
    async with shop.db.as_service(shop.tenant.id) as tx:
        assert await tx.all(str, "select problem from app.payment_notices where tenant_id = $1") == ["unknown_payment"]
        assert await tx.one(int, "select count(*) from app.payment_marks where tenant_id = $1") == 0
