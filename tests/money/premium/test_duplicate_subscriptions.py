"""A user pays for one membership, however many pay pages are open."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from meydan.integrations.payments.contract import Awaited, Paid, SubscriptionState
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.money.fraud import cases, signals
from meydan.money.fraud.cases import Choice
from meydan.money.fraud.settings import FraudSettings
from meydan.money.payments import refunds, settlement
from meydan.money.payments.orders import ReturnPayment
from tests.conftest import MovableClock
from tests.factories import Person
from tests.money.fraud.purchases import configure
from tests.money.scripted_provider import DOWN
from tests.money.shops import Answer, Shop, changed, in_days


async def ask(
    shop: Shop, person: Person, plan: int = 0, *, provider: str = "stripe", pay_with: str = "money", key: str = ""
) -> httpx.Response:
    body = {"plan_id": shop.plans[plan]["id"], "pay_with": pay_with} | (
        {"provider": provider} if pay_with == "money" else {}
    )
    return await shop.ask(person, "POST", "/api/premium/subscribe", body, key or uuid4().hex)


async def order(shop: Shop, person: Person, plan: int = 0, *, provider: str = "stripe") -> Answer:
    return await shop.subscribe(person, plan, provider=provider)


def paid_for(shop: Shop, payment: Answer, reference: str = "", days: float = 30, **other: Any) -> Paid:
    more: Answer = (
        {} if payment["provider"] == "iyzico" else {"subscription": reference, "period_ends_at": in_days(days)}
    )
    return shop.paid(payment, **more, **other)


async def look(shop: Shop, person: Person, payment: Answer) -> Answer:
    return await shop.get(person, f"/api/payments/{payment['id']}")


async def memberships(shop: Shop, person: Person) -> list[tuple[str, str, bool]]:
    """Running ones: where, of which plan, and whether it renews."""
    rows = await shop.owner.fetch(
        "select provider, plan_id, renews from app.subscriptions where tenant_id = $1 and user_id = $2 "
        "and status <> 'expired' order by id",
        shop.tenant.id,
        person.me.user_id,
    )
    names = {plan["id"]: plan["period"] for plan in shop.plans}
    return [(row["provider"] or "coins", names[str(row["plan_id"])], row["renews"]) for row in rows]


async def duplicate_notifications(shop: Shop, person: Person) -> list[Answer]:
    items = (await shop.get(person, "/api/notifications"))["items"]
    return [one["data"] for one in items if one["code"] == "premium_paid_twice"]


async def test_two_tabs_are_one_order_while_its_page_is_open(shop: Shop, moving_clock: MovableClock):
    await shop.connect(ProviderName.iyzico)
    ana = await shop.person()
    first, at_once = await asyncio.gather(ask(shop, ana), ask(shop, ana))
    assert first.json()["payment"]["id"] == at_once.json()["payment"]["id"]
    await shop.work()
    again = (await ask(shop, ana)).json()["payment"]
    assert (again["id"], again["status"]) == (first.json()["payment"]["id"], "pending")
    assert again["checkout_url"] == f"https://pay.example/{again['id']}"
    others = {again["id"]}
    for plan, provider in ((1, "stripe"), (0, "iyzico")):
        other = (await ask(shop, ana, plan, provider=provider)).json()["payment"]["id"]
        assert other not in others, "another plan, or another place to pay, is another order"
        others.add(other)
    await shop.owner.execute("update app.premium_plans set price = price + 1 where tenant_id = $1", shop.tenant.id)
    assert (await ask(shop, ana)).json()["payment"]["id"] not in others, "and so is another price"
    moving_clock.forward(minutes=56)
    assert (await ask(shop, ana, 1)).json()["payment"]["id"] not in others, "its page is about to close"


async def test_the_later_of_two_paid_pages_is_refunded(shop: Shop):
    await shop.connect(ProviderName.google)
    ana = await shop.person()
    first, second = await order(shop, ana, provider="google"), await order(shop, ana)
    await shop.deliver(paid_for(shop, first, "gpa.1"), provider="google")
    late = paid_for(shop, second, "sub_2")
    await shop.deliver(late)
    assert await memberships(shop, ana) == [("google", "month", True)]
    assert set(shop.book.asked[-2:]) == {"cancel sub_2", f"refund {late.charge} 14999 TRY"}
    gone = await look(shop, ana, second)
    assert (gone["status"], gone["problem"], gone["refunded"]) == ("refunded", "paid_twice", 14_999)
    assert await duplicate_notifications(shop, ana) == [{"payment_id": second["id"], "where": None}]
    assert (await look(shop, ana, first))["status"] == "paid"
    # Whatever its provider says of it still, it is over.
    await shop.deliver(late, changed("sub_2", SubscriptionState.active, in_days(30)))
    await shop.deliver(changed("sub_2", SubscriptionState.cancelled, in_days(30)))
    assert await memberships(shop, ana) == [("google", "month", True)]
    # Somebody at the provider let it renew all the same: that goes back too.
    renewed = msgspec.structs.replace(
        late, charge="ch_again", payment_id=None, checkout=None, event_id="again", happened_at=clock.now()
    )
    shop.book.charges["ch_again"] = msgspec.structs.replace(
        shop.book.charges[late.charge], provider_charge_id="ch_again", refunded=0
    )
    await shop.deliver(renewed)
    assert await memberships(shop, ana) == [("google", "month", True)]
    assert f"refund ch_again {late.amount} TRY" in shop.book.asked
    await shop.audit()


async def test_a_store_that_can_refund_refunds_the_later(shop: Shop):
    await shop.connect(ProviderName.google)
    ana = await shop.person()
    first, second = await order(shop, ana), await order(shop, ana, provider="google")
    await shop.deliver(paid_for(shop, first, "sub_1"))
    late = paid_for(shop, second, "gpa.2", amount=199, currency="EUR")
    await shop.deliver(late, provider="google")
    assert await memberships(shop, ana) == [("stripe", "month", True)]
    asked = shop.books[ProviderName.google].asked
    assert f"refund {late.charge} 199 EUR" in asked
    assert not [one for one in asked if one.startswith("cancel")], "in a store that ends with the refund"


@pytest.mark.parametrize("turn", range(6))
async def test_two_payments_at_the_same_moment_are_one_membership(shop: Shop, turn: int):
    await shop.connect(ProviderName.google)
    ana = await shop.person()
    orders = [await order(shop, ana), await order(shop, ana, provider="google")]
    events = [paid_for(shop, payment, f"ref_{number}") for number, payment in enumerate(orders)]

    async def settle(payment: Answer, paid: Paid) -> None:
        async with shop.db.as_service(shop.tenant.id) as tx:
            await settlement.do_apply(tx, ProviderName(payment["provider"]), paid)

    both = list(zip(orders, events, strict=True))
    await asyncio.gather(*(settle(*one) for one in (both if turn % 2 else reversed(both))))
    await shop.work()
    assert len(await memberships(shop, ana)) == 1
    assert sorted([(await look(shop, ana, payment))["status"] for payment in orders]) == ["paid", "refunded"]
    assert len(await duplicate_notifications(shop, ana)) == 1


async def test_money_and_coins_at_the_same_moment_are_one_membership(shop: Shop):
    ana = await shop.person(coins=1000)
    payment = await order(shop, ana)

    async def settle() -> None:
        async with shop.db.as_service(shop.tenant.id) as tx:
            await settlement.do_apply(tx, ProviderName.stripe, paid_for(shop, payment, "sub_1"))

    await asyncio.gather(settle(), ask(shop, ana, pay_with="coins"))
    await shop.work()
    running = await memberships(shop, ana)
    assert len(running) == 1
    settled = (await look(shop, ana, payment))["status"]
    assert (running[0][0], settled) in {("coins", "refunded"), ("stripe", "paid")}
    await shop.audit()


async def test_it_goes_back_once_however_often_the_job_runs(shop: Shop, db: Database):
    ana = await shop.person(coins=1000)
    payment = await order(shop, ana)
    assert (await ask(shop, ana, pay_with="coins")).status_code == 201
    await shop.deliver(paid_for(shop, payment, "sub_1"))
    for _ in range(3):
        async with db.as_service(shop.tenant.id) as tx:
            await refunds.do_refund_in_full(tx, ReturnPayment(UUID(payment["id"])))
        await shop.work()
    assert len(shop.book.refunds) == 1
    assert len([one for one in shop.book.asked if one.startswith("refund")]) == 1
    assert (await look(shop, ana, payment))["refunded"] == payment["amount"]


async def test_a_provider_that_is_down_gives_it_back_later(shop: Shop):
    ana = await shop.person(coins=1000)
    payment = await order(shop, ana)
    await ask(shop, ana, pay_with="coins")
    assert await shop.post(paid_for(shop, payment, "sub_1")) == 200
    shop.book.failures = [DOWN] * 5  # reading the webhook, then the refund and the end of what renews, twice
    await shop.work()
    assert (await look(shop, ana, payment))["status"] == "pending"
    await shop.work(delayed=True)
    assert (await look(shop, ana, payment))["status"] == "refunded"
    assert "cancel sub_1" in shop.book.asked
    assert len(shop.book.refunds) == 1


async def test_the_plan_that_was_ordered_later_is_what_they_want(shop: Shop):
    ana = await shop.person()
    month, year = await order(shop, ana), await order(shop, ana, 1)
    await shop.deliver(paid_for(shop, month, "sub_month"))
    await shop.deliver(paid_for(shop, year, "sub_year", 365))
    assert await memberships(shop, ana) == [("stripe", "year", True)]
    assert "cancel sub_month" in shop.book.asked
    assert (await look(shop, ana, month))["status"] == "refunded"
    assert (await look(shop, ana, year))["status"] == "paid"
    assert await duplicate_notifications(shop, ana) == [{"payment_id": month["id"], "where": None}]
    assert (await look(shop, ana, month))["problem"] == "paid_twice"
    payment, _ = await shop.buy(ana)
    async with shop.db.as_service(shop.tenant.id) as tx:
        seen = await signals.of_payment(tx, UUID(payment["id"]), FraudSettings())
    assert seen.refunds == 0, "what we gave back by ourselves is no habit of theirs"

    bora = await shop.person()
    month, year = await order(shop, bora), await order(shop, bora, 1)
    await shop.deliver(paid_for(shop, year, "sub_their_year", 365))
    await shop.deliver(paid_for(shop, month, "sub_their_month"))
    assert await memberships(shop, bora) == [("stripe", "year", True)]
    assert (await look(shop, bora, month))["status"] == "refunded"


async def test_a_plan_is_changed_by_cancelling_and_buying_the_other(shop: Shop, moving_clock: MovableClock):
    await shop.connect(ProviderName.iyzico)
    ana = await shop.person()
    payment = await order(shop, ana, provider="iyzico")
    await shop.deliver(paid_for(shop, payment), provider="iyzico")
    first = (await shop.get(ana, "/api/premium"))["subscription"]
    assert (await ask(shop, ana, provider="iyzico")).json()["code"] == "already_premium", "more of the same, too early"
    year = await order(shop, ana, 1, provider="iyzico")
    await shop.deliver(paid_for(shop, year), provider="iyzico")
    assert [one[1] for one in await memberships(shop, ana)] == ["month", "year"]
    ends_at = (await shop.get(ana, "/api/premium"))["subscription"]["period_ends_at"]
    assert (ends_at[:4], ends_at[4:10]) == (str(int(first["period_ends_at"][:4]) + 1), first["period_ends_at"][4:10]), (
        "where we count the time, it begins when the first one ends"
    )

    bora = await shop.person()
    await shop.deliver(paid_for(shop, await order(shop, bora), "sub_1"))
    assert (await ask(shop, bora, 1)).json()["code"] == "already_premium", "it renews"
    await shop.ask(bora, "POST", "/api/premium/cancel")
    await shop.work()
    assert (await ask(shop, bora)).json()["code"] == "already_premium", "take the cancelling back instead"
    await shop.deliver(paid_for(shop, await order(shop, bora, 1), "sub_2", 365))
    assert await memberships(shop, bora) == [("stripe", "month", False), ("stripe", "year", True)]
    assert await duplicate_notifications(shop, bora) == []
    assert (await shop.ask(bora, "POST", "/api/premium/resume")).json()["plan_id"] == shop.plans[1]["id"]


async def test_where_nothing_can_be_given_back_the_other_gives_way(shop: Shop, moving_clock: MovableClock):
    """Apple refunds by itself."""
    await shop.connect(ProviderName.apple)
    ana = await shop.person()
    on_the_web, in_the_app = await order(shop, ana), await order(shop, ana, provider="apple")
    await shop.deliver(paid_for(shop, on_the_web, "sub_1"))
    await shop.deliver(paid_for(shop, in_the_app, "2000001"), provider="apple")
    assert await memberships(shop, ana) == [("apple", "month", True)]
    assert "cancel sub_1" in shop.book.asked
    assert (await look(shop, ana, on_the_web))["status"] == "refunded"
    assert await duplicate_notifications(shop, ana) == [{"payment_id": on_the_web["id"], "where": None}]

    bora = await shop.person()
    in_the_app = await order(shop, bora, provider="apple")
    await shop.deliver(paid_for(shop, await order(shop, bora), "sub_2"))
    moving_clock.forward(hours=24 * 3)
    await shop.deliver(paid_for(shop, in_the_app, "2000002"), provider="apple")
    assert await memberships(shop, bora) == [("stripe", "month", False), ("apple", "month", True)]
    assert await duplicate_notifications(shop, bora) == [{"payment_id": None, "where": None}], (
        "it was used, and stays to its end"
    )


async def test_a_free_period_of_a_store_cannot_go_back_so_the_other_gives_way(shop: Shop):
    await shop.connect(ProviderName.google)
    ana = await shop.person()
    on_the_web, in_the_app = await order(shop, ana), await order(shop, ana, provider="google")
    await shop.deliver(paid_for(shop, on_the_web, "sub_1"))
    await shop.deliver(paid_for(shop, in_the_app, "gpa.1", 7, amount=0), provider="google")
    assert await memberships(shop, ana) == [("google", "month", True)]
    assert (await look(shop, ana, on_the_web))["status"] == "refunded"


async def test_a_store_account_that_two_people_use_makes_no_second_either(shop: Shop):
    """Apple names a subscription by the store's account: whoever paid last has it, beside nothing else that renews."""
    await shop.connect(ProviderName.apple)
    ana, bora = await shop.person(), await shop.person()
    await shop.deliver(paid_for(shop, await order(shop, ana, provider="apple"), "2000001"), provider="apple")
    in_the_app = await order(shop, bora, provider="apple")
    await shop.deliver(paid_for(shop, await order(shop, bora), "sub_1"))
    await shop.deliver(paid_for(shop, in_the_app, "2000001"), provider="apple")
    assert await memberships(shop, ana) == []
    assert await memberships(shop, bora) == [("apple", "month", True)]
    assert "cancel sub_1" in shop.book.asked


async def test_two_stores_that_only_the_person_can_leave(shop: Shop, moving_clock: MovableClock):
    for name in (ProviderName.google, ProviderName.apple):
        await shop.connect(name)
    ana = await shop.person()
    first, second = await order(shop, ana, provider="google"), await order(shop, ana, provider="apple")
    await shop.deliver(paid_for(shop, first, "gpa.1"), provider="google")
    assert (await shop.get(ana, "/api/premium"))["second"] is None
    moving_clock.forward(hours=24 * 3)
    await shop.deliver(paid_for(shop, second, "2000001"), provider="apple")
    assert await duplicate_notifications(shop, ana) == [{"payment_id": None, "where": "google"}]
    now = await shop.get(ana, "/api/premium")
    assert {now["subscription"]["provider"], now["second"]["provider"]} == {"google", "apple"}
    await shop.deliver(changed("gpa.1", SubscriptionState.cancelled, in_days(27)), provider="google")
    assert (await shop.get(ana, "/api/premium"))["second"] is None


async def test_whoever_has_paid_and_waits_cannot_pay_again(shop: Shop, db: Database):
    ana = await shop.person(coins=1000)
    payment = await order(shop, ana)
    await shop.deliver(Awaited("evt", clock.now(), UUID(payment["id"]), None))
    for pay_with in ("money", "coins"):
        refused = await ask(shop, ana, pay_with=pay_with)
        assert (refused.status_code, refused.json()["code"]) == (409, "premium_on_its_way")
        assert refused.json()["payment_id"] == payment["id"]

    await configure(db, shop.tenant, payments_per_hour=1, review_score=30)
    bora = await shop.person()
    await shop.buy(bora)
    payment = await order(shop, bora)
    await shop.deliver(paid_for(shop, payment, "sub_1"))
    assert (await look(shop, bora, payment))["problem"] == "under_review"
    assert (await ask(shop, bora)).json()["code"] == "premium_on_its_way"


async def test_a_held_payment_is_checked_for_a_duplicate_again_at_its_release(shop: Shop, db: Database):
    ana = await shop.person(coins=1000)
    payment = await order(shop, ana)
    await configure(db, shop.tenant, payments_per_hour=1, review_score=30)
    await shop.buy(ana)
    late = paid_for(shop, payment, "sub_1")
    await ask(shop, ana, pay_with="coins")
    await shop.deliver(late)
    async with db.as_service(shop.tenant.id) as tx:
        case_id = await tx.one(
            UUID, "select id from app.fraud_cases where tenant_id = $1 and payment_id = $2", UUID(payment["id"])
        )
        await cases.do_decide(tx, case_id, Choice.release, "", (await shop.person()).me.user_id)
    await shop.work()
    assert await memberships(shop, ana) == [("coins", "month", True)]
    assert (await look(shop, ana, payment))["status"] == "refunded"


async def test_a_duplicate_that_its_provider_does_not_refund_may_be_released_by_staff(shop: Shop, db: Database):
    ana = await shop.person(coins=1000)
    payment = await order(shop, ana)
    await ask(shop, ana, pay_with="coins")
    shop.book.refuses_refunds = True
    await shop.deliver(paid_for(shop, payment, "sub_1"))
    held = await look(shop, ana, payment)
    assert (held["status"], held["problem"]) == ("held", "paid_twice")
    async with db.as_service(shop.tenant.id) as tx:
        assert [one.status for one in await refunds.refunds_of(tx, UUID(payment["id"]))] == ["refused"]
        await settlement.do_release(tx, UUID(payment["id"]))
    assert (await look(shop, ana, payment))["status"] == "paid"
    assert len(await memberships(shop, ana)) == 2


async def test_a_late_renewal_of_one_that_had_ended_makes_no_second(shop: Shop, moving_clock: MovableClock):
    """The card failed, the days of grace went by, they bought another; then the first one's money came after all."""
    ana = await shop.person()
    payment, paid = await shop.go_premium(ana, reference="sub_1")
    await shop.deliver(changed("sub_1", SubscriptionState.expired, in_days(0)))
    moving_clock.forward(hours=24 * 35)
    await shop.go_premium(ana, reference="sub_2")
    late = msgspec.structs.replace(
        paid,
        charge="ch_late",
        event_id="late",
        payment_id=None,
        checkout=None,
        happened_at=clock.now() + timedelta(seconds=5),
        period_ends_at=in_days(30),
    )
    shop.book.charges["ch_late"] = msgspec.structs.replace(shop.book.charges[paid.charge], provider_charge_id="ch_late")
    await shop.deliver(late)
    assert len(await memberships(shop, ana)) == 1
    assert f"refund ch_late {payment['amount']} TRY" in shop.book.asked
    assert "cancel sub_1" in shop.book.asked
