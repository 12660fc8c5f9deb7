"""A membership that goes on is given at once; what looks wrong about it is shown to staff."""

from uuid import UUID, uuid4

import msgspec
import pytest

from meydan.integrations.payments.contract import Paid
from meydan.kit.identity import Role
from meydan.money.fraud import cases
from meydan.money.fraud.cases import Choice
from meydan.money.fraud.rules import Rule
from tests.conftest import MovableClock
from tests.factories import Person, make_person
from tests.money.fraud.purchases import configure, found
from tests.money.shops import Answer, Shop, in_days, refunded


def renewal(shop: Shop, first: Paid, days: int, *, card: str | None = None) -> Paid:
    paid = msgspec.structs.replace(
        first,
        event_id=uuid4().hex,
        charge=f"ch_{uuid4().hex}",
        payment_id=None,
        checkout=None,
        happened_at=in_days(0),
        period_ends_at=in_days(days),
        card=card,
    )
    shop.book.charges[paid.charge] = msgspec.structs.replace(
        shop.book.charges[first.charge], provider_charge_id=paid.charge, paid_at=paid.happened_at, payment_id=None
    )
    return paid


async def join(shop: Shop, person: Person, card: str | None) -> Paid:
    payment = await shop.subscribe(person)
    paid = shop.paid(payment, card=card, subscription=f"sub_{uuid4().hex}", period_ends_at=in_days(30))
    await shop.deliver(paid)
    return paid


async def buy(shop: Shop, person: Person, card: str) -> None:
    await shop.deliver(shop.paid(await shop.order(person), card=card))


async def queue(shop: Shop) -> list[Answer]:
    boss = await make_person(shop.db, shop.tenant, role=Role.admin)
    items: list[Answer] = (await shop.get(boss, "/api/staff/fraud"))["items"]
    return items


async def newest_payment(shop: Shop, person: Person) -> Answer:
    payment: Answer = (await shop.get(person, "/api/payments"))["items"][0]
    return payment


@pytest.mark.parametrize("card_is_said", [True, False])
async def test_a_renewal_on_a_card_that_has_become_everybodys_is_given_and_shown(
    shop: Shop, moving_clock: MovableClock, card_is_said: bool
):
    ana = await shop.person()
    first = await join(shop, ana, "visa")
    for _ in range(2):
        await buy(shop, await shop.person(), "visa")
    await configure(shop.db, shop.tenant, freeze_score=1, review_score=1)
    moving_clock.forward(hours=24 * 29)
    await shop.deliver(renewal(shop, first, 31, card="visa" if card_is_said else None))
    assert (await newest_payment(shop, ana))["status"] == "paid"
    assert (await shop.get(ana, "/api/premium"))["subscription"]["period_ends_at"][:10] == in_days(31).isoformat()[:10]
    assert (await shop.get(ana, "/api/coins/balance"))["frozen"] is None, "whatever the points come to"
    assert "payment_held" not in {one["code"] for one in (await shop.get(ana, "/api/notifications"))["items"]}
    [case] = [one for one in await queue(shop) if one["person"]["user_id"] == str(ana.me.user_id)]
    assert (case["renewal"], case["outcome"], case["release_at"]) == (True, "review", None)
    assert [finding["rule"] for finding in case["findings"]] == ["shared_card"]
    assert case["findings"][0]["facts"]["people"] == 3


async def test_an_ordinary_renewal_leaves_no_case_and_is_nobodys_haste(shop: Shop, moving_clock: MovableClock):
    await configure(shop.db, shop.tenant, payments_per_hour=1, payments_per_day=1, cards_per_day=1)
    ana = await shop.person()
    first = await join(shop, ana, "visa")
    moving_clock.forward(hours=24 * 29)
    await shop.deliver(renewal(shop, first, 31), renewal(shop, first, 62))
    assert await queue(shop) == []
    await buy(shop, ana, "master")
    assert await found(shop.db, ana) == {}, "one payment in a day, with one card: the renewals are not counted"


async def test_a_renewal_by_somebody_who_takes_back_everything_is_shown(shop: Shop, moving_clock: MovableClock):
    ana = await shop.person()
    first = await join(shop, ana, "visa")
    renewals = [renewal(shop, first, 31 * month) for month in (1, 2, 3)]
    await shop.deliver(*renewals)
    assert await queue(shop) == []
    moving_clock.forward(hours=24 * 20)
    await shop.deliver(*(refunded(paid, paid.amount) for paid in renewals))
    await shop.deliver(renewal(shop, first, 124))
    assert (await newest_payment(shop, ana))["status"] == "paid"
    assert (await shop.get(ana, "/api/premium"))["subscription"] is not None
    [case] = await queue(shop)
    assert case["renewal"]
    facts = (await found(shop.db, ana))[Rule.many_refunds].facts
    assert (facts["refunds"], facts["payments"], facts["percent"]) == (3, 4, 75), "renewals given back are refunds too"


async def test_staff_leave_it_trust_it_or_give_the_money_back(shop: Shop, moving_clock: MovableClock):
    ana, boss = await shop.person(), await make_person(shop.db, shop.tenant, role=Role.admin)
    first = await join(shop, ana, "visa")
    for _ in range(2):
        await buy(shop, await shop.person(), "visa")

    async def renew(days: int) -> UUID | None:
        moving_clock.forward(hours=24 * 20)
        await shop.deliver(renewal(shop, first, days))
        async with shop.db.as_service(shop.tenant.id) as tx:
            return await tx.maybe(
                UUID, "select id from app.fraud_cases where tenant_id = $1 and status = 'open' and renewal"
            )

    async def decide(case_id: UUID | None, choice: Choice) -> None:
        assert case_id is not None
        async with shop.db.as_service(shop.tenant.id) as tx:
            await cases.do_decide(tx, case_id, choice, "looked at it", boss.me.user_id)
        await shop.work()

    await decide(await renew(31), Choice.release)
    assert (await newest_payment(shop, ana))["status"] == "paid"
    await decide(await renew(62), Choice.refund)
    assert (await newest_payment(shop, ana))["status"] == "refunded"
    await decide(await renew(93), Choice.dismiss)
    assert await renew(124) is None, "the card is theirs to use"
    await shop.audit()


async def test_the_same_news_twice_is_one_case(shop: Shop, moving_clock: MovableClock):
    ana = await shop.person()
    first = await join(shop, ana, "visa")
    for _ in range(2):
        await buy(shop, await shop.person(), "visa")
    moving_clock.forward(hours=24 * 29)
    paid = renewal(shop, first, 31)
    await shop.deliver(paid, msgspec.structs.replace(paid, event_id=uuid4().hex))
    assert len([one for one in await queue(shop) if one["renewal"]]) == 1
