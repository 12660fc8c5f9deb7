"""A payment that is held without a fraud case: staff see why, and release or refund it."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import msgspec

from meydan.integrations.payments.contract import DisputeState
from meydan.integrations.payments.enums import ProviderName
from meydan.kit import personal_data as kept
from tests.factories import Person
from tests.money.fraud.purchases import configure
from tests.money.shops import Answer, Shop, disputed, in_days


async def wrong_amount(shop: Shop, person: Person, amount: int = 1_000) -> Answer:
    payment = await shop.order(person)
    await shop.deliver(shop.paid(payment, amount=amount))
    seen: Answer = await shop.get(person, f"/api/payments/{payment['id']}")
    assert (seen["status"], seen["problem"]) == ("held", "amount_differs")
    return seen


async def release(staff: httpx.AsyncClient, payment: Answer, reason: str = "our own mistake") -> httpx.Response:
    return await staff.post(f"/api/staff/payments/{payment['id']}/release", json={"reason": reason})


async def test_a_wrong_amount_is_given_anyway_with_a_reason(shop: Shop, staff: httpx.AsyncClient, boss: Person):
    ana = await shop.person()
    payment = await wrong_amount(shop, ana)
    shown = (await staff.get(f"/api/staff/payments/{payment['id']}")).json()
    assert (shown["case"], shown["manual_release"], shown["conflict_of_interest"]) == (None, None, False)
    assert (shown["payment"]["amount"], shown["payment"]["paid_amount"]) == (payment["amount"], 1_000)
    assert (await release(staff, payment, "")).status_code == 400
    answer = await release(staff, payment)
    assert answer.status_code == 200, answer.text
    given = answer.json()
    assert (given["payment"]["status"], given["payment"]["problem"]) == ("paid", None)
    assert (given["manual_release"]["by"]["alias"], given["manual_release"]["reason"]) == ("boss", "our own mistake")
    assert (await shop.wallet(ana)).balance == 100
    assert (await shop.frames(ana, "payment"))[-1]["payment"]["status"] == "paid"
    async with shop.db.as_service(shop.tenant.id) as tx:
        logged = await tx.one(
            dict[str, Any],
            "select details from app.system_logs where tenant_id = $1 and action = 'payment_given'"
            " and (user_id, acted_by_user_id) = ($2, $3)",
            *(ana.me.user_id, boss.me.user_id),
        )
    assert logged == {"payment_id": payment["id"], "problem": "amount_differs", "reason": "our own mistake"}
    await shop.audit()


async def test_it_is_given_once_however_often_and_by_how_many(shop: Shop, staff: httpx.AsyncClient):
    ana = await shop.person()
    payment = await wrong_amount(shop, ana)
    answers = await asyncio.gather(*(release(staff, payment) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"payment_not_held"}
    assert (await shop.wallet(ana)).balance == 100
    await shop.audit()


async def test_what_is_given_can_still_go_back_in_proportion_to_what_came(shop: Shop, staff: httpx.AsyncClient):
    ana = await shop.person()
    payment = await wrong_amount(shop, ana)
    await release(staff, payment)
    answer = await staff.post(
        f"/api/staff/payments/{payment['id']}/refund",
        json={"amount": 500, "reason": "half of it"},
        headers={"Idempotency-Key": "one"},
    )
    assert answer.status_code == 202, answer.text
    await shop.work()
    assert (await shop.wallet(ana)).balance == 50
    await shop.audit()


async def test_another_product_of_a_store_is_given_as_it_was_ordered(shop: Shop, staff: httpx.AsyncClient):
    await shop.connect(ProviderName.google)
    ana = await shop.person()
    payment = await shop.order(ana, provider="google")
    await shop.deliver(shop.paid(payment, product_id="another.product"), provider="google")
    held = await shop.get(ana, f"/api/payments/{payment['id']}")
    assert (held["status"], held["problem"]) == ("held", "product_differs")
    assert (await release(staff, payment)).status_code == 200
    assert (await shop.wallet(ana)).balance == 100
    await shop.work()
    assert any(asked.startswith("acknowledge") for asked in shop.books[ProviderName.google].asked), (
        "or it takes it back"
    )


async def test_a_renewal_for_another_amount_is_given_anyway(shop: Shop, staff: httpx.AsyncClient):
    ana = await shop.person()
    payment, paid = await shop.go_premium(ana, reference="sub_other")
    renewal = msgspec.structs.replace(
        paid, event_id=uuid4().hex, charge="ch_renewal", amount=paid.amount - 1, payment_id=None, checkout=None
    )
    renewal = msgspec.structs.replace(renewal, period_ends_at=in_days(60))
    await shop.deliver(renewal)
    [held] = (await staff.get("/api/staff/payments?status=held")).json()["items"]
    assert (held["problem"], held["kind"]) == ("amount_differs", "premium")
    assert (await release(staff, held)).status_code == 200
    subscription = (await shop.get(ana, "/api/premium"))["subscription"]
    assert subscription["period_ends_at"][:10] == in_days(60).isoformat()[:10]
    assert payment["id"] != held["id"]


async def test_nothing_is_given_to_an_erased_account_but_its_money_goes_back(shop: Shop, staff: httpx.AsyncClient):
    ana = await shop.person()
    payment = await shop.order(ana)
    async with shop.db.as_service(shop.tenant.id) as tx:
        await kept.do_erase(tx, ana.me.user_id)
    await shop.deliver(shop.paid(payment))
    shown = (await staff.get(f"/api/staff/payments/{payment['id']}")).json()
    assert (shown["payment"]["problem"], shown["payment"]["person"]["alias"]) == ("account_erased", "")
    answer = await release(staff, payment)
    assert (answer.status_code, answer.json()["code"]) == (409, "person_gone")
    answer = await staff.post(
        f"/api/staff/payments/{payment['id']}/refund", json={"reason": "gone"}, headers={"Idempotency-Key": "one"}
    )
    assert answer.status_code == 202
    await shop.work()
    assert (await staff.get(f"/api/staff/payments/{payment['id']}")).json()["payment"]["status"] == "refunded"


async def test_a_doubted_one_is_decided_as_a_case(shop: Shop, staff: httpx.AsyncClient):
    await configure(shop.db, shop.tenant, payments_per_hour=1, review_score=30)
    ana = await shop.person()
    await shop.buy(ana)
    held, _ = await shop.buy(ana)
    answer = await release(staff, held)
    assert (answer.status_code, answer.json()["code"]) == (409, "fraud_case_open")
    [case] = (await staff.get("/api/staff/fraud")).json()["items"]
    assert answer.json()["case_id"] == case["id"]
    await staff.post(f"/api/staff/fraud/{case['id']}/decide", json={"decision": "freeze", "note": "wait"})
    assert (await release(staff, held)).status_code == 200, "decided, and kept back by it"
    assert (await shop.wallet(ana)).balance == 200


async def test_a_refund_on_its_way_is_waited_for_and_one_refused_is_not(shop: Shop, staff: httpx.AsyncClient):
    ana = await shop.person()
    payment = await wrong_amount(shop, ana)
    path, key = f"/api/staff/payments/{payment['id']}/refund", {"Idempotency-Key": "one"}
    assert (await staff.post(path, json={"reason": "wrong"}, headers=key)).status_code == 202
    answer = await release(staff, payment)
    assert (answer.status_code, answer.json()["code"]) == (409, "refund_under_way")
    shop.book.refuses_refunds = True
    await shop.work()
    assert (await release(staff, payment)).status_code == 200
    assert (await shop.wallet(ana)).balance == 100


async def test_what_is_not_held_is_not_given(shop: Shop, staff: httpx.AsyncClient):
    ana = await shop.person()
    pending = await shop.order(ana)
    settled, paid = await shop.buy(ana)
    for payment in pending, settled:
        answer = await release(staff, payment)
        assert (answer.status_code, answer.json()["code"]) == (409, "payment_not_held")
    wrong = await shop.order(ana)
    short = shop.paid(wrong, amount=1)
    await shop.deliver(short, disputed(short, DisputeState.opened))
    assert (await release(staff, wrong)).json()["code"] == "payment_not_held", "a bank asks for it back"
    assert (await release(staff, {"id": str(uuid4())})).status_code == 404
    assert (await shop.wallet(ana)).balance == 100
    assert paid.amount == settled["amount"]
