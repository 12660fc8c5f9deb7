"""Staff in a hurry: decisions that cross another one, and decisions without a reason."""

from uuid import uuid4

import pytest

from meydan import tenants
from meydan.kit.database import Database
from meydan.money.fraud import FraudSettings, cases
from tests.conftest import MovableClock
from tests.factories import Person
from tests.money.scripted_provider import DOWN
from tests.money.shops import Shop


@pytest.mark.parametrize("who", ["time", "staff"])
async def test_what_is_being_given_back_is_not_given_meanwhile(
    shop: Shop, db: Database, boss: Person, moving_clock: MovableClock, who: str
):
    """A provider may take days to answer; a delay is over in hours."""
    ana = await shop.person()
    doubts_all = {"large_purchase": {"*": 1}, "review_score": 1000 if who == "time" else 30, "freeze_score": 2000}
    async with db.as_service(shop.tenant.id) as tx:
        await tenants.do_configure(tx, FraudSettings, **doubts_all)
    payment, _ = await shop.buy(ana)
    assert payment["status"] == "held"
    shop.book.failures += [DOWN]
    path = f"/api/staff/payments/{payment['id']}/refund"
    assert (await shop.ask(boss, "POST", path, {"reason": "stolen"}, uuid4().hex)).status_code == 202
    await shop.work()
    if who == "staff":
        [case] = (await shop.get(boss, "/api/staff/fraud"))["items"]
        for decision in ("release", "dismiss"):
            answer = await shop.ask(boss, "POST", f"/api/staff/fraud/{case['id']}/decide", {"decision": decision})
            assert (answer.status_code, answer.json()["code"]) == (409, "refund_under_way")
    moving_clock.forward(hours=3)
    async with db.as_service(shop.tenant.id) as tx:
        await cases.do_queue_releases(tx)
    await shop.work()
    assert (await shop.wallet(ana)).balance == 0
    await shop.work(delayed=True)
    assert (await shop.get(ana, f"/api/payments/{payment['id']}"))["status"] == "refunded"


async def test_a_reason_says_something(shop: Shop, boss: Person):
    ana = await shop.person()
    payment, _ = await shop.buy(ana)
    wallet = f"/api/staff/wallets/{ana.me.user_id}"
    for path, body in (
        (f"{wallet}/freeze", {}),
        (f"{wallet}/adjust", {"direction": "give", "coins": 5}),
        (f"/api/staff/payments/{payment['id']}/refund", {}),
        (f"/api/staff/payments/{payment['id']}/release", {}),
    ):
        answer = await shop.ask(boss, "POST", path, {**body, "reason": " \n"}, uuid4().hex)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request"), path


@pytest.mark.parametrize("name", ["%", "_", "\\", "#", "%00", "İ%23", "𐍈", "'", "a%23%00"])
async def test_names_of_every_form_find_nobody_or_somebody(shop: Shop, boss: Person, name: str):
    answer = await shop.ask(boss, "GET", f"/api/staff/people?name={name}")
    assert answer.status_code in (200, 400), answer.text
    if answer.status_code == 200:
        assert answer.json() == {"items": []}
