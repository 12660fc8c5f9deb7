"""A dispute claws back at once; a won one restores, a lost one stays."""

from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import msgspec
import pytest

from meydan.integrations.payments.contract import DisputeState, ProviderEvent
from meydan.kit import clock
from tests.factories import Person
from tests.money.shops import Answer, Shop, disputed, refunded

OPENED, WON, LOST = DisputeState.opened, DisputeState.won, DisputeState.lost


async def state(shop: Shop, person: Person, payment: Answer) -> tuple[str, int, int]:
    now = await shop.get(person, f"/api/payments/{payment['id']}")
    return now["status"], now["coins_clawed_back"], now["owed"]


async def test_opened_claws_back_and_won_restores(shop: Shop):
    ana = await shop.person()
    payment, paid = await shop.buy(ana)
    await shop.deliver(disputed(paid, OPENED))
    assert await state(shop, ana, payment) == ("disputed", 100, 0)
    assert (await shop.wallet(ana)).balance == 0
    await shop.deliver(disputed(paid, WON))
    assert await state(shop, ana, payment) == ("paid", 0, 0)
    assert (await shop.wallet(ana)).balance == 100
    assert await shop.cleared() == 100
    await shop.audit()


async def test_lost_stays(shop: Shop):
    ana = await shop.person()
    payment, paid = await shop.buy(ana)
    await shop.spend(ana, 60)
    await shop.deliver(disputed(paid, OPENED))
    assert await state(shop, ana, payment) == ("disputed", 100, 60)
    await shop.deliver(disputed(paid, LOST))
    assert await state(shop, ana, payment) == ("charged_back", 100, 60)
    assert ((await shop.wallet(ana)).balance, (await shop.wallet(ana)).debt) == (0, 60)
    await shop.audit()


async def test_won_pays_the_debt_it_made(shop: Shop):
    ana = await shop.person()
    payment, paid = await shop.buy(ana)
    await shop.spend(ana, 60)
    await shop.deliver(disputed(paid, OPENED), disputed(paid, WON))
    assert await state(shop, ana, payment) == ("paid", 0, 0)
    assert ((await shop.wallet(ana)).balance, (await shop.wallet(ana)).debt) == (40, 0)
    await shop.audit()


async def test_opened_again_after_it_was_won(shop: Shop):
    ana = await shop.person()
    payment, paid = await shop.buy(ana)
    for turn in range(3):
        await shop.deliver(disputed(paid, OPENED))
        assert await state(shop, ana, payment) == ("disputed", 100, 0), turn
        await shop.deliver(disputed(paid, WON))
        assert await state(shop, ana, payment) == ("paid", 0, 0), turn
    assert (await shop.wallet(ana)).balance == 100
    await shop.audit()


async def test_half_is_disputed_and_half_refunded(shop: Shop):
    ana = await shop.person()
    payment, paid = await shop.buy(ana)
    await shop.deliver(refunded(paid, 2_500), disputed(paid, OPENED, amount=2_499))
    assert await state(shop, ana, payment) == ("disputed", 100, 0)
    await shop.deliver(disputed(paid, WON, amount=2_499))
    assert await state(shop, ana, payment) == ("partly_refunded", 50, 0)
    assert (await shop.wallet(ana)).balance == 50
    await shop.deliver(disputed(paid, OPENED, dispute="dp_2", amount=4_999))
    assert await state(shop, ana, payment) == ("disputed", 100, 0), "no more than everything"
    await shop.audit()


@pytest.mark.parametrize("last", [WON, LOST])
async def test_any_order_ends_the_same(shop: Shop, last: DisputeState):
    """The payment, the dispute and its end, in all orders, each twice, and before anybody has heard of the payment."""
    for order in permutations(range(3)):
        ana = await shop.person()
        payment = await shop.order(ana)
        paid = shop.paid(payment)
        events: list[ProviderEvent] = [
            paid,
            disputed(paid, OPENED),
            disputed(paid, last, happened_at=clock.now() + timedelta(seconds=5)),
        ]
        for number in order:
            await shop.deliver(events[number], msgspec.structs.replace(events[number], event_id=uuid4().hex))
        expected = ("paid", 0, 0) if last is WON else ("charged_back", 100, 0)
        assert await state(shop, ana, payment) == expected, order
        assert (await shop.wallet(ana)).balance == (100 if last is WON else 0)
    await shop.audit()


async def test_a_lost_dispute_stays_one_when_the_money_is_refunded_too(shop: Shop):
    ana = await shop.person()
    payment, paid = await shop.buy(ana)
    await shop.deliver(disputed(paid, DisputeState.lost), refunded(paid, paid.amount))
    assert (await shop.get(ana, f"/api/payments/{payment['id']}"))["status"] == "charged_back"
    assert (await shop.wallet(ana)).balance == 0, "taken once"
    await shop.audit()


async def test_money_that_is_held_and_disputed_is_not_given_until_the_dispute_is_won(shop: Shop):
    ana = await shop.person()
    payment = await shop.order(ana)
    paid = shop.paid(payment, amount=5)
    await shop.deliver(paid, disputed(paid, OPENED))
    assert await state(shop, ana, payment) == ("disputed", 0, 0)
    await shop.deliver(disputed(paid, WON))
    assert await state(shop, ana, payment) == ("held", 0, 0)
    assert (await shop.wallet(ana)).balance == 0


async def test_its_amount_may_change_while_it_is_open(shop: Shop):
    ana = await shop.person()
    payment, paid = await shop.buy(ana)
    await shop.spend(ana, 80)
    part = disputed(paid, OPENED, amount=paid.amount // 4)
    await shop.deliver(part)
    assert await state(shop, ana, payment) == ("disputed", 24, 4)
    whole = disputed(paid, OPENED)
    await shop.deliver(whole)
    assert await state(shop, ana, payment) == ("disputed", 100, 80)
    await shop.deliver(part, whole)  # once more, and the older one is older
    assert await state(shop, ana, payment) == ("disputed", 100, 80)
    await shop.deliver(disputed(paid, OPENED, amount=paid.amount // 2))
    assert (await state(shop, ana, payment))[:2] == ("disputed", 49)
    await shop.deliver(disputed(paid, WON, amount=paid.amount // 2))
    assert await state(shop, ana, payment) == ("paid", 0, 0)
    assert ((await shop.wallet(ana)).balance, (await shop.wallet(ana)).debt) == (20, 0)
    await shop.audit()
