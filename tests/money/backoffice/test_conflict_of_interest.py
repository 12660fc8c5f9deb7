"""Staff decide nothing about themselves, by any route; an owner who is alone is exempt."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
from litestar import Litestar

from meydan.kit import personal_data as kept
from meydan.kit.database import Database
from meydan.kit.identity import Role
from meydan.money.fraud import FraudSettings
from meydan.money.fraud.rules import RingSignals
from meydan.money.fraud.scoring import score_ring
from tests.factories import Person, make_person
from tests.money.fraud.purchases import configure
from tests.money.shops import Answer, Shop


@pytest.fixture
async def colleague(shop: Shop) -> Person:
    return await make_person(shop.db, shop.tenant, alias="colleague", role=Role.owner)


async def staff_requests(shop: Shop, buyer: Person) -> list[tuple[str, str, Answer]]:
    """Everything staff can do about somebody: a doubted purchase, one of a wrong amount, a settled one, the wallet."""
    await configure(shop.db, shop.tenant, payments_per_hour=1, review_score=30)
    settled, _ = await shop.buy(buyer)
    await shop.buy(buyer)
    wrong = await shop.order(buyer)
    await shop.deliver(shop.paid(wrong, amount=1))
    async with shop.db.as_service(shop.tenant.id) as tx:
        case_id = await tx.one(UUID, "select id from app.fraud_cases where tenant_id = $1 and status = 'open'")
    return [
        *(
            ("post", f"/api/staff/fraud/{case_id}/decide", {"decision": decision, "note": "mine"})
            for decision in ("freeze", "refund", "dismiss", "release")
        ),
        ("post", f"/api/staff/payments/{wrong['id']}/release", {"reason": "mine"}),
        ("post", f"/api/staff/payments/{settled['id']}/refund", {"reason": "mine"}),
        ("post", f"/api/staff/wallets/{buyer.me.user_id}/adjust", {"direction": "give", "coins": 5, "reason": "mine"}),
        ("post", f"/api/staff/wallets/{buyer.me.user_id}/freeze", {"reason": "mine"}),
        ("post", f"/api/staff/wallets/{buyer.me.user_id}/thaw", {}),
    ]


async def ask(client: httpx.AsyncClient, request: tuple[str, str, Any]) -> httpx.Response:
    method, path, body = request
    return await client.request(method, path, json=body or None, headers={"Idempotency-Key": uuid4().hex})


async def everything(db: Database, tenant_id: int) -> list[str]:
    async with db.as_service(tenant_id) as tx:
        return [
            line
            for table in (
                "payments",
                "fraud_cases",
                "payment_refunds",
                "wallet_freezes",
                "coin_transactions",
                "system_logs",
            )
            for line in await tx.all(str, f"select t::text from app.{table} t where tenant_id = $1 order by id")
        ]


async def test_staff_are_refused_what_is_about_themselves(
    shop: Shop, staff: httpx.AsyncClient, boss: Person, colleague: Person, app: Litestar
):
    wanted = await staff_requests(shop, boss)
    before = await everything(shop.db, shop.tenant.id)
    for request in wanted:
        answer = await ask(staff, request)
        assert (answer.status_code, answer.json()["code"]) == (403, "conflict_of_interest"), request
    assert await everything(shop.db, shop.tenant.id) == before
    [case] = (await staff.get("/api/staff/fraud")).json()["items"]
    assert case["conflict_of_interest"]
    for payment in (await staff.get("/api/staff/payments")).json()["items"]:
        assert (await staff.get(f"/api/staff/payments/{payment['id']}")).json()["conflict_of_interest"]
    assert (await staff.get(f"/api/staff/people/{boss.me.user_id}")).json()["conflict_of_interest"]
    async with colleague.client(app) as client:
        assert not (await client.get("/api/staff/fraud")).json()["items"][0]["conflict_of_interest"]
        for request in wanted[3:]:
            answer = await ask(client, request)
            assert answer.status_code in (200, 202), (request, answer.text)


async def test_an_owner_who_is_alone_decides_and_it_is_logged(shop: Shop, app: Litestar):
    alone = await make_person(shop.db, shop.tenant, alias="alone", role=Role.owner)
    wanted = await staff_requests(shop, alone)
    async with alone.client(app) as client:
        [case] = (await client.get("/api/staff/fraud")).json()["items"]
        assert not case["conflict_of_interest"]
        for request in wanted[3:]:
            answer = await ask(client, request)
            assert answer.status_code in (200, 202), (request, answer.text)
    async with shop.db.as_service(shop.tenant.id) as tx:
        logged = await tx.all(
            str,
            "select action from app.system_logs where tenant_id = $1 and user_id = $2 and acted_by_user_id = $2 order by id",
            alone.me.user_id,
        )
    assert logged == [
        *("fraud_case_decided", "payment_given", "refund_asked", "coins_adjusted", "wallet_frozen", "wallet_thawed")
    ]


async def test_an_admin_is_never_alone_and_an_owner_only_while_nobody_else_is_there(shop: Shop, app: Litestar):
    admin = await make_person(shop.db, shop.tenant, role=Role.admin)
    request = ("post", f"/api/staff/wallets/{admin.me.user_id}/freeze", {"reason": "mine"})
    async with admin.client(app) as client:
        assert (await ask(client, request)).json()["code"] == "conflict_of_interest"
    owner = await make_person(shop.db, shop.tenant, role=Role.owner)
    request = ("post", f"/api/staff/wallets/{owner.me.user_id}/freeze", {"reason": "mine"})
    async with owner.client(app) as client:
        assert (await ask(client, request)).json()["code"] == "conflict_of_interest"
        async with shop.db.as_service(shop.tenant.id) as tx:
            await kept.do_erase(tx, admin.me.user_id)
        assert (await ask(client, request)).status_code == 200


async def test_a_ring_shows_none_of_its_faces_to_staff_who_are_in_it(
    shop: Shop, staff: httpx.AsyncClient, boss: Person, colleague: Person, app: Litestar
):
    """A staff member who exchanged gifts with a shadow would read its owner here."""
    ana, ben = await shop.person(), await shop.person()
    ring = [boss.me.user_id, ana.me.user_id, ben.me.user_id]
    score = score_ring(RingSignals(people=3, coins=600, gifts=9), FraudSettings())
    cases: dict[UUID, str] = {}
    async with shop.db.as_service(shop.tenant.id) as tx:
        for user_id in ring:
            cases[user_id] = await tx.one(
                str,
                "insert into app.fraud_cases (tenant_id, user_id, ring, outcome, points, findings, status)"
                " values ($1, $2, $3, $4, $5, $6, 'open') returning id::text",
                *(user_id, ring, score.outcome, score.points, msgspec.to_builtins(score.findings)),
            )
    answer = await staff.get("/api/staff/fraud")
    [case] = answer.json()["items"]
    assert (case["id"], case["ring"], case["conflict_of_interest"]) == (cases[boss.me.user_id], [], True)
    assert ana.alias not in answer.text and ben.alias not in answer.text
    assert (await staff.get(f"/api/staff/people/{ana.me.user_id}")).json()["cases"] == []
    for person, status in (ana, 404), (ben, 404), (boss, 403):
        path = f"/api/staff/fraud/{cases[person.me.user_id]}/decide"
        assert (await staff.post(path, json={"decision": "dismiss"})).status_code == status
    async with colleague.client(app) as client:
        seen = (await client.get("/api/staff/fraud")).json()["items"]
        assert [len(one["ring"]) for one in seen] == [3, 3, 3]
        path = f"/api/staff/fraud/{cases[ana.me.user_id]}/decide"
        assert (await client.post(path, json={"decision": "dismiss"})).status_code == 200
