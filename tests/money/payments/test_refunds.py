"""Refunds claw back what the money bought: in proportion, once, in any order of events."""

import random
from datetime import timedelta
from itertools import permutations
from uuid import UUID, uuid4

import msgspec
import pytest

from meydan.integrations.payments.contract import Paid, ProviderEvent
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.kit.jobs import retries
from meydan.money import wallet
from meydan.money.payments import orders, refunds, settlement
from tests.factories import Person
from tests.money.scripted_provider import DOWN
from tests.money.shops import Answer, Shop, refunded


async def state(shop: Shop, person: Person, payment: Answer) -> tuple[str, int, int, int]:
    now = await shop.get(person, f"/api/payments/{payment['id']}")
    return now["status"], now["refunded"], now["coins_clawed_back"], now["owed"]


async def ask(
    shop: Shop, db: Database, payment: Answer, amount: int | None = None, key: str = "", reason: str = "asked for"
) -> refunds.Refund:
    async with db.as_service(shop.tenant.id) as tx:
        return await refunds.do_refund(
            tx, UUID(payment["id"]), amount, reason=reason, actor=None, key=key or uuid4().hex
        )


async def of(shop: Shop, db: Database, payment: Answer) -> list[refunds.Refund]:
    async with db.as_service(shop.tenant.id) as tx:
        return await refunds.refunds_of(tx, UUID(payment["id"]))


async def test_staff_refund_what_is_left_when_the_provider_says_so(shop: Shop, db: Database):
    ana = await shop.person()
    payment, paid = await shop.buy(ana)
    asked = await ask(shop, db, payment)
    assert (asked.status, asked.amount) == (refunds.RefundStatus.asked, 4_999)
    assert (await shop.wallet(ana)).balance == 100, "nothing is taken before the provider has given the money back"
    await shop.work()
    assert await state(shop, ana, payment) == ("refunded", 4_999, 100, 0)
    assert (await shop.wallet(ana)).balance == 0
    (done,) = await of(shop, db, payment)
    assert (done.status, done.coins, done.owed, done.done_at is not None) == (refunds.RefundStatus.done, 100, 0, True)
    # The provider's webhook about the same refund.
    await shop.deliver(refunded(paid, 4_999, refund=done.provider_refund_id))
    assert await state(shop, ana, payment) == ("refunded", 4_999, 100, 0)
    assert len(await of(shop, db, payment)) == 1
    assert await shop.cleared() == 0
    await shop.audit()


async def test_a_webhook_that_is_quicker_than_the_answer_is_the_same_refund(shop: Shop, db: Database):
    ana = await shop.person()
    payment, paid = await shop.buy(ana)
    asked = await ask(shop, db, payment, 2_000)
    shop.book.failures = [DOWN]  # it happened there, the answer was lost
    await shop.work()
    await shop.deliver(refunded(paid, 2_000, refund=f"re_0_{paid.charge}"))
    await shop.work(delayed=True)
    assert await state(shop, ana, payment) == ("partly_refunded", 2_000, 40, 0)
    (done,) = await of(shop, db, payment)
    assert (done.id, done.status, done.coins) == (asked.id, refunds.RefundStatus.done, 40)


async def test_parts_are_rounded_down_and_the_last_is_exact(shop: Shop):
    ana = await shop.person()
    payment, paid = await shop.buy(ana)
    taken = []
    for total in (1, 49, 50, 1_666, 3_332, 4_998, 4_999):
        await shop.deliver(refunded(paid, total))
        taken.append((await state(shop, ana, payment))[2])
    assert taken == [0, 0, 1, 33, 66, 99, 100]
    assert (await shop.wallet(ana)).balance == 0
    assert await shop.cleared() == 0
    await shop.audit()


async def test_repeated_and_older_totals_change_nothing(shop: Shop):
    ana = await shop.person()
    payment, paid = await shop.buy(ana)
    half, most = refunded(paid, 2_500), refunded(paid, 4_000)
    await shop.deliver(most, half, msgspec.structs.replace(most, event_id="again"), refunded(paid, 4_000, refund=None))
    assert await state(shop, ana, payment) == ("partly_refunded", 4_000, 80, 0)
    await shop.deliver(refunded(paid, 999_999))
    assert await state(shop, ana, payment) == ("refunded", 4_999, 100, 0), "no more than was paid"


async def test_what_was_spent_is_owed_and_said(shop: Shop):
    ana = await shop.person()
    payment, paid = await shop.buy(ana)
    await shop.spend(ana, 70)
    await shop.deliver(refunded(paid, paid.amount))
    assert await state(shop, ana, payment) == ("refunded", 4_999, 100, 70)
    after = await shop.wallet(ana)
    assert (after.balance, after.debt) == (0, 70)
    answer = await shop.ask(ana, "POST", "/api/coins/spend", {"item": "meeting"}, "k")
    assert (answer.status_code, answer.json()["code"], answer.json()["debt"]) == (409, "debt_blocks", 70)
    await shop.audit()


async def test_no_more_is_refunded_than_came(shop: Shop, db: Database):
    ana = await shop.person()
    payment, _ = await shop.buy(ana)
    await ask(shop, db, payment, 3_000)
    with pytest.raises(refunds.RefundTooLarge) as refused:
        await ask(shop, db, payment, 2_000)
    assert refused.value.extra["left"] == 1_999
    await ask(shop, db, payment)
    await shop.work()
    assert (await state(shop, ana, payment))[:2] == ("refunded", 4_999)
    with pytest.raises(refunds.RefundTooLarge):
        await ask(shop, db, payment)
    unpaid = await shop.order(ana)
    with pytest.raises(refunds.NotPaid):
        await ask(shop, db, unpaid)


async def test_one_key_is_one_refund(shop: Shop, db: Database):
    ana = await shop.person()
    payment, _ = await shop.buy(ana)
    first, second = await ask(shop, db, payment, 100, "k"), await ask(shop, db, payment, 100, "k")
    assert first.id == second.id
    with pytest.raises(wallet.IdempotencyKeyReused):
        await ask(shop, db, payment, 101, "k")
    with pytest.raises(wallet.IdempotencyKeyReused):
        await ask(shop, db, payment, 100, "k", reason="another one")
    await shop.work()
    assert (await state(shop, ana, payment))[1] == 100


async def test_a_provider_that_stays_down_ends_the_asking_and_staff_see_it(shop: Shop, db: Database):
    ana = await shop.person()
    payment, _ = await shop.buy(ana)
    shop.book.failures = [DOWN] * 20
    await ask(shop, db, payment)
    await shop.work(delayed=True)
    (refused,) = await of(shop, db, payment)
    assert (refused.status, refused.problem) == (refunds.RefundStatus.refused, "the provider is down")
    assert len([what for what in shop.book.asked if what.startswith("refund")]) == 1 + len(retries.PATIENTLY)
    shop.book.failures = []
    await ask(shop, db, payment)
    await shop.work()
    assert await state(shop, ana, payment) == ("refunded", 4_999, 100, 0), "asked for anew"


async def test_a_store_that_refunds_by_itself_says_so(shop: Shop, db: Database):
    ana = await shop.person()
    payment, paid = await shop.buy(ana)
    shop.book.refuses_refunds = True
    await ask(shop, db, payment)
    await shop.work()
    (refused,) = await of(shop, db, payment)
    assert (refused.status, refused.problem) == (
        refunds.RefundStatus.refused,
        "refunds are made in the store's console",
    )
    assert await state(shop, ana, payment) == ("paid", 0, 0, 0)
    await shop.deliver(refunded(paid, paid.amount))
    assert [one.status for one in await of(shop, db, payment)] == ["refused", "done"]


async def test_a_worker_killed_after_the_provider_refunded_asks_under_the_same_key(
    shop: Shop, db: Database, monkeypatch: pytest.MonkeyPatch
):
    ana = await shop.person()
    payment, _ = await shop.buy(ana)
    asked = await ask(shop, db, payment, 1_000)

    class Killed(BaseException):
        pass

    async def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("meydan.money.payments.settlement.do_apply", die)
        with pytest.raises(Killed):
            await refunds.ask_refund(db, shop.tenant.id, refunds.AskRefund(refund_id=asked.id))
    await shop.work()
    assert await state(shop, ana, payment) == ("partly_refunded", 1_000, 20, 0)
    assert len(shop.book.refunds) == 1
    assert len([what for what in shop.book.asked if what.startswith("refund")]) == 2


async def test_a_refund_of_money_that_is_held_is_never_given(shop: Shop, db: Database):
    ana = await shop.person()
    payment = await shop.order(ana)
    paid = shop.paid(payment, amount=77)
    await shop.deliver(paid)
    await ask(shop, db, payment)
    await shop.work()
    assert await state(shop, ana, payment) == ("refunded", 77, 0, 0)
    with pytest.raises(settlement.NotHeld):
        async with db.as_service(shop.tenant.id) as tx:
            await settlement.do_release(tx, UUID(payment["id"]))
    assert (await shop.wallet(ana)).balance == 0
    assert await shop.cleared() == 0


async def test_of_held_money_that_went_back_in_part_only_the_rest_is_given(shop: Shop, db: Database):
    ana = await shop.person()
    payment = await shop.order(ana)
    paid = shop.paid(payment, amount=1_000)
    await shop.deliver(paid, refunded(paid, 250))
    assert (await shop.wallet(ana)).balance == 0
    async with db.as_service(shop.tenant.id) as tx:
        await settlement.do_release(tx, UUID(payment["id"]))
    assert await state(shop, ana, payment) == ("partly_refunded", 250, 25, 0)
    assert (await shop.wallet(ana)).balance == 75
    await shop.audit()


async def test_a_refund_in_another_currency_is_not_counted(shop: Shop, owner):
    ana = await shop.person()
    payment, paid = await shop.buy(ana)
    await shop.deliver(refunded(paid, paid.amount, currency="EUR"))
    assert await state(shop, ana, payment) == ("paid", 0, 0, 0)
    problems = await owner.fetch("select problem from app.webhook_events where tenant_id = $1", shop.tenant.id)
    assert {row["problem"] for row in problems} == {None, "currency_differs"}


async def test_any_order_of_all_events_ends_the_same(shop: Shop):
    """A payment, three refunds and their repeats, shuffled twenty times."""
    shuffle = random.Random(4).shuffle
    for _ in range(20):
        ana = await shop.person()
        payment = await shop.order(ana)
        paid: Paid = shop.paid(payment)
        events: list[ProviderEvent] = [paid, refunded(paid, 1_000), refunded(paid, 2_000), refunded(paid, 3_500)]
        events += [msgspec.structs.replace(event, event_id=f"{event.event_id} again") for event in events]
        shuffle(events)
        await shop.deliver(*events)
        assert await state(shop, ana, payment) == ("partly_refunded", 3_500, 70, 0)
        assert (await shop.wallet(ana)).balance == 30
    await shop.audit()
    assert orders.CHECK_PAYMENT not in await shop.work()


async def test_a_refund_that_the_store_reverses_restores_the_coins(shop: Shop):
    """In the order in which it happened, and in every other."""
    for order in permutations(range(3)):
        ana = await shop.person()
        payment = await shop.order(ana)
        paid = shop.paid(payment)
        events: list[ProviderEvent] = [
            paid,
            refunded(paid, paid.amount),
            refunded(paid, 0, reversed=True, happened_at=clock.now() + timedelta(seconds=3)),
        ]
        for number in order:
            await shop.deliver(events[number], msgspec.structs.replace(events[number], event_id=uuid4().hex))
        assert await state(shop, ana, payment) == ("paid", 0, 0, 0), order
        assert (await shop.wallet(ana)).balance == 100
        await shop.deliver(refunded(paid, paid.amount, happened_at=clock.now() + timedelta(seconds=9)))
        assert await state(shop, ana, payment) == ("refunded", 4_999, 100, 0)
        assert (await shop.wallet(ana)).balance == 0, "what was refunded twice is taken twice"
    await shop.audit()
