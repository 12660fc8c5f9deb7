"""A bank's debit, cash at a kiosk: the buyer has done their part, and the money takes days."""

from uuid import UUID, uuid4

import pytest

from meydan.integrations.payments.contract import Awaited, Failed
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.money.payments import checkouts
from tests.conftest import MovableClock
from tests.factories import Person
from tests.money.shops import Answer, Shop, failed


def awaited(payment: Answer) -> Awaited:
    return Awaited(f"evt_{uuid4().hex}", clock.now(), UUID(payment["id"]), None)


async def look(shop: Shop, person: Person, payment: Answer) -> Answer:
    return await shop.get(person, f"/api/payments/{payment['id']}")


async def sweep(shop: Shop, db: Database) -> None:
    async with db.as_service(shop.tenant.id) as tx:
        await checkouts.do_sweep(tx)
    await shop.work()


async def test_it_waits_longer_than_its_page_stood_open(shop: Shop, db: Database, moving_clock: MovableClock):
    ana = await shop.person()
    payment = await shop.order(ana)
    shop.book.truth[f"cs_{payment['id']}"] = [awaited(payment)]
    await shop.deliver(awaited(payment), awaited(payment))
    now = await look(shop, ana, payment)
    assert (now["status"], now["problem"], now["checkout_url"]) == ("pending", "on_its_way", None)
    told = [frame["payment"]["problem"] for frame in await shop.frames(ana, "payment")]
    assert told == [None, "on_its_way"], "once"
    moving_clock.forward(hours=24 * 3)
    await sweep(shop, db)
    assert (await look(shop, ana, payment))["status"] == "pending"
    moving_clock.forward(hours=24 * 12)
    await sweep(shop, db)
    assert (await look(shop, ana, payment))["status"] == "pending", "its provider still waits for it"
    await shop.deliver(shop.paid(payment))
    now = await look(shop, ana, payment)
    assert (now["status"], now["problem"]) == ("paid", None)
    assert (await shop.wallet(ana)).balance == 100


async def test_what_never_comes_and_is_never_told_of_ends(shop: Shop, db: Database, moving_clock: MovableClock):
    ana = await shop.person()
    payment = await shop.order(ana)
    shop.book.truth[f"cs_{payment['id']}"] = []
    await shop.deliver(awaited(payment))
    moving_clock.forward(hours=24 * 14, minutes=20)
    await sweep(shop, db)
    assert (await look(shop, ana, payment))["status"] == "expired"


@pytest.mark.parametrize("expired", [False, True])
async def test_it_fails_in_the_end_as_what_it_was(shop: Shop, *, expired: bool):
    ana = await shop.person()
    payment = await shop.order(ana)
    if not expired:
        await shop.deliver(awaited(payment))
    event = failed(payment, "insufficient_funds")
    event = Failed(**{name: getattr(event, name) for name in event.__struct_fields__} | {"expired": expired})
    await shop.deliver(event)
    now = await look(shop, ana, payment)
    assert (now["status"], now["problem"]) == (("expired", "expired") if expired else ("failed", "declined"))


async def test_an_event_older_than_the_money_is_not_deferred(shop: Shop):
    ana = await shop.person()
    payment, _ = await shop.buy(ana)
    await shop.deliver(awaited(payment))
    assert (await look(shop, ana, payment))["status"] == "paid"
