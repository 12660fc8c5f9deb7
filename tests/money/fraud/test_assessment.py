"""Assessment of payments by their signals, once each."""

import asyncio
from uuid import uuid4

import pytest

from meydan import tenants
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.kit.errors import NotFound
from meydan.money import fraud
from meydan.money.fraud.rules import Rule
from meydan.money.fraud.scoring import Outcome
from meydan.money.fraud.settings import FraudSettings
from meydan.money.payments import orders
from meydan.money.payments.enums import PaymentStatus
from tests.conftest import MovableClock
from tests.factories import make_person
from tests.money.fraud.purchases import arrive, become, buy, configure, found, newest, order


async def test_an_ordinary_purchase_is_allowed_and_leaves_no_case(db: Database, tenant: tenants.Tenant):
    ana = await make_person(db, tenant)
    assert await buy(db, ana, card="visa") == fraud.Verdict(Outcome.allow, 0)
    assert await found(db, ana) == {}


async def test_the_fifth_payment_of_an_hour_waits_and_one_the_next_day_does_not(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    ana = await make_person(db, tenant)
    for _ in range(4):
        assert (await buy(db, ana)).outcome is Outcome.allow
    verdict = await buy(db, ana)
    assert (verdict.outcome, verdict.points) == (Outcome.delay, 30)
    assert verdict.release_at is not None
    assert 7_100 < (verdict.release_at - clock.now()).total_seconds() <= 7_200
    assert (await found(db, ana))[Rule.many_payments].facts == {"hour": 5, "day": 5, "usual_hour": 4, "usual_day": 10}
    assert (await buy(db, await make_person(db, tenant))).outcome is Outcome.allow, "everybody has their own pace"
    moving_clock.forward(hours=1, seconds=1)
    assert (await buy(db, ana)).outcome is Outcome.allow
    moving_clock.forward(hours=24)
    await buy(db, ana)
    assert await found(db, ana) == {}


async def test_amounts_add_up_by_currency(db: Database, tenant: tenants.Tenant):
    await configure(db, tenant, amount_per_hour={"TRY": 10_000}, amount_per_day={"TRY": 50_000}, large_purchase={})
    ana = await make_person(db, tenant)
    await buy(db, ana, amount=6_000)
    await buy(db, ana, amount=90_000, currency="USD")
    assert await found(db, ana) == {}
    await buy(db, ana, amount=4_001)
    assert (await found(db, ana))[Rule.much_money].facts == {
        "hour": 10_001,
        "day": 10_001,
        "currency": "TRY",
        "usual_hour": 10_000,
        "usual_day": 50_000,
    }


async def test_a_large_purchase_on_a_new_device(db: Database, tenant: tenants.Tenant, moving_clock: MovableClock):
    ana = await make_person(db, tenant)
    moving_clock.forward(hours=3)
    verdict = await buy(db, ana, amount=200_000)
    assert verdict.outcome is Outcome.delay
    assert (await found(db, ana))[Rule.new_device].facts["device_hours"] == 3
    assert (await buy(db, await make_person(db, tenant), amount=200_000, at_home=False)).outcome is Outcome.allow
    ben = await make_person(db, tenant)
    moving_clock.forward(hours=24)
    assert (await buy(db, ben, amount=200_000)).outcome is Outcome.allow


async def test_one_card_behind_many_people(db: Database, tenant: tenants.Tenant, moving_clock: MovableClock):
    people = [await make_person(db, tenant) for _ in range(4)]
    assert [(await buy(db, person, card="stolen")).outcome for person in people] == [
        Outcome.allow,
        Outcome.allow,  # a family
        Outcome.delay,
        Outcome.review,
    ]
    assert (await found(db, people[3]))[Rule.shared_card].facts == {"people": 4, "usual_people": 2, "days": 90}
    assert (await buy(db, people[0], card="own")).outcome is Outcome.allow, "another card"
    assert (await buy(db, people[0], card="stolen")).outcome is Outcome.review, "now it is known as everybody's"
    moving_clock.forward(hours=24 * 91)
    assert (await buy(db, people[1], card="stolen")).outcome is Outcome.allow


async def test_one_device_behind_many_paying_people(db: Database, tenant: tenants.Tenant):
    people = [await make_person(db, tenant) for _ in range(3)]
    async with db.as_service(tenant.id) as tx:
        await tx.run("update app.devices set client_id = $2 where tenant_id = $1", uuid4())
    outcomes = [(await buy(db, person)).outcome for person in people]
    assert outcomes == [Outcome.allow, Outcome.allow, Outcome.delay]
    assert (await found(db, people[2]))[Rule.shared_device].facts["people"] == 3


async def test_cards_that_were_tried_count_even_when_they_were_refused(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    ana = await make_person(db, tenant)
    payment_id = await order(db, ana)
    async with db.as_service(tenant.id) as tx:
        for card in ("first", "second", "second"):
            await fraud.do_record_card(tx, payment_id, card)
    async with db.as_service(tenant.id) as tx:
        verdict = await arrive(tx, payment_id, card="third")
    assert (verdict.outcome, verdict.points) == (Outcome.delay, 40)
    assert (await found(db, ana))[Rule.many_cards].facts == {"cards": 3, "usual_cards": 2}
    moving_clock.forward(hours=25)
    assert (await buy(db, ana, card="first")).outcome is Outcome.allow


async def test_attempts_that_fail_count_for_the_device_too(db: Database, tenant: tenants.Tenant):
    ana, ben = await make_person(db, tenant), await make_person(db, tenant)
    async with db.as_service(tenant.id) as tx:
        await tx.run("update app.devices set client_id = $2 where tenant_id = $1", uuid4())
    for detail in ["cancelled"] * 5 + ["card_declined"] * 5:
        failed = await order(db, ben)
        async with db.as_service(tenant.id) as tx:
            await orders.do_fail(tx, failed, PaymentStatus.failed, "declined", detail)
    await buy(db, ana)
    assert (await found(db, ana))[Rule.many_failures].facts == {"failures": 5, "usual_failures": 4}
    cem = await make_person(db, tenant)
    await buy(db, cem)
    assert await found(db, cem) == {}, "another device"


async def test_a_habit_of_refunds(db: Database, tenant: tenants.Tenant, moving_clock: MovableClock):
    ana = await make_person(db, tenant)
    for status in ("paid", "refunded", "partly_refunded", "refunded"):
        await buy(db, ana)
        async with db.as_service(tenant.id) as tx:
            await become(tx, await newest(db, ana), status)
        moving_clock.forward(hours=25)
    verdict = await buy(db, ana)
    assert verdict.outcome is Outcome.delay
    facts = (await found(db, ana))[Rule.many_refunds].facts
    assert (facts["refunds"], facts["payments"], facts["percent"]) == (3, 4, 75)


async def test_a_dispute_follows_the_card_to_another_person(db: Database, tenant: tenants.Tenant):
    ana, ben, cem = [await make_person(db, tenant) for _ in range(3)]
    await buy(db, ana, card="stolen")
    async with db.as_service(tenant.id) as tx:
        await become(tx, await newest(db, ana), "disputed")
    assert (await buy(db, ben, card="own")).outcome is Outcome.allow
    assert (await buy(db, cem, card="stolen")).outcome is Outcome.review
    assert (await found(db, cem))[Rule.disputed].facts == {"disputes": 1, "usual_disputes": 0, "days": 180}
    assert (await buy(db, ana, card="another")).outcome is Outcome.review, "and stays with its person"


async def test_a_repeated_assessment_returns_the_first_verdict(db: Database, tenant: tenants.Tenant):
    ana = await make_person(db, tenant)
    await configure(db, tenant, payments_per_hour=1)
    await buy(db, ana)
    first = await newest(db, ana)
    doubted = await buy(db, ana)
    second = await newest(db, ana)
    assert doubted.outcome is Outcome.review
    for _ in range(2):
        async with db.as_service(tenant.id) as tx:
            assert await fraud.do_assess_payment(tx, second, card="another") == doubted
            assert (await fraud.do_assess_payment(tx, first, card=None)).outcome is Outcome.allow, (
                "though another came since"
            )
            assert await tx.one(int, "select count(*) from app.fraud_cases where tenant_id = $1") == 2
    async with db.as_service(tenant.id) as tx:
        with pytest.raises(NotFound):
            await fraud.do_assess_payment(tx, uuid4(), card=None)


async def test_payments_that_race_on_one_card_see_each_other(db: Database, tenant: tenants.Tenant):
    people = [await make_person(db, tenant) for _ in range(6)]
    verdicts = await asyncio.gather(*(buy(db, person, card="stolen") for person in people))
    outcomes = sorted(verdict.outcome for verdict in verdicts)
    assert outcomes == sorted([Outcome.allow] * 2 + [Outcome.delay] + [Outcome.review] * 3)


async def test_concurrent_assessments_of_a_payment_have_one_verdict(db: Database, tenant: tenants.Tenant):
    ana = await make_person(db, tenant)
    payment_id = await order(db, ana)

    async def judge() -> fraud.Verdict:
        async with db.as_service(tenant.id) as tx:
            return await fraud.do_assess_payment(tx, payment_id, card="visa")

    assert len(set(await asyncio.gather(*(judge() for _ in range(6))))) == 1


async def test_another_community_is_another_world(db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant):
    abroad = [await make_person(db, other_tenant) for _ in range(5)]
    for person in abroad:
        await buy(db, person, card="same")
    async with db.as_service(other_tenant.id) as tx:
        await tx.run("update app.payments set status = 'charged_back' where tenant_id = $1")
    ana = await make_person(db, tenant)
    assert (await buy(db, ana, card="same")).outcome is Outcome.allow
    async with db.as_service(tenant.id) as tx:
        here = await tx.one(bytes, "select mark from app.payment_fingerprints where tenant_id = $1 and kind = 'card'")
        assert b"same" not in here
    async with db.as_service(other_tenant.id) as tx:
        assert here not in await tx.all(bytes, "select mark from app.payment_fingerprints where tenant_id = $1")


async def test_users_cannot_read_fraud_cases_or_fingerprints(db: Database, tenant: tenants.Tenant):
    ana = await make_person(db, tenant)
    await buy(db, ana, card="visa")
    for table in ("payment_fingerprints", "fraud_cases"):
        async with db.as_user(ana.me) as tx:
            with pytest.raises(Exception, match="permission denied"):
                await tx.all(int, f"select 1 from app.{table} where tenant_id = $1")


async def test_thresholds_are_the_communitys(db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant):
    await configure(db, tenant, payments_per_hour=1, delay_minutes=5)
    for community, outcome in ((tenant, Outcome.review), (other_tenant, Outcome.allow)):
        person = await make_person(db, community)
        await buy(db, person)
        assert (await buy(db, person)).outcome is outcome
    async with db.as_service(tenant.id) as tx:
        with pytest.raises(tenants.SettingInvalid):
            await tenants.do_configure(tx, FraudSettings, refund_percent=0)
