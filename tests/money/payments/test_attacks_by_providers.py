"""Providers that answer slowly, about another user or an erased one; and staff who change their minds meanwhile."""

import asyncio
from uuid import UUID

import msgspec
import pytest

from meydan import accounts
from meydan.integrations.payments.contract import DisputeState, SubscriptionState
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import personal_data
from meydan.kit.database import Database
from meydan.money.payments import billing_customers, refunds
from meydan.money.premium import subscriptions
from tests.conftest import MovableClock
from tests.factories import Person
from tests.money.scripted_provider import DOWN, ScriptedProvider
from tests.money.shops import Shop, changed, disputed, in_days, refunded
from tests.waiting import happens, until_somebody_waits


async def leave(db: Database, person: Person) -> None:
    async with db.as_service(person.tenant.id) as tx:
        await personal_data.do_erase(tx, person.me.user_id)


async def test_who_leaves_while_the_pay_page_is_open_is_not_charged_each_month(shop: Shop, db: Database):
    ana = await shop.person()
    payment = await shop.subscribe(ana)
    await leave(db, ana)
    await shop.deliver(shop.paid(payment, subscription="sub_1", period_ends_at=in_days(30)))
    assert "cancel sub_1" in shop.book.asked


async def test_a_renewal_of_who_has_left_is_the_last(shop: Shop, db: Database):
    """Their days of grace were over, and the provider went on trying."""
    ana = await shop.person()
    _, paid = await shop.go_premium(ana, reference="sub_1")
    await shop.deliver(changed("sub_1", SubscriptionState.expired, in_days(0)))
    await leave(db, ana)
    await shop.work()
    assert "cancel sub_1" not in shop.book.asked
    more = {"charge": "ch_2", "event_id": "evt_2", "payment_id": None, "checkout": None, "period_ends_at": in_days(60)}
    await shop.deliver(msgspec.structs.replace(paid, **more))
    assert "cancel sub_1" in shop.book.asked


@pytest.mark.parametrize(("days", "renews"), [(None, False), (40, False), (3, True)])
async def test_who_is_not_let_in_is_not_charged_for_the_next_month(
    shop: Shop, db: Database, days: int | None, renews: bool
):
    """They could not even cancel it."""
    ana, bora = await shop.person(), await shop.person(coins=1_000)
    await shop.go_premium(ana, reference="sub_1")
    body = {"plan_id": shop.plans[0]["id"], "pay_with": "coins"}
    assert (await shop.ask(bora, "POST", "/api/premium/subscribe", body, "k")).status_code == 201
    for person in (ana, bora):
        async with db.as_service(shop.tenant.id) as tx:
            until = None if days is None else in_days(days)
            await accounts.do_set_ban(tx, person.me.user_id, until, "harassment")
    await shop.work()
    assert ("cancel sub_1" in shop.book.asked) is not renews
    async with db.as_service(shop.tenant.id) as tx:
        for person in (ana, bora):
            running = await subscriptions.running_of(tx, person.me.user_id)
            assert running is not None
            assert running.renews is renews


async def test_a_membership_whose_money_went_back_before_it_began_is_cancelled(shop: Shop, db: Database):
    ana, admin = await shop.person(), await shop.person()
    _, before = await shop.buy(ana)
    await shop.deliver(disputed(before, DisputeState.opened))
    payment = await shop.subscribe(ana)
    await shop.deliver(shop.paid(payment, subscription="sub_1", period_ends_at=in_days(30)))
    assert (await shop.get(ana, f"/api/payments/{payment['id']}"))["status"] == "held"
    async with db.as_service(shop.tenant.id) as tx:
        await refunds.do_refund(tx, UUID(payment["id"]), None, reason="no", actor=admin.me.user_id, key="x")
    await shop.work()
    assert (await shop.get(ana, f"/api/payments/{payment['id']}"))["status"] == "refunded"
    assert "cancel sub_1" in shop.book.asked


async def test_who_pays_is_premium_though_the_store_knows_another_by_this_name(shop: Shop):
    """Apple names a subscription by the store's account, and begins it again under the same name for whoever pays next."""
    ana, bora = await shop.person(), await shop.person()
    await shop.go_premium(ana, reference="orig")
    await shop.deliver(changed("orig", SubscriptionState.expired, in_days(0)))
    assert (await shop.get(ana, "/api/premium"))["subscription"] is None
    await shop.go_premium(bora, reference="orig")
    assert (await shop.get(ana, "/api/premium"))["subscription"] is None
    assert (await shop.get(bora, "/api/premium"))["subscription"] is not None
    await shop.deliver(changed("orig", SubscriptionState.cancelled, in_days(30)))
    assert (await shop.get(bora, "/api/premium"))["subscription"]["status"] == "cancelled"


@pytest.mark.parametrize("amount", [0, -5])
async def test_a_dispute_of_nothing_is_read(shop: Shop, amount: int):
    ana = await shop.person()
    _, paid = await shop.buy(ana)
    await shop.deliver(disputed(paid, DisputeState.opened, amount=amount))
    await shop.deliver(refunded(paid, amount, reversed=True))
    assert (await shop.wallet(ana)).balance == 100


async def test_a_clock_that_runs_ahead_does_not_have_the_last_word_for_ever(shop: Shop, moving_clock: MovableClock):
    ana = await shop.person()
    _, bought = await shop.buy(ana)
    await shop.go_premium(ana, reference="sub_1")
    ahead = in_days(3_650)
    await shop.deliver(disputed(bought, DisputeState.opened, happened_at=ahead))
    await shop.deliver(changed("sub_1", SubscriptionState.active, in_days(30), happened_at=ahead))
    moving_clock.forward(minutes=10)
    await shop.deliver(disputed(bought, DisputeState.won))
    await shop.deliver(changed("sub_1", SubscriptionState.cancelled, in_days(30)))
    assert (await shop.wallet(ana)).balance == 100
    assert (await shop.get(ana, "/api/premium"))["subscription"]["status"] == "cancelled"


async def test_who_cancels_as_the_provider_renews_has_cancelled(shop: Shop):
    """The subscription is charged once more, and its event comes before the provider has performed the cancellation."""
    ana = await shop.person()
    _, paid = await shop.go_premium(ana, reference="sub_1")
    shop.book.failures += [DOWN]
    assert (await shop.ask(ana, "POST", "/api/premium/cancel")).status_code == 200
    await shop.work()
    more = {"charge": "ch_2", "event_id": "evt_2", "payment_id": None, "checkout": None, "happened_at": in_days(0)}
    await shop.deliver(msgspec.structs.replace(paid, **more, period_ends_at=in_days(60)))
    await shop.work(delayed=True)
    assert shop.book.asked.count("cancel sub_1") == 2
    mine = (await shop.get(ana, "/api/premium"))["subscription"]
    assert (mine["status"], mine["renews"]) == ("cancelled", False)


async def test_whoever_cancels_while_the_next_period_is_paid_waits_in_no_circle(shop: Shop, db: Database):
    """Paid period by period: the second payment lengthens what the person is changing at that moment."""
    await shop.connect(ProviderName.iyzico)
    ana = await shop.person()
    order = await shop.subscribe(ana, provider="iyzico")
    await shop.deliver(shop.paid(order), provider="iyzico")
    again = shop.paid(order)
    async with db.as_service(shop.tenant.id) as tx:
        await billing_customers.lock_buyer(tx, ana.me.user_id)
        assert await shop.post(again, provider="iyzico") == 200
        settled = asyncio.create_task(shop.work())
        await until_somebody_waits(tx)
        running = await subscriptions.running_of(tx, ana.me.user_id)
        assert running is not None
        await tx.connection.execute("set local lock_timeout = '700ms'")  # PostgreSQL looks for circles after a second
        await subscriptions.lock_by_id(tx, running.id)
    await settled


async def test_a_provider_slower_than_its_person_ends_where_the_person_does(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
):
    """Cancelled, and resumed while the provider still hears the first: what it is told last is what is wanted last."""
    ana = await shop.person()
    await shop.go_premium(ana, reference="sub_1")
    asked, go = asyncio.Event(), asyncio.Event()
    really = ScriptedProvider.do_cancel

    async def slow(self: ScriptedProvider, subscription: str) -> None:
        asked.set()
        await happens(go, "the word to go on")
        await really(self, subscription)

    monkeypatch.setattr(ScriptedProvider, "do_cancel", slow)
    assert (await shop.ask(ana, "POST", "/api/premium/cancel")).status_code == 200
    first = asyncio.create_task(shop.work())
    await happens(asked, "the question to the provider")
    assert (await shop.ask(ana, "POST", "/api/premium/resume")).status_code == 200
    await shop.work()
    go.set()
    await first
    await shop.work()
    assert [what for what in shop.book.asked if "sub_1" in what][-1] == "resume sub_1"
    assert (await shop.get(ana, "/api/premium"))["subscription"]["renews"]
