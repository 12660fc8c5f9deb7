"""Payments and the ledger as staff read them, and refunds."""

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from meydan.integrations.payments.contract import DisputeState
from meydan.kit import clock
from meydan.kit.database import Database
from tests.conftest import MovableClock
from tests.factories import Person
from tests.money.fraud.purchases import buy, configure
from tests.money.shops import Shop, disputed, refunded


def shown(person: Person, tag: str) -> dict[str, str]:
    return {"user_id": str(person.me.user_id), "alias": person.alias, "tag": tag}


async def tag_of(db: Database, person: Person) -> str:
    async with db.as_service(person.tenant.id) as tx:
        return await tx.one(
            str, "select tag from app.profiles where tenant_id = $1 and user_id = $2", person.me.user_id
        )


async def test_a_payment_with_all_that_was_said_of_it(shop: Shop, staff: httpx.AsyncClient, boss: Person):
    ana = await shop.person()
    payment, paid = await shop.buy(ana)
    await shop.deliver(disputed(paid, DisputeState.opened))
    [line] = (await staff.get("/api/staff/payments")).json()["items"]
    assert line["person"] == shown(ana, await tag_of(shop.db, ana))
    assert (line["status"], line["provider"], line["provider_charge_id"]) == ("disputed", "stripe", paid.charge)
    assert (line["paid_amount"], line["paid_currency"], line["coins"]) == (paid.amount, "TRY", 100)
    assert line["coins_clawed_back"] == 100
    details = (await staff.get(f"/api/staff/payments/{payment['id']}")).json()
    assert details["payment"] == line
    assert [(one["status"], one["coins"]) for one in details["disputes"]] == [("opened", 100)]
    assert len({one["event_id"] for one in details["webhook_events"]}) == 2
    assert all(one["read_at"] and one["problem"] is None for one in details["webhook_events"])
    assert (details["refunds"], details["case"]) == ([], None)
    assert (await staff.get(f"/api/staff/payments/{uuid4()}")).status_code == 404


async def test_payments_are_filtered(shop: Shop, staff: httpx.AsyncClient):
    ana, ben = await shop.person(), await shop.person()
    for _ in range(3):
        await shop.buy(ana)
    await shop.order(ben)

    async def count(query: str) -> int:
        return len((await staff.get(f"/api/staff/payments?{query}")).json()["items"])

    assert await count("status=paid") == 3
    assert await count("status=pending") == 1
    assert await count("provider=iyzico") == 0
    assert await count(f"user_id={ben.me.user_id}") == 1


async def test_money_is_given_back_once_for_each_time_it_is_wanted(shop: Shop, staff: httpx.AsyncClient, boss: Person):
    ana = await shop.person()
    payment, _ = await shop.buy(ana)
    await shop.spend(ana, 60)
    path, key = f"/api/staff/payments/{payment['id']}/refund", {"Idempotency-Key": "one"}
    body = {"amount": 2_500, "reason": "half of it was wrong"}
    answer = await staff.post(path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
    for _ in range(2):
        answer = await staff.post(path, json=body, headers=key)
        assert answer.status_code == 202, answer.text
        [asked] = answer.json()["refunds"]
    assert (asked["status"], asked["amount"], asked["by"]["user_id"]) == ("asked", 2_500, str(boss.me.user_id))
    assert (await shop.wallet(ana)).balance == 40, "nothing goes before the provider has given it back"
    answer = await staff.post(path, json={"amount": 1, "reason": "another"}, headers=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    await shop.work()
    [done] = (await staff.get(f"/api/staff/payments/{payment['id']}")).json()["refunds"]
    assert (done["status"], done["coins"], done["owed"]) == ("done", 50, 10)
    assert (await shop.wallet(ana)).debt == 10
    answer = await staff.post(path, json={"amount": 2_500, "reason": "too much"}, headers={"Idempotency-Key": "two"})
    assert (answer.status_code, answer.json()["code"], answer.json()["left"]) == (409, "refund_too_large", 2_499)
    answer = await staff.post(path, json={"reason": "the rest"}, headers={"Idempotency-Key": "three"})
    assert answer.status_code == 202
    await shop.work()
    assert (await staff.get(f"/api/staff/payments/{payment['id']}")).json()["payment"]["status"] == "refunded"
    await shop.audit()


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": "x", "amount": 0}, {"reason": "x" * 501}, {"reason": "x", "all": True}]
)
async def test_a_refund_says_why_and_how_much(shop: Shop, staff: httpx.AsyncClient, body: dict[str, object]):
    payment, _ = await shop.buy(await shop.person())
    answer = await staff.post(
        f"/api/staff/payments/{payment['id']}/refund", json=body, headers={"Idempotency-Key": "x"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


async def test_every_transfer_with_its_entries(shop: Shop, staff: httpx.AsyncClient):
    ana, ben = await shop.person(), await shop.person(coins=5)
    _, paid = await shop.buy(ana)
    await shop.spend(ana, 30)
    await shop.deliver(refunded(paid, paid.amount))
    items = (await staff.get("/api/staff/transactions")).json()["items"]
    assert [one["type"] for one in items] == ["refund", "spent", "purchased", "earned"]
    assert all(sum(entry["amount"] for entry in one["entries"]) == 0 for one in items)
    refund, spent, purchased, earned = items
    who = shown(ana, await tag_of(shop.db, ana))
    assert purchased["person"] == who and purchased["amount"] == 100
    assert purchased["entries"] == [
        {"account": "clearing", "provider": "stripe", "currency": "TRY", "person": None, "amount": -100},
        {"account": "person_coins", "provider": None, "currency": None, "person": who, "amount": 100},
    ]
    assert {entry["account"]: entry["amount"] for entry in refund["entries"]} == {
        "person_coins": -70,
        "person_debt": -30,
        "clearing": 100,
    }
    assert {entry["account"] for entry in earned["entries"]} == {"promotions", "person_coins"}

    async def types(query: str) -> list[str]:
        answer = await staff.get(f"/api/staff/transactions?{query}")
        return [one["type"] for one in answer.json()["items"]]

    assert await types("type=spent") == ["spent"]
    assert await types(f"user_id={ben.me.user_id}") == ["earned"]
    assert await types("limit=2") == ["refund", "spent"]
    assert await types(f"limit=2&cursor={spent['id']}") == ["purchased", "earned"]
    hour_ago, in_an_hour = clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=1)
    assert len(await types(f"from={hour_ago:%Y-%m-%dT%H:%M:%SZ}&to={in_an_hour:%Y-%m-%dT%H:%M:%SZ}")) == 4
    assert await types(f"from={in_an_hour:%Y-%m-%dT%H:%M:%SZ}") == []
    assert await types(f"to={hour_ago:%Y-%m-%dT%H:%M:%SZ}") == []


async def test_the_books_and_whether_they_add_up(shop: Shop, staff: httpx.AsyncClient):
    await shop.buy(await shop.person())
    assert (await staff.get("/api/staff/ledger")).json()["audit"] is None
    await shop.audit()
    books = (await staff.get("/api/staff/ledger")).json()
    assert {(one["kind"], one["provider"], one["balance"]) for one in books["accounts"]} >= {
        ("clearing", "stripe", -100),
        ("person_coins", None, 100),
    }
    assert (books["audit"]["fault_count"], books["payouts_frozen"]) == (0, False)


async def test_the_queue_as_staff_work_through_it(
    shop: Shop, staff: httpx.AsyncClient, boss: Person, moving_clock: MovableClock
):
    await configure(shop.db, shop.tenant, payments_per_hour=1, review_score=30)
    ana = await shop.person()
    await shop.buy(ana)
    held, _ = await shop.buy(ana)
    assert held["status"] == "held"
    await buy(shop.db, await shop.person())
    page = (await staff.get("/api/staff/fraud")).json()
    [case] = page["items"]
    assert case["person"] == shown(ana, await tag_of(shop.db, ana))
    assert case["payment"] == {
        "id": held["id"],
        "kind": "coins",
        "status": "held",
        "provider": "stripe",
        "amount": held["amount"],
        "currency": "TRY",
        "coins": held["coins"],
    }
    assert (case["outcome"], case["status"], case["frozen"], case["ring"]) == ("review", "open", False, [])
    assert case["points"] == sum(finding["points"] for finding in case["findings"]) == 60
    assert case["findings"][0]["facts"]["usual_hour"] == 1
    details = (await staff.get(f"/api/staff/payments/{held['id']}")).json()
    assert (details["case"]["id"], details["case"]["decision"]) == (case["id"], None)

    path = f"/api/staff/fraud/{case['id']}/decide"
    answer = await staff.post(path, json={"decision": "release", "note": "her birthday"})
    assert answer.status_code == 200, answer.text
    decided = answer.json()
    assert (decided["status"], decided["decision"], decided["note"]) == ("closed", "release", "her birthday")
    assert decided["decided_by"]["user_id"] == str(boss.me.user_id)
    assert decided["payment"]["status"] == "paid"
    assert (await shop.wallet(ana)).balance == 200
    answer = await staff.post(path, json={"decision": "freeze"})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_decided")
    assert answer.json()["decision"] == "release"
    assert (await staff.get("/api/staff/fraud")).json()["items"] == []
    assert [one["id"] for one in (await staff.get("/api/staff/fraud?status=closed")).json()["items"]] == [case["id"]]
    assert (await staff.get("/api/staff/fraud?status=allowed")).status_code == 400
    async with shop.db.as_service(shop.tenant.id) as tx:
        logged = await tx.one(
            dict[str, str],
            "select details from app.system_logs where tenant_id = $1 and action = 'fraud_case_decided' and acted_by_user_id = $2",
            boss.me.user_id,
        )
    assert logged == {"case_id": case["id"], "decision": "release"}


async def test_a_doubted_payment_is_refunded_through_its_provider(shop: Shop, staff: httpx.AsyncClient):
    await configure(shop.db, shop.tenant, payments_per_hour=1, review_score=30)
    ana = await shop.person()
    await shop.buy(ana)
    held, _ = await shop.buy(ana)
    [case] = (await staff.get("/api/staff/fraud")).json()["items"]
    answer = await staff.post(f"/api/staff/fraud/{case['id']}/decide", json={"decision": "refund", "note": "stolen"})
    assert answer.status_code == 200, answer.text
    await shop.work()
    assert (await shop.get(ana, f"/api/payments/{held['id']}"))["status"] == "refunded"
    wallet = await shop.wallet(ana)
    assert (wallet.balance, wallet.debt) == (100, 0)
    await shop.audit()


async def test_a_wallet_is_frozen_and_thawed_by_hand(shop: Shop, staff: httpx.AsyncClient, boss: Person):
    ana = await shop.person(coins=50)
    path = f"/api/staff/wallets/{ana.me.user_id}"
    answer = await staff.post(f"{path}/freeze", json={"reason": "Please write to us"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["person"] == shown(ana, await tag_of(shop.db, ana))
    assert answer.json()["wallet"]["frozen"] == "Please write to us"
    assert (await shop.get(ana, "/api/coins/balance"))["frozen"] == "Please write to us"
    answer = await staff.post(f"{path}/freeze", json={"reason": "Again"})
    assert (answer.status_code, answer.json()["code"]) == (409, "wallet_frozen_already")
    for _ in range(2):
        answer = await staff.post(f"{path}/thaw")
        assert (answer.status_code, answer.json()["wallet"]["frozen"]) == (200, None)
    await shop.spend(ana, 50)
    async with shop.db.as_service(shop.tenant.id) as tx:
        actions = await tx.all(
            str,
            "select action from app.system_logs where tenant_id = $1 and acted_by_user_id = $2 order by id",
            boss.me.user_id,
        )
    assert actions == ["wallet_frozen", "wallet_thawed"]
    assert (await staff.post(f"/api/staff/wallets/{uuid4()}/freeze", json={"reason": "x"})).status_code == 404
    assert (await staff.post(f"/api/staff/wallets/{uuid4()}/thaw")).status_code == 404
    assert (await staff.post(f"{path}/freeze", json={"reason": ""})).status_code == 400
