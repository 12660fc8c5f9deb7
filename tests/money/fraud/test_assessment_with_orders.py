"""From a provider's word to the person's screen: a purchase that is doubted, and what they see of it."""

import asyncio
from uuid import UUID, uuid4

from meydan.integrations.payments.contract import Declined, Paid
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import clock
from meydan.kit.identity import Role
from meydan.money.fraud import cases, tasks
from meydan.money.payments import settlement
from tests.conftest import MovableClock
from tests.factories import make_person
from tests.money.fraud.purchases import configure, found
from tests.money.shops import Answer, Shop, refunded


def declined(payment: Answer, card: str) -> Declined:
    return Declined(f"evt_{uuid4().hex}", clock.now(), UUID(payment["id"]), None, card)


async def test_somebody_who_tries_many_cards_waits_and_then_has_their_coins(shop: Shop, moving_clock: MovableClock):
    ana = await shop.person()
    payment = await shop.order(ana)
    await shop.deliver(declined(payment, "first"), declined(payment, "second"), declined(payment, "second"))
    assert (await shop.get(ana, f"/api/payments/{payment['id']}"))["status"] == "pending", "another card may be taken"
    await shop.deliver(shop.paid(payment, card="third"))
    seen = await shop.get(ana, f"/api/payments/{payment['id']}")
    assert (seen["status"], seen["problem"], seen["settled_at"]) == ("held", "under_review", None)
    assert seen["release_at"] is not None
    assert "points" not in str(seen) and "many_cards" not in str(seen)
    assert (await shop.wallet(ana)).balance == 0
    assert [one["code"] for one in (await shop.get(ana, "/api/notifications"))["items"]] == ["payment_held"]
    assert set(await found(shop.db, ana)) == {"many_cards"}

    moving_clock.forward(hours=2, minutes=1)
    async with shop.db.as_service(shop.tenant.id) as tx:
        await tasks.queue_releases(tx)
    assert await shop.work() == ["fraud.release_delayed"]
    seen = await shop.get(ana, f"/api/payments/{payment['id']}")
    assert (seen["status"], seen["problem"], seen["release_at"]) == ("paid", None, None)
    assert (await shop.wallet(ana)).balance == 100
    assert (await shop.frames(ana, "payment"))[-1]["payment"]["status"] == "paid"
    await shop.audit()


async def test_a_frozen_wallet_is_explained_and_refuses(shop: Shop):
    await configure(shop.db, shop.tenant, payments_per_hour=1, freeze_score=30)
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
    await shop.deliver(declined(payment | {"id": str(uuid4())}, "first"))
    async with shop.db.as_service(shop.tenant.id) as tx:
        assert await tx.all(str, "select problem from app.webhook_events where tenant_id = $1") == ["unknown_payment"]
        assert await tx.one(int, "select count(*) from app.payment_fingerprints where tenant_id = $1") == 0


async def test_staff_time_and_the_provider_at_once(shop: Shop, moving_clock: MovableClock):
    """Ten purchases that wait: their time comes while staff decide and some of the money goes back."""
    await configure(shop.db, shop.tenant, payments_per_hour=1, many_payments_points=15, many_refunds_points=0)
    ana, boss = await shop.person(), await make_person(shop.db, shop.tenant, role=Role.admin)
    bought = [await shop.buy(ana) for _ in range(11)]
    held = [(payment, paid) for payment, paid in bought if payment["status"] == "held"]
    assert len(held) == 10
    moving_clock.forward(hours=2, minutes=1)

    async def decide(payment: Answer) -> None:
        async with shop.db.as_service(shop.tenant.id) as tx:
            case_id = await tx.one(
                UUID, "select id from app.fraud_cases where (tenant_id, payment_id) = ($1, $2)", UUID(payment["id"])
            )
        async with shop.db.as_service(shop.tenant.id) as tx:
            await cases.do_decide(tx, case_id, cases.Choice.release, "", boss.me.user_id)

    async def pass_time(payment: Answer) -> None:
        async with shop.db.as_service(shop.tenant.id) as tx:
            case_id = await tx.one(
                UUID, "select id from app.fraud_cases where (tenant_id, payment_id) = ($1, $2)", UUID(payment["id"])
            )
        async with shop.db.as_service(shop.tenant.id) as tx:
            await cases.do_release_delayed(tx, case_id)

    async def give_back(paid: Paid) -> None:
        async with shop.db.as_service(shop.tenant.id) as tx:
            await settlement.do_apply(tx, ProviderName.stripe, refunded(paid, paid.amount))

    outcomes = await asyncio.gather(
        *(decide(payment) for payment, _ in held),
        *(pass_time(payment) for payment, _ in held),
        *(give_back(paid) for _, paid in held[:4]),
        return_exceptions=True,
    )
    assert {type(one) for one in outcomes} <= {type(None), cases.AlreadyDecided}, outcomes
    await shop.work()
    statuses = [(await shop.get(ana, f"/api/payments/{payment['id']}"))["status"] for payment, _ in held]
    assert statuses == ["refunded"] * 4 + ["paid"] * 6
    assert (await shop.wallet(ana)).balance == 700
    await shop.audit()
