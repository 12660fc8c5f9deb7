"""Erasure that crosses a decision of staff: the account ends with no coins, and no reason about it is stored."""

import asyncio
from uuid import UUID, uuid4

import httpx
import pytest

from meydan.kit import personal_data as kept
from tests.factories import Person
from tests.money.fraud.purchases import configure
from tests.money.shops import Answer, Shop

AT_ONCE = 8


async def leave(shop: Shop, person: Person) -> None:
    async with shop.db.as_service(shop.tenant.id) as tx:
        await kept.do_erase(tx, person.me.user_id)


async def coins_of(shop: Shop, person: Person) -> int:
    async with shop.db.as_service(shop.tenant.id) as tx:
        return await tx.one(
            int,
            "select coalesce(sum(b.balance), 0)::bigint from app.ledger_accounts a"
            " join app.ledger_balances b on (b.tenant_id, b.account_id) = (a.tenant_id, a.id)"
            " where a.tenant_id = $1 and a.user_id = $2",
            person.me.user_id,
        )


async def wish(shop: Shop, person: Person, way: str) -> tuple[str, Answer]:
    """Something staff can give them, and how."""
    if way == "adjust":
        body = {"direction": "give", "coins": 50, "reason": "for leaving"}
        return f"/api/staff/wallets/{person.me.user_id}/adjust", body
    if way == "give":
        wrong = await shop.order(person)
        await shop.deliver(shop.paid(wrong, amount=1))
        return f"/api/staff/payments/{wrong['id']}/release", {"reason": "for leaving"}
    await shop.buy(person)
    await shop.buy(person)
    async with shop.db.as_service(shop.tenant.id) as tx:
        case_id = await tx.one(
            UUID,
            "select id from app.fraud_cases where tenant_id = $1 and user_id = $2 and status = 'open'",
            person.me.user_id,
        )
    return f"/api/staff/fraud/{case_id}/decide", {"decision": "release", "note": "for leaving"}


@pytest.mark.parametrize("way", ["adjust", "give", "decide"])
async def test_whoever_leaves_meanwhile_keeps_nothing(shop: Shop, staff: httpx.AsyncClient, way: str):
    await configure(shop.db, shop.tenant, payments_per_hour=1, review_score=30)
    people = [await shop.person() for _ in range(AT_ONCE)]
    wishes = [await wish(shop, person, way) for person in people]
    answers, _ = await asyncio.gather(
        asyncio.gather(
            *(staff.post(path, json=body, headers={"Idempotency-Key": uuid4().hex}) for path, body in wishes)
        ),
        asyncio.gather(*(leave(shop, person) for person in people)),
    )
    assert {answer.status_code for answer in answers} <= {200, 409}, [answer.text for answer in answers]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"person_gone"}
    for person in people:
        assert await coins_of(shop, person) == 0
    async with shop.db.as_service(shop.tenant.id) as tx:
        for column, table in ("reason", "coin_adjustments"), ("details", "coin_transactions"), ("note", "fraud_cases"):
            texts = await tx.all(str, f"select {column}::text from app.{table} where tenant_id = $1")
            assert not [text for text in texts if "for leaving" in text], table
    await shop.audit()
